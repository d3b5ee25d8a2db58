"""Adam and AdamW, on torch's fused kernel with Keras' formula."""

from typing import Annotated

import torch
from torch import Tensor

from torchkeras._errors import brief
from torchkeras.optimizers import _lists
from torchkeras.optimizers._arguments import BETA, EPSILON, arguments
from torchkeras.optimizers._checks import is_number
from torchkeras.optimizers._groups import Group, bias_correction
from torchkeras.optimizers._optimizer import Optimizer


@arguments(learning_rate=0.001)
class Adam(Optimizer):
    """Adam: ``m`` and ``v`` average gradients and their squares; ``w -= alpha * m / (sqrt(v) + epsilon)``
    with ``alpha = rate * sqrt(1 - beta_2**t) / (1 - beta_1**t)``.

    This is the form before section 2.1 in Kingma and Ba, 2014: `epsilon` is added before the bias correction
    (torch adds it after).

    Args:
        learning_rate: a number, a schedule or a function.
        beta_1: how much of ``m`` stays in each step.
        beta_2: how much of ``v`` stays in each step.
        epsilon: keeps the division finite.
        amsgrad: whether to divide by the largest ``v`` so far (Reddi et al., 2018).
    """

    beta_1: Annotated[float, BETA] = 0.9
    beta_2: Annotated[float, BETA] = 0.999
    epsilon: Annotated[float, EPSILON] = 1e-7
    amsgrad: bool = False
    slots = ("momentum", "velocity")
    decays_itself = True
    takes_tensors = True

    def __post_init__(self) -> None:
        self.later_slots = ("velocity_hat",) if self.amsgrad else ()  # type: ignore[misc]

    def update(self, group: Group, grads: list[Tensor], rate: float, step: int) -> None:
        alpha = rate * bias_correction(self.beta_2, step, group) ** 0.5 / bias_correction(self.beta_1, step, group)
        slots = group.slots
        largest = slots["velocity_hat"] if self.amsgrad else []
        if isinstance(rate, Tensor) or not group.fused or (group.decay and not alpha):
            self._update_foreach(group, grads, largest, alpha, rate)
            return
        # `alpha` holds the bias correction. The kernel's own, 1 - beta**t, is 1 at t = infinity, which keeps `epsilon`
        # where Keras has it and spares a counter on the device. The kernel decays by lr * weight_decay = rate * decay.
        kernel = torch._fused_adamw_ if group.decay else torch._fused_adam_
        kernel(
            group.params, grads, slots["momentum"], slots["velocity"], largest, group.infinities, lr=alpha,
            beta1=self.beta_1, beta2=self.beta_2, weight_decay=group.decay * rate / alpha if group.decay else 0.0,
            eps=self.epsilon, amsgrad=self.amsgrad, maximize=False,
        )  # fmt: skip

    def _update_foreach(
        self, group: Group, grads: list[Tensor], largest: list[Tensor], alpha: float, rate: float
    ) -> None:
        first, second = group.slots["momentum"], group.slots["velocity"]
        if group.decay:
            _lists.mul_(group.params, 1 - group.decay * rate)
        torch._foreach_lerp_(first, grads, 1 - self.beta_1)
        torch._foreach_mul_(second, self.beta_2)
        torch._foreach_addcmul_(second, grads, grads, 1 - self.beta_2)
        if self.amsgrad:
            torch._foreach_maximum_(largest, second)
        divisors = torch._foreach_sqrt(largest or second)
        torch._foreach_add_(divisors, self.epsilon)
        _lists.addcdiv_(group.params, first, divisors, -alpha)


@arguments(learning_rate=0.001, weight_decay=0.004)
class AdamW(Adam):
    """Adam whose weights also shrink by ``weight_decay * rate`` in each step (Loshchilov and Hutter, 2017).

    Args:
        learning_rate: a number, a schedule or a function.
        weight_decay: the fraction, before the learning rate.
        beta_1: how much of the mean gradient stays in each step.
        beta_2: how much of the mean squared gradient stays in each step.
        epsilon: keeps the division finite.
        amsgrad: whether to divide by the largest mean square so far.
    """

    takes_tensors = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if not is_number(self.weight_decay):
            raise ValueError(
                f"AdamW: Argument `weight_decay` must be a float. Received: weight_decay={brief(self.weight_decay)}"
            )
