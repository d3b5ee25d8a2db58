"""Stochastic gradient descent."""

from typing import Annotated

import torch
from torch import Tensor

from torchkeras.optimizers import _lists
from torchkeras.optimizers._arguments import NUMBER, arguments
from torchkeras.optimizers._groups import Group
from torchkeras.optimizers._optimizer import Optimizer


@arguments(learning_rate=0.01)
class SGD(Optimizer):
    """Gradient descent, with momentum if wanted.

    ``w -= rate * g``; with momentum ``v = momentum * v - rate * g; w += v``; with Nesterov's,
    ``w += momentum * v - rate * g`` (Sutskever et al., 2013).

    Args:
        learning_rate: a number, a schedule or a function.
        momentum: how much of the last update is kept, in [0, 1].
        nesterov: whether to look ahead.
    """

    momentum: Annotated[float, NUMBER] = 0.0
    nesterov: bool = False
    takes_tensors = True

    def __post_init__(self) -> None:
        if not 0 <= self.momentum <= 1:
            raise ValueError(f"SGD: `momentum` must be a float between [0, 1]. Received: momentum={self.momentum}")
        self.slots = ("momentum",) if self.momentum else ()  # type: ignore[misc]

    def update(self, group: Group, grads: list[Tensor], rate: float, step: int) -> None:
        if group.fused_sgd and not self.nesterov and not isinstance(rate, Tensor):
            self._update_fused(group, grads, rate)
            return
        if self.momentum:
            velocities = group.slots["momentum"]
            torch._foreach_mul_(velocities, self.momentum)
            _lists.add_(velocities, grads, -rate)
            torch._foreach_add_(group.params, velocities, alpha=self.momentum if self.nesterov else 1.0)
        if self.nesterov or not self.momentum:
            _lists.add_(group.params, grads, -rate)

    def _update_fused(self, group: Group, grads: list[Tensor], rate: float) -> None:
        # The kernel does `v = momentum * v + (1 - dampening) * g; w -= lr * v`. Keras keeps the rate in `v`, so that
        # an old step does not grow with a new rate: hence lr = -1 and a factor of -rate for the gradient.
        torch._fused_sgd_(
            group.params, grads, group.slots["momentum"] if self.momentum else [], momentum=self.momentum,
            lr=-1.0 if self.momentum else rate, dampening=1.0 + rate if self.momentum else 0.0, weight_decay=0.0,
            nesterov=False, maximize=False, is_first_step=False,
        )  # fmt: skip
