"""A progress bar drawn with rich."""

from time import perf_counter
from typing import Any

from torchkeras.callbacks._console import can_encode
from torchkeras.extras._progress import ProgressView

WIDTH = 30  # cells of the bar


class RichProgress(ProgressView):
    """A progress bar in rich's look, with the time passed or left; a line of each epoch stays.

    On a terminal it redraws one line. Elsewhere it writes the line of a finished epoch. In a notebook
    :class:`TqdmProgress` looks better.

    Example:
        >>> callback = RichProgress()
        >>> # model.fit(x, y, callbacks=[callback])
    """

    def __init__(self) -> None:
        super().__init__()
        self._console: Any = None
        self._label = ""
        self._total: int | None = None
        self._began = 0.0

    def open(self, title: str, total: int | None) -> None:
        from rich.console import Console

        self._console = Console(highlight=False)
        self._label, self._total, self._began = title, total, perf_counter()

    def draw(self, done: int, values: str, last: bool) -> None:
        # Not rich's `Live`: it leaves a thread and a hidden cursor behind where training raises.
        from rich.control import Control
        from rich.segment import ControlType

        line = self._line(done, values, last)
        if last:
            self._console.print(line, soft_wrap=True)
        elif self._console.is_terminal:
            line.truncate(self._console.width, overflow="ellipsis")
            self._console.print(line)
            self._console.control(Control.move_to_column(0, -1), Control((ControlType.ERASE_IN_LINE, 0)))

    def _line(self, done: int, values: str, last: bool) -> Any:
        from rich.text import Text

        passed = perf_counter() - self._began
        total = done if last else self._total
        parts: list[Any] = [(self._label, "bold"), " "]
        if total:
            cell, filled = "━" if can_encode("━") else "=", WIDTH * min(done, total) // total
            parts += [(cell * filled, "green"), (cell * (WIDTH - filled), "bright_black"), f" {done}/{total} "]
        else:
            parts += [f"{done}/? "]
        left = 0.0 if last or not total else passed / done * (total - done)
        parts += [(f"-{_clock(left)}" if left else _clock(passed), "cyan"), f"  {values}" if values else ""]
        return Text.assemble(*parts, end="\n")


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(int(seconds + 0.5), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
