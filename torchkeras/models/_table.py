"""Tables in boxes, drawn by rich; in plain ASCII where rich is missing or the box characters can't be shown."""

import io
import sys
from typing import Any, NamedTuple

from torchkeras.callbacks._console import can_encode

_ASCII = str.maketrans(dict(zip("━─┃│┏┳┓┡╇┩├┼┤└┴┘…", "=-||++++++++++++~", strict=True)))


class Column(NamedTuple):
    """A column: its title, its width in characters, and where the text stands in it."""

    title: str
    width: int
    align: Any = "left"


# pieces of text, some with a style of rich's: ["dense (", ("Dense", "bright_blue"), ")"]
Cell = list[str | tuple[str, str]]


def draw(
    heading: Cell, columns: list[Column], rows: list[list[Cell]], footing: list[Cell], width: int, color: bool
) -> str:
    """The table with a line above and lines below."""
    try:
        text = _draw_with_rich(heading, columns, rows, footing, width, color)
    except ImportError:
        text = _draw_plain(heading, columns, rows, footing)
    return text if can_encode("━┃…└") else text.translate(_ASCII)


def _draw_with_rich(
    heading: Cell, columns: list[Column], rows: list[list[Cell]], footing: list[Cell], width: int, color: bool
) -> str:
    from rich.box import HEAVY_HEAD
    from rich.console import Console
    from rich.table import Column as RichColumn
    from rich.table import Table
    from rich.text import Text

    heads = [RichColumn(column.title, justify=column.align, width=column.width) for column in columns]
    table = Table(*heads, width=width, show_lines=True, box=HEAVY_HEAD)
    for row in rows:
        table.add_row(*(Text.assemble(*cell) for cell in row))
    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=color,
        force_jupyter=False,
        highlight=False,
        legacy_windows=False,
    )
    console.print(Text.assemble(*heading), soft_wrap=True)
    console.print(table)
    for line in footing:
        console.print(Text.assemble(*line), soft_wrap=True)
    return console.file.getvalue()  # type: ignore[attr-defined]


def _draw_plain(heading: Cell, columns: list[Column], rows: list[list[Cell]], footing: list[Cell]) -> str:
    lines = [[column.title for column in columns], *([plain(cell) for cell in row] for row in rows)]
    widths = [max(3, *(len(part) for line in lines for part in line[k].split("\n"))) for k in range(len(columns))]
    rule = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    text = [plain(heading), rule]
    for line in lines:
        cells = [cell.split("\n") for cell in line]
        text += [
            "|" + "|".join(f" {_line(cell, height):<{w}} " for cell, w in zip(cells, widths, strict=True)) + "|"
            for height in range(max(map(len, cells)))
        ]
        text.append(rule)
    return "\n".join([*text, *map(plain, footing)]) + "\n"


def _line(cell: list[str], height: int) -> str:
    return cell[height] if height < len(cell) else ""


def plain(cell: Cell) -> str:
    """The text alone."""
    return "".join(piece if isinstance(piece, str) else piece[0] for piece in cell)


def wants_color() -> bool:
    """Whether what is printed goes to a terminal or a notebook, which can show colours."""
    if "ipykernel" in sys.modules:
        return True
    isatty = getattr(sys.stdout, "isatty", None)
    return isatty is not None and isatty()
