"""The learning rate: a number that users read and assign, a schedule, or a function."""

import inspect
import math
import warnings
from typing import Any

from torch import Tensor, tensor

from torchkeras import _settings
from torchkeras._dtypes import to_torch_dtype
from torchkeras._errors import brief
from torchkeras._serialization import serialize_keras_object
from torchkeras.optimizers._numbers import HostNumber
from torchkeras.optimizers.schedules._schedule import LearningRateSchedule


class HasLearningRate:
    """The part of an optimizer that knows its learning rate. It is computed on the host, so no step waits for it."""

    name: str
    _iterations: HostNumber
    _rate: Any  # a HostNumber, a LearningRateSchedule or a function
    _time_decay: float

    def _set_rate(self, value: Any) -> None:
        if isinstance(value, LearningRateSchedule) or (callable(value) and not isinstance(value, (Tensor, HostNumber))):
            self._rate = value
            return
        number = check_rate(type(self).__name__, value)
        self._rate = HostNumber(number, _settings.floatx, name="learning_rate")
        self._rate.path = f"{self.name}/learning_rate"

    @property
    def learning_rate(self) -> Any:
        """The present rate: a variable that can be assigned, or what the schedule says for this iteration."""
        if isinstance(self._rate, HostNumber):
            return self._rate
        return tensor(self._present_rate(), dtype=to_torch_dtype(_settings.floatx))

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if isinstance(self._rate, HostNumber):
            if callable(value) and not isinstance(value, (Tensor, HostNumber)):
                self._rate = value
            else:
                self._rate.assign(check_rate(type(self).__name__, value))
        elif isinstance(value, LearningRateSchedule):
            self._rate = value
        else:
            raise TypeError(
                "This optimizer was created with a `LearningRateSchedule` or a function as `learning_rate`, so its "
                f"learning rate is not settable. To set it, create {type(self).__name__} with a number, or assign "
                "another schedule."
            )

    @property
    def lr(self) -> Any:
        """Keras 2's name of :attr:`learning_rate`."""
        warnings.warn("`optimizer.lr` is now `optimizer.learning_rate`.", DeprecationWarning, stacklevel=2)
        return self.learning_rate

    @lr.setter
    def lr(self, value: Any) -> None:
        warnings.warn("`optimizer.lr` is now `optimizer.learning_rate`.", DeprecationWarning, stacklevel=2)
        self.learning_rate = value

    def _present_rate(self) -> float:
        """The rate of the coming step, as a Python number."""
        rate = self._rate
        if type(rate) is HostNumber:
            if self._time_decay:
                return rate.number / (1.0 + self._time_decay * self._iterations.number)
            return rate.number
        if isinstance(rate, LearningRateSchedule):
            return rate._on_host(self._iterations)
        return float(rate() if not _takes_arguments(rate) else rate(self._iterations))

    def _rate_config(self) -> Any:
        return self._rate.number if isinstance(self._rate, HostNumber) else serialize_keras_object(self._rate)


def check_rate(owner: str, value: Any) -> float:
    """`value` as a learning rate, or a ValueError that says what one is."""
    if value is None or isinstance(value, (bool, str, dict)) or not hasattr(value, "__float__"):
        raise ValueError(
            f"{owner}: `learning_rate` should be a number, a `LearningRateSchedule` or a function of the iteration "
            f"count, got {brief(value)}."
        )
    number = float(value)
    if not math.isfinite(number) or number < 0:
        raise ValueError(f"{owner}: `learning_rate` should be a finite number of at least 0, got {number}.")
    return number


def _takes_arguments(function: Any) -> bool:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    return any(p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters)
