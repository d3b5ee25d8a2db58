"""Save the model while it trains."""

import os
import warnings
from typing import Any, NamedTuple

import numpy as np

from torchkeras import _ranks
from torchkeras._errors import nearest
from torchkeras.callbacks._callback import heard_if
from torchkeras.callbacks._console import print_message
from torchkeras.callbacks._expected_logs import ExpectedLogs
from torchkeras.callbacks._file_pattern import FilePattern, refuse_directory, refuse_ending
from torchkeras.callbacks._monitor import MonitorCallback

# `.hdf5`, and `.h5` for weights, are what scripts of Keras 1 and 2 write.
_WEIGHTS = (".weights.h5", ".h5", ".hdf5", ".safetensors")
_MODELS = (".keras", ".h5", ".hdf5")


class _Plan(NamedTuple):
    path: str
    saves: bool
    text: str
    best: float | None


class ModelCheckpoint(MonitorCallback):
    """Saves the model, or its weights, after each epoch or every few batches.

    Each file is written under another name beside it first: a checkpoint is whole or not there. The weights
    file of a compiled model holds the optimizer's state, too.

    Args:
        filepath: where to save. Placeholders are filled in: ``{epoch:02d}`` (from 1), ``{batch}`` (with an integer
            as `save_freq`), and every name in the logs: ``{val_loss:.2f}``. It ends with ``.keras``, or with
            ``.weights.h5`` for weights alone (``.h5`` and ``.hdf5`` are read and written as well).
        monitor: the name in the logs that tells which model is the best.
        verbose: 1 prints what is saved.
        save_best_only: save only where the monitored value is better than at every save before.
        save_weights_only: save the weights alone.
        mode: ``"min"``, ``"max"`` or ``"auto"``, which infers the direction from the monitored metric.
        save_freq: ``"epoch"``, or after how many batches to save, also across the ends of epochs.
        initial_value_threshold: with `save_best_only`, the value that the first saved model has to beat.
        **kwargs: ``period``, Keras 2's way to save after every so many epochs.

    Raises:
        ValueError: the path's ending or `save_freq` is unknown, or a placeholder can't be filled in.
        KeyError: a placeholder names what the logs do not hold; before the first step where that is sure.
        OSError: the path is a directory, or can't be written to.

    Example:
        >>> best = ModelCheckpoint("best.keras", monitor="val_accuracy", save_best_only=True)
        >>> every = ModelCheckpoint("{epoch:02d}-{val_loss:.2f}.weights.h5", save_weights_only=True)
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: int | str = "epoch",
        initial_value_threshold: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(monitor, mode)
        self.best = initial_value_threshold
        self.verbose = verbose
        self.filepath = os.fspath(filepath)
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = _checked_frequency(save_freq)
        self.period = _old_period(**kwargs)
        self._check_ending()
        counters = ("epoch",) if save_freq == "epoch" else ("epoch", "batch")
        self._pattern = FilePattern("ModelCheckpoint", self.filepath, counters)
        self._batches_seen_since_last_saving = 0
        self._last_batch_seen = -1
        self._epochs_since_last_saving = 0
        self._current_epoch = 0

    def _check_ending(self) -> None:
        if self.save_weights_only:
            text = "When using `save_weights_only=True` in `ModelCheckpoint`, the filepath provided must end in "
            refuse_ending(self.filepath, _WEIGHTS, f"{text}`.weights.h5` (Keras weights format).")
        else:
            text = "The filepath provided must end in `.keras` (Keras model format)."
            refuse_ending(self.filepath, _MODELS, text)

    def _check_names(self, expected: ExpectedLogs) -> None:
        available = expected.of_epoch() if self.save_freq == "epoch" else expected.of_batch()
        if self.save_best_only:
            self._check_monitor(expected, available)
        self._pattern.check(expected, available)
        if not self._pattern.fields:
            refuse_directory(self.filepath, "ModelCheckpoint")

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._current_epoch = epoch
        self._last_batch_seen = -1

    @heard_if(lambda self: self.save_freq != "epoch")
    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self.save_freq == "epoch":
            return
        self._batches_seen_since_last_saving += batch - self._last_batch_seen  # with steps_per_execution several
        self._last_batch_seen = batch
        if self._batches_seen_since_last_saving >= self.save_freq:
            self._batches_seen_since_last_saving = 0
            self._save({"epoch": self._current_epoch + 1, "batch": batch + 1}, logs or {})

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self.save_freq != "epoch":
            return
        self._epochs_since_last_saving += 1
        if self._epochs_since_last_saving >= self.period:
            self._epochs_since_last_saving = 0
            self._save({"epoch": epoch + 1}, logs or {})

    def _save(self, counts: dict[str, int], logs: Any) -> None:
        # Within an epoch each rank has logs of its own, but all have to take part in saving, or none.
        plan = _ranks.broadcast(self._plan(counts, logs) if _ranks.is_first() else None)
        if self.verbose > 0 and plan.text:
            print_message(f"\nEpoch {counts['epoch']}: {plan.text}")
        if plan.saves:
            self.best = plan.best
            self._write(plan.path)
            if self.verbose > 0:
                print_message(f"\nEpoch {counts['epoch']}: finished saving model to {plan.path}")

    def _plan(self, counts: dict[str, int], logs: Any) -> _Plan:
        """Whether to save and where, what to print about it, and what a later model has to beat."""
        path = self._pattern.fill(counts, logs)
        if not self.save_best_only:
            return _Plan(path, True, f"saving model to {path}", self.best)
        value = logs.get(self.monitor)
        if value is None:
            warnings.warn(f"Can save best model only with {self.monitor} available.", stacklevel=4)
            return _Plan(path, True, "", self.best)
        if np.ndim(value) > 0:
            text = f"Can save best model only when `monitor` is a scalar value. Received: {value}."
            warnings.warn(f"{text} Falling back to `save_best_only=False`.", stacklevel=4)
            return _Plan(path, True, "", self.best)
        best = "None" if self.best is None else f"{self.best:.5f}"
        if not self._is_improvement(value, self.best):
            return _Plan(path, False, f"{self.monitor} did not improve from {best}", self.best)
        text = f"{self.monitor} improved from {best} to {value:.5f}, saving model to {path}"
        return _Plan(path, True, text, value)

    def _write(self, path: str) -> None:
        refuse_directory(path, "ModelCheckpoint")
        if _ranks.is_first() and os.path.dirname(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
        save = self.model.save_weights if self.save_weights_only else self.model.save
        save(path, overwrite=True)


def _checked_frequency(save_freq: Any) -> Any:
    integer = isinstance(save_freq, int) and not isinstance(save_freq, bool) and save_freq > 0
    if save_freq != "epoch" and not integer:
        raise ValueError(
            f"Unrecognized save_freq: {save_freq}. Expected save_freq are 'epoch' or integer values above 0"
        )
    return save_freq


def _old_period(**kwargs: Any) -> int:
    """Keras 2's ``period``: save after every so many epochs."""
    period = kwargs.pop("period", None)
    for name in kwargs:
        raise TypeError(f"ModelCheckpoint: unexpected argument {name!r}.{nearest(name, _ARGUMENTS)}")
    if period is None:
        return 1
    text = "ModelCheckpoint: `period=` is Keras 2's; today `save_freq` counts batches."
    warnings.warn(text, DeprecationWarning, stacklevel=3)
    if not isinstance(period, int) or period < 1:
        raise ValueError(f"ModelCheckpoint: expected a positive integer as `period`, got {period!r}.")
    return period


_ARGUMENTS = ("filepath", "monitor", "verbose", "save_best_only", "save_weights_only", "mode", "save_freq",
              "initial_value_threshold", "period")  # fmt: skip
