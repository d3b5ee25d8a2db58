"""``model.summary()``: Keras' table of layers, shapes, parameter counts and connections."""

import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from torch import Tensor, nn

from torchkeras.callbacks._console import print_message
from torchkeras.layers import Layer
from torchkeras.models._describe import (
    calls_of,
    class_title,
    graph_of,
    is_chain,
    is_container,
    named_parts,
    origin,
    output_shape,
)
from torchkeras.models._graph import Graph
from torchkeras.models._statistics import mult_adds, traced_shapes
from torchkeras.models._table import Cell, Column, draw, wants_color

_MISSING_SHAPE = "?"


class _Row(NamedTuple):
    """A layer (or a plain torch module), the graph that calls it, its depth in nested models, the output's shape."""

    name: str
    layer: Any
    graph: Graph | None
    depth: int
    shape: Any


def print_summary(
    model: Any,
    line_length: int | None = None,
    positions: list[float] | None = None,
    print_fn: Callable[[str], Any] | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: Any = None,
) -> None:
    """Print a table of the model's layers and the sums of its parameters.

    Args:
        model: the model; where it is not built, shapes show as ``?``.
        line_length: the width in characters; by default what fits the terminal, at most 88 to 120.
        positions: where the columns end, as shares of the width or in characters.
        print_fn: called once with the whole text, instead of printing it.
        expand_nested: show the layers of models inside the model, too.
        show_trainable: add a column that says whether training changes the layer.
        layer_range: two names (or patterns) of layers: the first and the last row to show.

    Raises:
        ValueError: `layer_range` names no layers, or the columns do not fit.
    """
    graph = graph_of(model)
    connected = not is_chain(graph)
    columns, width = _columns(connected, show_trainable, line_length, positions)
    parts = _in_range(named_parts(model), layer_range)
    found = [row for name, part in parts for row in _walk(name, part, graph, 0, expand_nested)]
    rows = [_cells(row, connected, show_trainable) for row in _with_traced_shapes(found, model)]
    heading: Cell = [(f'Model: "{model.name}"', "bold")]
    text = draw(heading, columns, rows, _totals(model), width, color=print_fn is None and wants_color())
    if print_fn is None:
        print_message(text, end="")
    else:
        print_fn(text)


# Columns.

_POSITIONS = {False: [0.45, 0.80, 1.0], True: [0.30, 0.56, 0.74, 1.0]}
_LENGTHS = {False: 88, True: 108}
_TRAINABLE_SHARE, _TRAINABLE_WIDTH = 0.1, 12


def _columns(
    connected: bool, trainable: bool, line_length: int | None, positions: list[float] | None
) -> tuple[list[Column], int]:
    """The columns with their widths, and the width of the whole."""
    titles = ["Layer (type)", "Output Shape", "Param #"]
    titles += ["Connected to"] * connected + ["Trainable"] * trainable
    if line_length is None:
        wanted = _LENGTHS[connected] + _TRAINABLE_WIDTH * trainable
        line_length = min(shutil.get_terminal_size().columns - 4, wanted)
    if positions is None:
        share = 1 - _TRAINABLE_SHARE * trainable
        positions = [position * share for position in _POSITIONS[connected]] + [1.0] * trainable
    if len(positions) < len(titles):
        raise ValueError(f"`positions` needs one number for each of the columns {titles}, got {positions}.")
    ends = [int(round(position * line_length, 6)) if positions[-1] <= 1 else int(position) for position in positions]
    widths = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    if any(width <= 0 for width in widths):
        raise ValueError(
            f"Insufficient console width to print summary: the columns would be {widths} characters wide. Give a "
            "larger `line_length`, or other `positions`."
        )
    align = {"Param #": "right", "Trainable": "center"}
    columns = [Column(title, width, align.get(title, "left")) for title, width in zip(titles, widths, strict=False)]
    return columns, line_length


# Rows.


def _in_range(parts: list[tuple[str, Any]], layer_range: Any) -> list[tuple[str, Any]]:
    if layer_range is None:
        return parts
    if not isinstance(layer_range, (list, tuple)) or len(layer_range) != 2:
        raise ValueError(f"layer_range must be a list or tuple of length 2. Received: layer_range = {layer_range!r}.")
    bounds = []
    for pattern in layer_range:
        found = [index for index, (name, _) in enumerate(parts) if re.match(str(pattern), name)]
        if not found:
            names = [name for name, _ in parts]
            raise ValueError(
                f"Passed layer_names do not match the layer names in the model: {pattern!r} fits none of {names}. "
                f"Received: {layer_range}"
            )
        bounds += found
    return parts[min(bounds) : max(bounds) + 1]


