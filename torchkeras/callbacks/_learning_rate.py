"""Callbacks that change the optimizer's learning rate between epochs."""

import inspect
import numbers
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from torchkeras._errors import nearest
from torchkeras.callbacks._callback import Callback
from torchkeras.callbacks._console import print_message
from torchkeras.callbacks._monitor import MonitorCallback


def _get(model: Any) -> float:
    return float(_optimizer(model).learning_rate)


def _set(model: Any, value: float) -> None:
    _optimizer(model).learning_rate = value


def _optimizer(model: Any) -> Any:
    optimizer = getattr(model, "optimizer", None)
    if not hasattr(optimizer, "learning_rate"):
        found = "no optimizer" if optimizer is None else f"a {type(optimizer).__name__} without one"
        raise ValueError(f'Optimizer must have a "learning_rate" attribute; the model has {found}.')
    return optimizer


class LearningRateScheduler(Callback):
    """Sets the learning rate before each epoch to what `schedule` gives; the logs show ``learning_rate``.

    Args:
        schedule: ``schedule(epoch, learning_rate) -> float``, or ``schedule(epoch) -> float``; epochs count
            from 0.
        verbose: 1 prints the new learning rate.

    Raises:
        ValueError: `schedule` gives something else than a number, or the optimizer has no learning rate.

    Example:
        >>> callback = LearningRateScheduler(lambda epoch, rate: rate if epoch < 10 else rate * 0.9)
    """

    _logs_learning_rate = True

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        super().__init__()
        if not callable(schedule):
            raise TypeError(f"LearningRateScheduler: expected a function as `schedule`, got {schedule!r}.")
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        rate = _get(self.model)
        given = self.schedule(epoch, rate) if _takes_two(self.schedule) else self.schedule(epoch)
        rate = self._checked(given)
        _set(self.model, rate)
        if self.verbose > 0:
            print_message(f"\nEpoch {epoch + 1}: LearningRateScheduler setting learning rate to {rate}.")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if logs is not None:
            logs["learning_rate"] = _get(self.model)

    def _checked(self, given: Any) -> float:
        scalar = isinstance(given, (torch.Tensor, np.ndarray)) and given.ndim == 0
        if scalar or (isinstance(given, numbers.Real) and not isinstance(given, numbers.Integral)):
            return float(given)
        raise ValueError(f"The output of the `schedule` function should be a float. Got: {given!r}")


class ReduceLROnPlateau(MonitorCallback):
    """Multiplies the learning rate by `factor` once the monitored value has not improved for `patience` epochs.

    Args:
        monitor: the name in the epoch's logs to watch.
        factor: ``new = old * factor``, below 1.
        patience: epochs without improvement to wait for.
        verbose: 1 prints each reduction.
        mode: ``"min"``, ``"max"`` or ``"auto"``, which infers the direction from the monitored metric.
        min_delta: the least change that counts as an improvement.
        cooldown: epochs to wait after a reduction before watching again.
        min_lr: the learning rate never goes below this.
        **kwargs: ``epsilon``, Keras 2's name of `min_delta`.

    Raises:
        ValueError: `factor` is 1 or more; with ``mode="auto"``, where the direction is not known.
    """

    _logs_learning_rate = True

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 0.0001,
        cooldown: int = 0,
        min_lr: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(monitor, mode, min_delta=_old_arguments(min_delta, **kwargs))
        if factor >= 1.0:
            raise ValueError(f"ReduceLROnPlateau does not support a factor >= 1.0. Received factor={factor}")
        self.factor = factor
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown
        self.min_lr = min_lr
        self._reset()

    def _reset(self) -> None:
        self.best = None
        self.wait = 0
        self.cooldown_counter = 0

    def in_cooldown(self) -> bool:
        return self.cooldown_counter > 0

    def on_train_begin(self, logs: Any = None) -> None:
        self._reset()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self.monitor_op is None:
            self._set_monitor_op()
        logs = {} if logs is None else logs
        logs["learning_rate"] = _get(self.model)
        value = logs.get(self.monitor)
        if value is None:
            self._warn(logs)
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self._is_improvement(value, self.best):
            self.best = value
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience:
                self._reduce(epoch)

    def _reduce(self, epoch: int) -> None:
        old = _get(self.model)
        if np.float32(old) <= np.float32(self.min_lr):  # the optimizer holds a float32
            return
        new = max(old * self.factor, self.min_lr)
        _set(self.model, new)
        if self.verbose > 0:
            print_message(f"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to {new}.")
        self.cooldown_counter = self.cooldown
        self.wait = 0

    def _warn(self, logs: dict[str, Any]) -> None:
        warnings.warn(
            f"Learning rate reduction is conditioned on metric `{self.monitor}` which is not available. "
            f"Available metrics are: {','.join(logs)}.",
            stacklevel=3,
        )


def _takes_two(schedule: Callable[..., float]) -> bool:
    try:
        inspect.signature(schedule).bind(0, 0.0)
    except TypeError:
        return False
    except ValueError:  # a builtin that tells nothing
        return True
    return True


def _old_arguments(min_delta: float, **kwargs: Any) -> float:
    """Keras 2's ``epsilon``; other unknown arguments are ignored, as in Keras, but not in silence."""
    if "epsilon" in kwargs:
        warnings.warn(
            "ReduceLROnPlateau: `epsilon` is the old name of `min_delta`; use `min_delta`.",
            DeprecationWarning,
            stacklevel=3,
        )
        min_delta = kwargs.pop("epsilon")
    known = inspect.signature(ReduceLROnPlateau).parameters
    for name in kwargs:
        warnings.warn(f"ReduceLROnPlateau ignores the unknown argument `{name}`.{nearest(name, known)}", stacklevel=3)
    return min_delta
