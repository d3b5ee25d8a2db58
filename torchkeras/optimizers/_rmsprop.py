"""RMSprop."""

from typing import Annotated

import torch
from torch import Tensor

from torchkeras.optimizers import _lists
from torchkeras.optimizers._arguments import BETA, EPSILON, NUMBER, arguments
from torchkeras.optimizers._groups import Group
from torchkeras.optimizers._optimizer import Optimizer


@arguments(learning_rate=0.001)
class RMSprop(Optimizer):
    """RMSprop: ``v`` averages squared gradients; ``w -= rate * g / sqrt(v + epsilon)`` (Tieleman and Hinton, 2012).

    Args:
        learning_rate: a number, a schedule or a function.
        rho: how much of ``v`` stays in each step.
        momentum: how much of the last update is kept, 0 for none.
        epsilon: keeps the division finite.
        centered: whether to divide by the variance, ``v`` minus the squared mean gradient.
    """

    rho: Annotated[float, BETA] = 0.9
    momentum: Annotated[float, NUMBER] = 0.0
    epsilon: Annotated[float, EPSILON] = 1e-7
    centered: bool = False
    takes_tensors = True

    def __post_init__(self) -> None:
        extra = (["momentum"] if self.momentum > 0 else []) + (["average_gradient"] if self.centered else [])
        self.later_slots = ("velocity", *extra)  # type: ignore[misc]

    def update(self, group: Group, grads: list[Tensor], rate: float, step: int) -> None:
        squares = group.slots["velocity"]
        torch._foreach_mul_(squares, self.rho)
        torch._foreach_addcmul_(squares, grads, grads, 1 - self.rho)
        divisors = self._divisors(group, grads, squares)
        if not self.momentum > 0:
            _lists.addcdiv_(group.params, grads, divisors, -rate)
            return
        updates = group.slots["momentum"]
        torch._foreach_mul_(updates, self.momentum)
        _lists.addcdiv_(updates, grads, divisors, rate)
        torch._foreach_sub_(group.params, updates)

    def _divisors(self, group: Group, grads: list[Tensor], squares: list[Tensor]) -> list[Tensor]:
        divisors = list(torch._foreach_add(squares, self.epsilon))
        if self.centered:
            means = group.slots["average_gradient"]
            torch._foreach_lerp_(means, grads, 1 - self.rho)
            torch._foreach_addcmul_(divisors, means, means, -1.0)
        torch._foreach_sqrt_(divisors)
        return divisors
