"""The base of all callbacks."""

import warnings
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import torch

from torchkeras._structures import map_leaves

_Hook = TypeVar("_Hook", bound=Callable[..., Any])


def heard_if(condition: Callable[[Any], bool]) -> Callable[[_Hook], _Hook]:
    """Mark a hook that has something to do only where `condition` holds for the callback.

    A loop does not wait for it elsewhere. An override in a subclass is another function, and is always heard.
    """

    def mark(hook: _Hook) -> _Hook:
        hook.__dict__["heard_if"] = condition
        return hook

    return mark


class _ValidationData:
    """Keras 2's attribute ``validation_data``: ``[x, y, sample_weight]`` of the running ``fit``; None without.

    A callback may have an attribute of its own of that name, as many of the users' do.
    """

    def __get__(self, callback: Any, owner: Any = None) -> Any:
        data = getattr(getattr(getattr(callback, "model", None), "_run", None), "validation_data", None)
        if data is None:
            return None
        text = "`callback.validation_data` is Keras 2's; give the data to the callback's constructor."
        warnings.warn(text, DeprecationWarning, stacklevel=2)
        if not isinstance(data, (tuple, list)):
            return data
        x, y, weight = (map_leaves(_array, part) for part in (*data, None, None)[:3])
        return [x, y, np.ones(len(y), "float32") if weight is None and hasattr(y, "__len__") else weight]


def _array(leaf: Any) -> Any:
    return leaf.numpy(force=True) if isinstance(leaf, torch.Tensor) else leaf


class Callback:
    """Something to do at fixed points of ``fit``, ``evaluate`` and ``predict``: override the hooks you need.

    A hook that no callback overrides is never called, so it costs nothing. Logs of an epoch are a
    ``dict[str, float]``. Logs of a batch are a mapping whose values are fetched from the device at the
    first look into it: a batch hook that does not read them does not make the device wait.

    Attributes:
        params: ``{"verbose": 1, "epochs": 3, "steps": 100}``, as the running loop was called.
        model: the model the callback is attached to.

    Example:
        >>> class Stopwatch(Callback):
        ...     def on_epoch_end(self, epoch, logs=None):
        ...         print(epoch, logs["loss"])
    """

    validation_data = _ValidationData()

    def __init__(self) -> None:
        self.params: dict[str, Any] | None = None
        self._model: Any = None

    @property
    def model(self) -> Any:
        """The model the callback is attached to; None before training."""
        return self._model

    @model.setter
    def model(self, model: Any) -> None:
        self._model = model  # what an overridden `set_model` of Keras 2's time does

    def set_params(self, params: dict[str, Any]) -> None:
        """Called before training with the arguments of the running loop."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Called before training with the model."""
        self._model = model

    def on_batch_begin(self, batch: int, logs: Any = None) -> None:
        """The old name of `on_train_batch_begin`; an override still works."""

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """The old name of `on_train_batch_end`; an override still works."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Before the first batch of an epoch (counted from 0); in training only."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """After an epoch and its validation; `logs` holds the metrics, those of validation under ``val_``."""

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Before a training batch; with ``steps_per_execution=n`` before every n-th."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """After a training batch; `logs` holds the metrics of the epoch so far."""
        self.on_batch_end(batch, logs)

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Before a batch of `evaluate`, and of validation in `fit`."""

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """After a batch of `evaluate`, and of validation in `fit`."""

    def on_predict_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Before a batch of `predict`."""

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        """After a batch of `predict`; ``logs["outputs"]`` holds what the model gave."""

    def on_train_begin(self, logs: Any = None) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: Any = None) -> None:
        """After the last epoch, with that epoch's logs."""

    def on_test_begin(self, logs: Any = None) -> None:
        """Before `evaluate`, and before validation in `fit`."""

    def on_test_end(self, logs: Any = None) -> None:
        """After `evaluate`, and after validation in `fit`, with the metrics."""

    def on_predict_begin(self, logs: Any = None) -> None:
        """Before `predict`."""

    def on_predict_end(self, logs: Any = None) -> None:
        """After `predict`."""
