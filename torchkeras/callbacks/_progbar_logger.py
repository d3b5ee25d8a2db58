"""The callback that draws the progress bar."""

from typing import Any

from torchkeras.callbacks._callback import Callback
from torchkeras.callbacks._console import print_message
from torchkeras.callbacks._progbar import Progbar


class ProgbarLogger(Callback):
    """Draws a progress bar of each epoch, each evaluation and each prediction on standard output.

    ``fit``, ``evaluate`` and ``predict`` add one by themselves unless ``verbose=0``. It reads the batch
    logs only where the bar is redrawn, at most every 50 ms.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0
        self.progbar: Progbar | None = None
        self.target: int | None = None
        self.verbose: int = 1
        self.epochs = 1
        self._called_in_fit = False

    def set_params(self, params: dict[str, Any]) -> None:
        super().set_params(params)
        verbose = params.get("verbose", 1)
        self.verbose = 1 if verbose == "auto" else int(verbose)
        self.epochs = params.get("epochs", 1)
        self.target = params.get("steps")

    def on_train_begin(self, logs: Any = None) -> None:
        self._called_in_fit = True

    def on_train_end(self, logs: Any = None) -> None:
        self._called_in_fit = False

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._start()
        if self.verbose and self.epochs > 1:
            print_message(f"Epoch {epoch + 1}/{self.epochs}")

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._step(batch, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._finish(logs)

    def on_test_begin(self, logs: Any = None) -> None:
        if not self._called_in_fit:
            self._start()

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        if not self._called_in_fit:
            self._step(batch, logs)

    def on_test_end(self, logs: Any = None) -> None:
        if not self._called_in_fit:
            self._finish(logs)

    def on_predict_begin(self, logs: Any = None) -> None:
        self._start()

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        self._step(batch, None)  # the logs hold whole outputs, not metrics

    def on_predict_end(self, logs: Any = None) -> None:
        self._finish(logs)

    def _start(self) -> None:
        self.seen = 0
        self.progbar = Progbar(self.target, verbose=self.verbose)

    def _step(self, batch: int, logs: Any) -> None:
        self.seen = batch + 1
        if self.verbose == 1 and self.progbar is not None:
            self.progbar.update(self.seen, {} if logs is None else logs, finalize=False)

    def _finish(self, logs: Any) -> None:
        if self.progbar is None:
            return
        if self.target is None:  # now it is known
            self.target = self.progbar.target = self.seen
        self.progbar.update(self.seen, logs or {}, finalize=True)
