"""The base of learning rate schedules."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras import _settings
from torchkeras._dtypes import to_torch_dtype
from torchkeras._fields import Fields
from torchkeras._variable import Variable


class LearningRateSchedule(Fields):
    """A learning rate that depends on the iteration count. Subclasses write ``__call__`` and ``get_config``.

    ``schedule(step)`` gives the rate of iteration `step` as a tensor; a whole array of steps gives all their rates.
    """

    def __call__(self, step: Any) -> Tensor:
        if type(self).rate is LearningRateSchedule.rate:
            raise NotImplementedError(
                f"Learning rate schedule {type(self).__name__!r} must override `__call__(self, step)`."
            )
        steps = _numbers(step)
        rates = [self.rate(float(number)) for number in steps.ravel()]
        return torch.tensor(rates, dtype=to_torch_dtype(_settings.floatx), device=_settings.device()).reshape(
            steps.shape
        )

    def rate(self, step: float) -> float:
        """The rate as a Python number: the formula of a schedule of this package."""
        raise NotImplementedError

    def _on_host(self, iterations: Any) -> float:
        """What the optimizer asks for before each step; it must not wait for the device."""
        if type(self).__call__ is LearningRateSchedule.__call__ and type(self).rate is not LearningRateSchedule.rate:
            return self.rate(iterations.number)
        # a user's own formula runs on the CPU, with constants that it makes there
        previous = _settings.set_device("cpu")
        try:
            return float(self(iterations))
        finally:
            _settings.set_device(previous)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments as plain values."""
        if not self.__fields__:
            raise NotImplementedError(
                f"Learning rate schedule {type(self).__name__!r} must override `get_config()` in order to be "
                "serializable."
            )
        return super().get_config()


def _numbers(step: Any) -> np.ndarray:
    if isinstance(step, Variable):
        return step.numpy()
    return step.detach().cpu().numpy() if isinstance(step, Tensor) else np.asarray(step)
