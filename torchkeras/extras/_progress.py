"""What other progress bars share: when to draw, and the text of the values."""

from time import perf_counter
from typing import Any

from torchkeras import _ranks
from torchkeras.callbacks import ProgbarLogger
from torchkeras.callbacks._progbar import _format

INTERVAL = 0.1  # seconds between two drawings; between them nobody looks at the logs


class ProgressView(ProgbarLogger):
    """A progress bar in another look, instead of Keras': subclasses open, draw and close it.

    ``fit`` adds no bar of its own beside it, and ``verbose=0`` switches it off.
    """

    def __init__(self) -> None:
        super().__init__()
        self._drawn_at = float("-inf")
        self._title = ""
        self._open = False

    def open(self, title: str, total: int | None) -> None:
        """Begin a bar."""
        raise NotImplementedError

    def draw(self, done: int, values: str, last: bool) -> None:
        """Show that `done` steps are done; `last` ends the bar."""
        raise NotImplementedError

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._title = f"Epoch {epoch + 1}/{self.epochs}"
        self._start()

    def on_test_begin(self, logs: Any = None) -> None:
        self._title = self._title if self._called_in_fit else "Evaluate"
        super().on_test_begin(logs)

    def on_predict_begin(self, logs: Any = None) -> None:
        self._title = "Predict"
        super().on_predict_begin(logs)

    def _start(self) -> None:
        self.seen = 0
        self._drawn_at = float("-inf")
        self._open = bool(self.verbose) and _ranks.is_first()
        if self._open:
            self.open(self._title, self.target)

    def _step(self, batch: int, logs: Any) -> None:
        self.seen = batch + 1
        now = perf_counter()
        if self._open and now - self._drawn_at >= INTERVAL:
            self.draw(self.seen, as_text(logs), False)
            self._drawn_at = now

    def _finish(self, logs: Any) -> None:
        if self.target is None:  # now it is known
            self.target = self.seen
        if self._open:
            self._open = False
            self.draw(self.seen, as_text(logs), True)


def as_text(logs: Any) -> str:
    """``loss: 0.5000  mae: 0.2500``."""
    return "  ".join(f"{name}: {_format(value)}" for name, value in (logs or {}).items())