def _walk(name: str, layer: Any, graph: Graph | None, depth: int, nested: bool) -> Iterator[_Row]:
    yield _Row(name, layer, graph, depth, output_shape(layer, graph))
    if nested and is_container(layer):
        inner = graph_of(layer)
        for inner_name, part in named_parts(layer):
            yield from _walk(inner_name, part, inner, depth + 1, nested)


def _with_traced_shapes(rows: list[_Row], model: Any) -> list[_Row]:
    """Where neither a graph nor the way it was built tells a layer's shape, a run on the meta device does."""
    if not model.built or all(row.shape is not None for row in rows):
        return rows
    traced = traced_shapes(model)
    return [row if row.shape is not None else row._replace(shape=traced.get(id(row.layer))) for row in rows]


def _cells(row: _Row, connected: bool, trainable: bool) -> list[Cell]:
    layer = row.layer
    indent = "   " * row.depth + "└ " if row.depth else ""
    cells: list[Cell] = [
        [f"{indent}{row.name} (", (class_title(layer), "bright_blue"), ")"],
        _shape_cell(row.shape),
        _count_cell(layer),
    ]
    if connected:
        cells.append(_connection_cell(row))
    if trainable:
        cells.append(_trainable_cell(layer))
    return cells


def _shape_cell(shape: Any) -> Cell:
    return [_MISSING_SHAPE] if shape is None else _colored(str(shape))


def _colored(text: str) -> Cell:
    """Numbers green, ``None`` bright cyan."""
    pieces = re.split(r"(None|\d[\d,]*)(?!\w)", text)
    return [
        (piece, "bright_cyan" if piece == "None" else "green") if k % 2 else piece
        for k, piece in enumerate(pieces)
        if piece
    ]


def _count_cell(layer: Any) -> Cell:
    if isinstance(layer, Layer) and not layer.built:
        return [("0", "green"), " (unbuilt)"]
    return [(f"{sum(tensor.numel() for tensor in _tensors(layer)):,}", "green")]


def _tensors(layer: Any) -> list[Tensor]:
    """The weights of a layer, or of a plain torch module; an operation has none."""
    if isinstance(layer, Layer):
        return [variable.tensor for variable in layer.weights]
    return [*layer.parameters(), *layer.buffers()] if isinstance(layer, nn.Module) else []


def _connection_cell(row: _Row) -> Cell:
    if row.depth:
        return ["-"]
    tensors = [tensor for node in calls_of(row.layer, row.graph) for tensor in node.input_tensors]
    cell: Cell = []
    for tensor in tensors:
        name, call, output = re.fullmatch(r"(.*)\[(\d+)\]\[(\d+)\]", origin(tensor)).groups()  # type: ignore[union-attr]
        cell += [", "] if cell else []
        cell += [f"{name}[", (call, "green"), "][", (output, "green"), "]"]
    return cell or ["-"]


def _trainable_cell(layer: Any) -> Cell:
    tensors = _tensors(layer)
    if not tensors:
        return [("-", "bold")]
    trainable = layer.trainable if isinstance(layer, Layer) else any(tensor.requires_grad for tensor in tensors)
    return [("Y", "bold bright_green")] if trainable else [("N", "bold bright_red")]


# Sums.


def _totals(model: Any) -> list[Cell]:
    trainable, fixed = _sum(model.trainable_weights), _sum(model.non_trainable_weights)
    optimizer = getattr(model, "optimizer", None)
    slots = _sum(optimizer.variables) if optimizer is not None and optimizer.built else (0, 0)
    total = tuple(map(sum, zip(trainable, fixed, slots, strict=True)))
    lines = [("Total", total), ("Trainable", trainable), ("Non-trainable", fixed)]
    if slots[0]:
        lines.append(("Optimizer", slots))
    cells = [_total(f"{word} params", count, readable_size(size)) for word, (count, size) in lines]
    products = mult_adds(model) if model.built else None
    return [*cells, _total("Total mult-adds", products, "per sample")] if products else cells


def _total(title: str, count: int, remark: str) -> Cell:
    return [(f" {title}: ", "bold"), (f"{count:,}", "green"), f" ({remark})"]


def _sum(variables: Iterable[Any]) -> tuple[int, int]:
    """How many numbers the variables hold, and their size in bytes."""
    tensors = [variable.tensor for variable in variables]
    return sum(t.numel() for t in tensors), sum(t.numel() * t.element_size() for t in tensors)


def readable_size(size: float) -> str:
    """A size in bytes as people read it.

    >>> readable_size(49_620_000)
    '47.32 MB'
    """
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if size < 1024 or unit == "TB":
            return f"{size:.2f} {unit}"
        size /= 1024
    return ""


__all__ = ["print_summary", "readable_size"]
