"""FTRL-Proximal."""

from typing import Annotated

import torch
from torch import Tensor

from torchkeras._variable import Variable
from torchkeras.optimizers._arguments import NUMBER, arguments
from torchkeras.optimizers._groups import Group
from torchkeras.optimizers._optimizer import Optimizer


@arguments(learning_rate=0.001)
class Ftrl(Optimizer):
    """Follow the regularized leader, for sparse linear models (McMahan et al., 2013, "Ad Click Prediction").

    ``n`` sums squared gradients and ``z`` is the linear term; a weight is zero where ``|z| <= l1``, else
    ``(sign(z) * l1 - z) / (n**-power / rate + 2 * l2)``.

    Args:
        learning_rate: a number, a schedule or a function.
        learning_rate_power: how the rate falls with ``n``, at most 0; 0 for a fixed rate.
        initial_accumulator_value: where ``n`` starts, at least 0.
        l1_regularization_strength: l1 above, at least 0.
        l2_regularization_strength: l2 above, at least 0.
        l2_shrinkage_regularization_strength: an L2 penalty on the loss, at least 0.
        beta: the paper's beta, which makes first steps smaller.
    """

    learning_rate_power: Annotated[float, NUMBER] = -0.5
    initial_accumulator_value: Annotated[float, NUMBER] = 0.1
    l1_regularization_strength: Annotated[float, NUMBER] = 0.0
    l2_regularization_strength: Annotated[float, NUMBER] = 0.0
    l2_shrinkage_regularization_strength: Annotated[float, NUMBER] = 0.0
    beta: Annotated[float, NUMBER] = 0.0

    def __post_init__(self) -> None:
        for name in self.__fields__:
            value, power = getattr(self, name), name == "learning_rate_power"
            if value > 0 if power else value < 0 and name != "beta":
                bound = "negative or zero" if power else "positive or zero"
                raise ValueError(f"`{name}` needs to be {bound}. Received: {name}={value}.")

    def _rule_slots(self, variables: list[Variable]) -> dict[str, list[Variable]]:
        made: dict[str, list[Variable]] = {"accumulator": [], "linear": []}
        for variable in variables:
            made["accumulator"].append(self.add_variable_from_reference(variable, "accumulator"))
            made["accumulator"][-1].tensor.fill_(self.initial_accumulator_value)
            made["linear"].append(self.add_variable_from_reference(variable, "linear"))
        return made

    def update(self, group: Group, grads: list[Tensor], rate: float, step: int) -> None:
        sums, linear = group.slots["accumulator"], group.slots["linear"]
        if not rate:  # a schedule's warm-up may start at zero
            return
        shrunk = grads
        if self.l2_shrinkage_regularization_strength:
            shrunk = list(torch._foreach_add(grads, group.params, alpha=2 * self.l2_shrinkage_regularization_strength))
        before = self._powers(sums)
        torch._foreach_addcmul_(sums, grads, grads, 1.0)
        powers = self._powers(sums)
        torch._foreach_add_(linear, shrunk)
        torch._foreach_addcmul_(linear, torch._foreach_sub(powers, before), group.params, -1 / rate)
        torch._foreach_mul_(powers, 1 / rate)
        torch._foreach_add_(powers, 2 * self.l2_regularization_strength + self.beta / rate)
        limit = self.l1_regularization_strength
        solved = torch._foreach_clamp_max(torch._foreach_clamp_min(linear, -limit), limit)
        torch._foreach_sub_(solved, linear)
        torch._foreach_div_(solved, powers)
        torch._foreach_copy_(group.params, solved)

    def _powers(self, sums: list[Tensor]) -> list[Tensor]:
        if self.learning_rate_power == -0.5:
            return list(torch._foreach_sqrt(sums))
        return list(torch._foreach_pow(sums, -self.learning_rate_power))
