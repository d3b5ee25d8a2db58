"""The curves of a training, while it trains."""

import math
import os
import sys
from typing import Any

from torchkeras import _ranks
from torchkeras.callbacks import Callback
from torchkeras.extras._figures import new_figure, save

COLUMNS = 3
SIZE = (4.4, 3.2)  # inches of one panel
TRAINING, VALIDATION = "#3366aa", "#dd7733"


class HistoryPlot(Callback):
    """Draws the losses and metrics after each epoch: live in a notebook, elsewhere into an image file.

    A panel for each metric, with training and validation in it. Needs matplotlib.

    Args:
        path: where the image goes; ``.png``, ``.svg`` or ``.pdf``. In a notebook None shows the plot alone; elsewhere
            None means ``history.png``.
        every: every how many epochs to draw; the last one is always drawn.

    Attributes:
        figure: the matplotlib ``Figure`` drawn last.

    Raises:
        ImportError: before training, if matplotlib is missing.
        ValueError: `every` is no positive integer.

    Example:
        >>> callback = HistoryPlot("run/history.png", every=5)
        >>> # model.fit(x, y, epochs=100, callbacks=[callback])
    """

    def __init__(self, path: str | os.PathLike[str] | None = None, every: int = 1) -> None:
        super().__init__()
        if not isinstance(every, int) or every < 1:
            raise ValueError(f"HistoryPlot: expected a positive integer as `every`, got {every!r}.")
        self.path = None if path is None else os.fspath(path)
        self.every = every
        self.figure: Any = None
        self.epochs: list[int] = []
        self.history: dict[str, list[float]] = {}
        self._drawn = 0
        self._shown: Any = None

    def on_train_begin(self, logs: Any = None) -> None:
        new_figure("HistoryPlot", *SIZE)  # is matplotlib there?
        self.epochs, self.history, self._drawn, self._shown = [], {}, 0, None

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.epochs.append(epoch + 1)
        for name, value in (logs or {}).items():
            # a metric that comes later, or not each epoch, has gaps
            values = self.history.setdefault(name, [])
            values += [math.nan] * (len(self.epochs) - 1 - len(values))
            values.append(value if isinstance(value, (int, float)) else math.nan)
        if len(self.epochs) % self.every == 0:
            self._draw()

    def on_train_end(self, logs: Any = None) -> None:
        if self.epochs and self._drawn < len(self.epochs):
            self._draw()

    def _draw(self) -> None:
        self._drawn = len(self.epochs)
        if not _ranks.is_first():
            return
        self.figure = draw(self.epochs, self.history)
        notebook = _notebook_display()
        if notebook is not None:
            self._show(notebook)
        if self.path is not None or notebook is None:
            save(self.figure, self.path or "history.png")

    def _show(self, display: Any) -> None:
        if self._shown is None:
            self._shown = display(self.figure, display_id=True)
        else:
            self._shown.update(self.figure)


def draw(epochs: list[int], history: dict[str, list[float]]) -> Any:
    """A figure with a panel for each metric, `history` as in ``History.history``."""
    names = sorted({name.removeprefix("val_") for name in history}, key=lambda name: (name != "loss", name))
    columns = min(len(names), COLUMNS) or 1
    rows = math.ceil(len(names) / columns) or 1
    figure = new_figure("HistoryPlot", SIZE[0] * columns, SIZE[1] * rows)
    for axes, name in zip(figure.subplots(rows, columns, squeeze=False).flat, names):
        _draw_panel(axes, name, epochs, history)
    for axes in figure.axes[len(names) :]:
        axes.remove()
    return figure


def _draw_panel(axes: Any, name: str, epochs: list[int], history: dict[str, list[float]]) -> None:
    for key, label, color in ((name, "training", TRAINING), (f"val_{name}", "validation", VALIDATION)):
        values = history.get(key)
        if values is not None:
            values = values + [math.nan] * (len(epochs) - len(values))
            points = sum(map(math.isfinite, values))
            # where validation is seldom, lines join what there is
            drawn = [(epoch, value) for epoch, value in zip(epochs, values) if math.isfinite(value)]
            marker = "o" if points <= 12 else ""
            axes.plot(*zip(*drawn) if drawn else ([], []), color=color, label=label, marker=marker, markersize=3)
    axes.set_title(name)
    axes.set_xlabel("epoch")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(alpha=0.3)
    if f"val_{name}" in history:
        axes.legend(frameon=False)
    if name == "learning_rate":
        axes.set_yscale("log")


def _notebook_display() -> Any:
    """IPython's ``display`` inside a notebook's kernel, else None."""
    if "ipykernel" not in sys.modules or "IPython" not in sys.modules:
        return None
    return sys.modules["IPython"].display.display
