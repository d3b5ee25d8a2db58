"""Relatives of Adam: Adamax, Nadam, Lion and Lamb."""

from typing import Annotated

import torch
from torch import Tensor

from torchkeras._errors import brief
from torchkeras._variable import Variable
from torchkeras.optimizers import _lists
from torchkeras.optimizers._arguments import BETA, EPSILON, NUMBER, arguments
from torchkeras.optimizers._groups import Group, bias_correction
from torchkeras.optimizers._numbers import HostNumber
from torchkeras.optimizers._optimizer import Optimizer


@arguments(learning_rate=0.001)
class Adamax(Optimizer):
    """Adam with the infinity norm: ``u = max(beta_2 * u, |g|)``, ``w -= rate / (1 - beta_1**t) * m / (u + epsilon)``
    (section 7 of Kingma and Ba, 2014).

    Args:
        learning_rate: a number, a schedule or a function.
        beta_1: how much of the mean gradient ``m`` stays in each step.
        beta_2: how much of the norm ``u`` stays in each step.
        epsilon: keeps the division finite.
    """

    beta_1: Annotated[float, BETA] = 0.9
    beta_2: Annotated[float, BETA] = 0.999
    epsilon: Annotated[float, EPSILON] = 1e-7
    slots = ("momentum", "norm")
    takes_tensors = True

    def update(self, group: Group, grads: list[Tensor], rate: float, step: int) -> None:
        means, norms = group.slots["momentum"], group.slots["norm"]
        torch._foreach_lerp_(means, grads, 1 - self.beta_1)
        torch._foreach_mul_(norms, self.beta_2)
        torch._foreach_maximum_(norms, torch._foreach_abs(grads))
        divisors = torch._foreach_add(norms, self.epsilon)
        _lists.addcdiv_(group.params, means, divisors, -rate / bias_correction(self.beta_1, step, group))


@arguments(learning_rate=0.001)
class Nadam(Optimizer):
    """Adam with Nesterov's momentum, which grows over time: ``u_t = beta_1 * (1 - 0.5 * 0.96**t)`` (Dozat, 2015).

    Args:
        learning_rate: a number, a schedule or a function.
        beta_1: how much of the mean gradient stays in each step.
        beta_2: how much of the mean squared gradient stays in each step.
        epsilon: keeps the division finite.
    """

    beta_1: Annotated[float, BETA] = 0.9
    beta_2: Annotated[float, BETA] = 0.999
    epsilon: Annotated[float, EPSILON] = 1e-7
    slots = ("momentum", "velocity")

    def _rule_slots(self, variables: list[Variable]) -> dict[str, list[Variable]]:
        made = super()._rule_slots(variables)
        self._u_product = HostNumber(1.0, "float32")
        self._variables.append(self._u_product)
        return made

    def _before_update(self, step: int) -> None:
        self._u_product.number *= self._momentum_at(step)

    def _momentum_at(self, step: int) -> float:
        return self.beta_1 * (1 - 0.5 * 0.96**step)

    def update(self, group: Group, grads: list[Tensor], rate: float, step: int) -> None:
        means, squares = group.slots["momentum"], group.slots["velocity"]
        product, following = self._u_product.number, self._momentum_at(step + 1)
        torch._foreach_lerp_(means, grads, 1 - self.beta_1)
        torch._foreach_mul_(squares, self.beta_2)
        torch._foreach_addcmul_(squares, grads, grads, 1 - self.beta_2)
        divisors = torch._foreach_div(squares, bias_correction(self.beta_2, step, group))
        torch._foreach_sqrt_(divisors)
        torch._foreach_add_(divisors, self.epsilon)
        torch._foreach_addcdiv_(group.params, means, divisors, -rate * following / (1 - product * following))
        torch._foreach_addcdiv_(group.params, grads, divisors, -rate * (1 - self._momentum_at(step)) / (1 - product))


@arguments(learning_rate=0.001)
class Lion(Optimizer):
    """Steps of one size: ``w -= rate * sign(beta_1 * m + (1 - beta_1) * g)``, then ``m`` moves towards ``g`` by
    ``1 - beta_2`` (Chen et al., 2023, https://arxiv.org/abs/2302.06675).

    Args:
        learning_rate: a number, a schedule or a function; 3 to 10 times smaller than Adam's.
        beta_1: how much the momentum counts in the direction.
        beta_2: how much of the momentum stays in each step.
    """

    beta_1: Annotated[float, NUMBER] = 0.9
    beta_2: Annotated[float, BETA] = 0.99
    slots = ("momentum",)
    takes_tensors = True

    def __post_init__(self) -> None:
        if not 0 < self.beta_1 <= 1:
            raise ValueError(
                "Lion: `beta_1` must be greater than 0 and at most 1, otherwise the optimizer degenerates to SignSGD; "
                f"got {brief(self.beta_1)}."
            )

    def update(self, group: Group, grads: list[Tensor], rate: float, step: int) -> None:
        means = group.slots["momentum"]
        directions = torch._foreach_mul(means, self.beta_1)
        torch._foreach_add_(directions, grads, alpha=1 - self.beta_1)
        torch._foreach_sign_(directions)
        _lists.add_(group.params, directions, -rate)
        torch._foreach_lerp_(means, grads, 1 - self.beta_2)


@arguments(learning_rate=0.001)
class Lamb(Optimizer):
    """Adam whose update of each weight is scaled to the length of the weight (You et al., 2019,
    https://arxiv.org/abs/1904.00962).

    Args:
        learning_rate: a number, a schedule or a function.
        beta_1: how much of the mean gradient stays in each step.
        beta_2: how much of the mean squared gradient stays in each step.
        epsilon: keeps the division finite.
    """

    beta_1: Annotated[float, BETA] = 0.9
    beta_2: Annotated[float, BETA] = 0.999
    epsilon: Annotated[float, EPSILON] = 1e-7
    slots = ("momentum", "velocity")
    takes_tensors = True

    def update(self, group: Group, grads: list[Tensor], rate: float, step: int) -> None:
        means, squares = group.slots["momentum"], group.slots["velocity"]
        torch._foreach_lerp_(means, grads, 1 - self.beta_1)
        torch._foreach_mul_(squares, self.beta_2)
        torch._foreach_addcmul_(squares, grads, grads, 1 - self.beta_2)
        roots = torch._foreach_sqrt(squares)
        divisors = _lists.div(roots, bias_correction(self.beta_2, step, group) ** 0.5)
        torch._foreach_add_(divisors, self.epsilon)
        updates = _lists.div(means, bias_correction(self.beta_1, step, group))
        torch._foreach_div_(updates, divisors)
        torch._foreach_mul_(updates, _trust(group.params, updates))
        _lists.add_(group.params, updates, -rate)


def _trust(params: list[Tensor], updates: list[Tensor]) -> list[Tensor]:
    """The length of each weight over that of its update; 1 where one of them is zero."""
    ratios = []
    for weight, update in zip(torch._foreach_norm(params), torch._foreach_norm(updates)):
        ratios.append(torch.where((weight > 0) & (update > 0), weight / update, 1.0))
    return ratios
