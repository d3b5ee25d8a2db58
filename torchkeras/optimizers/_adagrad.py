"""Adagrad and Adadelta: step sizes from sums of squared gradients."""

from typing import Annotated

import torch
from torch import Tensor

from torchkeras._variable import Variable
from torchkeras.optimizers import _lists
from torchkeras.optimizers._arguments import BETA, EPSILON, NUMBER, arguments
from torchkeras.optimizers._groups import Group
from torchkeras.optimizers._optimizer import Optimizer


@arguments(learning_rate=0.001)
class Adagrad(Optimizer):
    """Adagrad: ``a`` sums squared gradients; ``w -= rate * g / sqrt(a + epsilon)`` (Duchi et al., 2011).

    torch's fused Adagrad adds epsilon after the root, so this rule is written out.

    Args:
        learning_rate: a number, a schedule or a function.
        initial_accumulator_value: where the sums start, at least 0.
        epsilon: keeps the division finite.
    """

    initial_accumulator_value: Annotated[float, NUMBER] = 0.1
    epsilon: Annotated[float, EPSILON] = 1e-7
    takes_tensors = True

    def _rule_slots(self, variables: list[Variable]) -> dict[str, list[Variable]]:
        start = float(self.initial_accumulator_value)
        made = self._slot(variables, "accumulator")
        for accumulator in made:
            accumulator.tensor.fill_(start)
        return {"accumulator": made}

    def update(self, group: Group, grads: list[Tensor], rate: float, step: int) -> None:
        sums = group.slots["accumulator"]
        torch._foreach_addcmul_(sums, grads, grads, 1.0)
        divisors = torch._foreach_add(sums, self.epsilon)
        torch._foreach_sqrt_(divisors)
        _lists.addcdiv_(group.params, grads, divisors, -rate)


@arguments(learning_rate=0.001)
class Adadelta(Optimizer):
    """Adadelta: ``w -= rate * g * rms(d) / rms(g)``, where ``rms(x) = sqrt(mean(x**2) + epsilon)`` is a moving one
    and ``d`` are the past updates (Zeiler, 2012).

    Args:
        learning_rate: a number, a schedule or a function; 1.0 is the paper's form.
        rho: how much of the means stays in each step.
        epsilon: keeps the division finite.
    """

    rho: Annotated[float, BETA] = 0.95
    epsilon: Annotated[float, EPSILON] = 1e-7
    slots = ("accumulated_grad", "accumulated_delta_var")
    takes_tensors = True

    def update(self, group: Group, grads: list[Tensor], rate: float, step: int) -> None:
        squares, past = group.slots["accumulated_grad"], group.slots["accumulated_delta_var"]
        torch._foreach_mul_(squares, self.rho)
        torch._foreach_addcmul_(squares, grads, grads, 1 - self.rho)
        deltas = self._rms(past)
        torch._foreach_mul_(deltas, grads)
        torch._foreach_div_(deltas, self._rms(squares))
        torch._foreach_mul_(past, self.rho)
        torch._foreach_addcmul_(past, deltas, deltas, 1 - self.rho)
        _lists.add_(group.params, deltas, -rate)

    def _rms(self, squares: list[Tensor]) -> list[Tensor]:
        roots = list(torch._foreach_add(squares, self.epsilon))
        torch._foreach_sqrt_(roots)
        return roots
