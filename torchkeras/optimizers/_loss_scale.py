"""The loss scale of float16 training."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from torchkeras import _ranks
from torchkeras._errors import brief
from torchkeras._serialization import deserialize_keras_object, serialize_keras_object
from torchkeras._variable import Variable
from torchkeras.optimizers import _checks
from torchkeras.optimizers._arguments import SHARED
from torchkeras.optimizers._numbers import HostNumber
from torchkeras.optimizers._optimizer import Optimizer


class LossScaleOptimizer(Optimizer):
    """Wraps an optimizer so that small float16 gradients do not vanish.

    The loss is multiplied by a scale and the gradients are divided by it. A step with an infinite or
    undefined gradient is left out and halves the scale; after `dynamic_growth_steps` good ones it doubles.
    ``skipped_steps`` counts the steps left out, ``dynamic_scale`` is the present scale.

    Args:
        inner_optimizer: the optimizer that makes the steps.
        initial_scale: the first scale.
        dynamic_growth_steps: see above.
        name: the name; automatic if not given.

    Raises:
        ValueError: an argument that belongs to the inner optimizer, or that nobody knows.
    """

    def __init__(
        self,
        inner_optimizer: Optimizer,
        initial_scale: float = 2.0**15,
        dynamic_growth_steps: int = 2000,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        _refuse(kwargs)
        if not isinstance(inner_optimizer, Optimizer):
            raise ValueError(
                f"LossScaleOptimizer: `inner_optimizer` must be an optimizer, got {brief(inner_optimizer)}."
            )
        if not _checks.is_number(initial_scale) or not initial_scale > 0:
            raise ValueError(f"LossScaleOptimizer: `initial_scale` must be a number > 0, got {brief(initial_scale)}.")
        super().__init__(learning_rate=0.0, name=name)
        self.inner_optimizer = inner_optimizer
        self.initial_scale = initial_scale
        self.dynamic_growth_steps = dynamic_growth_steps
        self.step_counter = self._host_number(0, "int32", "step_counter")
        self.dynamic_scale = self._host_number(initial_scale, "float32", "dynamic_scale")
        self.skipped_steps = 0  # no variable: Keras has no such number in its files

    def _host_number(self, number: float, dtype: str, name: str) -> HostNumber:
        made = HostNumber(number, dtype, name)
        self._own(made, name)
        return made

    def build(self, variables: Iterable[Variable]) -> None:
        variables = list(variables)
        super().build(variables)
        self.inner_optimizer.build(variables)

    @property
    def variables(self) -> list[Variable]:
        return [*super().variables, *self.inner_optimizer.variables]

    @property
    def learning_rate(self) -> Any:
        """The inner optimizer's."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self.inner_optimizer.learning_rate = value

    @property
    def iterations(self) -> Any:
        """The inner optimizer's: left-out steps do not count."""
        return self.inner_optimizer.iterations

    @iterations.setter
    def iterations(self, value: Any) -> None:
        self.inner_optimizer.iterations = value

    @torch.no_grad()
    def _update_all(self, grads: list[Any]) -> None:
        scale = self.dynamic_scale.number
        if _ranks.gradients is not None:  # first, so that all ranks skip alike
            grads = _ranks.gradients.summed(grads, self._trainable_variables, applied=False)
        present = [gradient for gradient in grads if gradient is not None]
        if not _finite(present):
            self.skipped_steps += 1
            self.step_counter.number = 0
            self.dynamic_scale.number = scale / 2
            return
        # the inner optimizer's own constant scale plays no part: its division is undone here
        unscaled = iter(torch._foreach_div(present, scale / (self.inner_optimizer.loss_scale_factor or 1.0)))
        values = [None if gradient is None else next(unscaled) for gradient in grads]
        for index in self._overwritten:
            values[index] = grads[index]
        self.inner_optimizer._update_all(values)
        self.step_counter.number += 1
        if self.step_counter.number >= self.dynamic_growth_steps:
            self.step_counter.number = 0
            self.dynamic_scale.number = min(scale * 2, _LARGEST)

    def scale_loss(self, loss: Any) -> Any:
        """The loss times the scale. The inner optimizer's ``loss_scale_factor`` is not used."""
        return loss * self.dynamic_scale.number

    def finalize_variable_values(self, var_list: Iterable[Variable]) -> None:
        """As the inner optimizer does."""
        self.inner_optimizer.finalize_variable_values(var_list)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments as plain values."""
        return {
            "name": self.name,
            "inner_optimizer": serialize_keras_object(self.inner_optimizer),
            "initial_scale": self.initial_scale,
            "dynamic_growth_steps": self.dynamic_growth_steps,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> "LossScaleOptimizer":
        """A new optimizer out of what :meth:`get_config` returned."""
        config = {key: value for key, value in config.items() if key not in SHARED or key == "name"}
        inner = deserialize_keras_object(config.pop("inner_optimizer"), custom_objects=custom_objects)
        return cls(inner, **config)


_LARGEST = 2.0**127


def _finite(grads: list[Tensor]) -> bool:
    """Whether all numbers are finite. A step waits for the device here: the answer decides what it does."""
    norms = torch._foreach_norm(grads, float("inf"))
    return bool(torch.stack([norm.to(norms[0].device, torch.float32) for norm in norms]).isfinite().all())


def _refuse(kwargs: dict[str, Any]) -> None:
    if not kwargs.pop("dynamic", True):
        raise ValueError(
            "LossScaleOptimizer no longer supports `dynamic=False`. Instead, simply set `loss_scale_factor` directly "
            "on the `inner_optimizer`."
        )
    for name in kwargs:
        if name in SHARED:
            raise ValueError(
                f"LossScaleOptimizer does not support `{name}`. Instead, set `{name}` on the `inner_optimizer`."
            )
    if kwargs:
        raise ValueError(f"LossScaleOptimizer does not support arguments: `{'`, `'.join(kwargs)}`.")
