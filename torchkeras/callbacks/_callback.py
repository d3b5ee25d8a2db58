"""The base of all callbacks."""

from collections.abc import Callable
from typing import Any, TypeVar

_Hook = TypeVar("_Hook", bound=Callable[..., Any])


def heard_if(condition: Callable[[Any], bool]) -> Callable[[_Hook], _Hook]:
    """Mark a hook that has something to do only where `condition` holds for the callback.

    A loop does not wait for it elsewhere. An override in a subclass is another function, and is always heard.
    """

    def mark(hook: _Hook) -> _Hook:
        hook.__dict__["heard_if"] = condition
        return hook

    return mark


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
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """After a training batch; `logs` holds the metrics of the epoch so far."""
        self.on_batch_end(batch, logs=logs)

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
