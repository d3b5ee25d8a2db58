"""What `fit` returns."""

from typing import Any

from torchkeras._spellings import Logs
from torchkeras.callbacks._callback import Callback


class History(Callback):
    """Records the logs of every epoch; `fit` adds one by itself and returns it.

    Attributes:
        history: ``{"loss": [0.7, 0.5], "val_loss": [0.8, 0.6]}``: one value an epoch.
        epoch: the numbers of the epochs run, from 0.
    """

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[float]] = Logs()
        self.epoch: list[int] = []

    def set_model(self, model: Any) -> None:
        super().set_model(model)
        model.history = self

    def on_train_begin(self, logs: Any = None) -> None:
        self.epoch = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
