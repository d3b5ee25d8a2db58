"""What happens to gradients before the rule sees them: aligned, unscaled, accumulated, clipped."""

import warnings
from typing import Any

import torch
from torch import Tensor

from torchkeras._variable import Variable
from torchkeras.ops._op import tensor
from torchkeras.optimizers import _clipping
from torchkeras.optimizers._groups import Group, torch_gradient
from torchkeras.optimizers._numbers import HostNumber


class HandlesGradients:
    """The part of an optimizer between the gradients and the rule."""

    clipnorm: float | None
    clipvalue: float | None
    global_clipnorm: float | None
    loss_scale_factor: float | None
    gradient_accumulation_steps: int | None
    _iterations: HostNumber
    _slots: dict[str, list[Variable]]
    _trainable_variables: list[Variable]
    _places: dict[int, int]
    _overwritten: list[int]

    @torch.no_grad()  # the shapes of weights are looked at, which autograd need not know
    def _aligned(self, grads: list[Any], variables: list[Variable]) -> list[Tensor | None]:
        """The gradients in the order of ``build`` and in torch's layout, None for variables without one."""
        self._check_known(variables)
        report_missing(grads, variables)
        ordered: list[Tensor | None] = [None] * len(self._trainable_variables)
        for gradient, variable in zip(grads, variables):
            if gradient is not None:
                ordered[self._places[id(variable)]] = torch_gradient(gradient, variable)
        return ordered

    def _check_known(self, variables: list[Variable]) -> None:
        for variable in variables:
            if id(variable) not in self._places:
                raise ValueError(
                    f"Unknown variable: {variable.path} of shape {variable.shape}. This optimizer can only be called "
                    "for the variables it was originally built with. When working with a new set of variables, for "
                    "example after unfreezing layers, compile the model with a new optimizer."
                )

    def _prepared(self, groups: list[Group], grads: list[Any]) -> list[list[Tensor]]:
        """For each group the list that the rule gets; nothing while gradients are being accumulated."""
        lists = [group.pick(grads) for group in groups]
        if self.loss_scale_factor is not None:
            lists = [list(torch._foreach_div(each, self.loss_scale_factor)) for each in lists]
        if self.gradient_accumulation_steps:
            lists = self._accumulated(groups, lists, self.gradient_accumulation_steps)
        if self.clipnorm is not None or self.clipvalue is not None or self.global_clipnorm is not None:
            lists = self._clipped(lists)
        return lists

    # Accumulation.

    def _is_update_step(self) -> bool:
        return (self._iterations.number + 1) % (self.gradient_accumulation_steps or 1) == 0

    def _accumulated(self, groups: list[Group], lists: list[list[Tensor]], steps: int) -> list[list[Tensor]]:
        means = []
        for group, grads in zip(groups, lists):
            sums = group.slots["gradient_accumulator"]
            torch._foreach_add_(sums, grads)
            if self._is_update_step():
                means.append(list(torch._foreach_div(sums, steps)))
                torch._foreach_zero_(sums)
        return means

    # Clipping.

    def _clipped(self, lists: list[list[Tensor]]) -> list[list[Tensor]]:
        if len(lists) < 2:
            return [self._clip_gradients(grads) for grads in lists]
        flat = iter(self._clip_gradients([gradient for grads in lists for gradient in grads]))
        return [[next(flat) for _ in grads] for grads in lists]

    def _clip_gradients(self, grads: list[Any]) -> list[Tensor]:
        grads = [gradient if isinstance(gradient, Tensor) else tensor(gradient) for gradient in grads]
        if self.clipnorm is not None and self.clipnorm > 0:
            return _clipping.by_norm(grads, self.clipnorm)
        if self.global_clipnorm is not None and self.global_clipnorm > 0:
            return _clipping.by_global_norm(grads, self.global_clipnorm)
        if self.clipvalue is not None and self.clipvalue > 0:
            return _clipping.by_value(grads, self.clipvalue)
        return grads

    # Variables that take their gradient as their new value, such as the scales of 8-bit training.

    def _overwrite(self, grads: list[Tensor | None]) -> None:
        for index in self._overwritten:
            value, variable = grads[index], self._trainable_variables[index]
            if value is None:
                continue
            if self.gradient_accumulation_steps:
                largest = self._slots["gradient_accumulator"][index].tensor
                torch.maximum(largest, value, out=largest)
                if not self._is_update_step():
                    continue
                value = largest.clone()
                largest.zero_()
            variable.tensor.copy_(value)

    def scale_loss(self, loss: Any) -> Any:
        """The loss times ``loss_scale_factor``; :meth:`apply` divides the gradients by it."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor


def report_missing(grads: list[Any], variables: list[Variable]) -> None:
    """Warn of variables without gradient, unless they are frozen; if no variable has one, raise a ValueError."""
    missing = [variable.path for gradient, variable in zip(grads, variables) if gradient is None and variable.trainable]
    if all(gradient is None for gradient in grads):
        raise ValueError(f"No gradients provided for any variable: {', '.join(missing[:5])}.")
    if missing:
        warnings.warn(
            f"Gradients do not exist for variables {missing} when minimizing the loss. If using `model.compile()`, "
            "did you forget to provide a `loss` argument?",
            UserWarning,
            stacklevel=4,
        )
