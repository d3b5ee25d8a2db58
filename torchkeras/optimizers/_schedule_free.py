"""Schedule-free AdamW."""

from typing import Annotated

import torch
from torch import Tensor

from torchkeras._variable import Variable
from torchkeras.optimizers import _lists
from torchkeras.optimizers._arguments import BETA, EPSILON, NUMBER, arguments
from torchkeras.optimizers._groups import Group, bias_correction
from torchkeras.optimizers._optimizer import Optimizer


@arguments(learning_rate=0.0025)
class ScheduleFreeAdamW(Optimizer):
    """AdamW that needs no schedule: fast weights ``z`` make Adam's steps, and the model has their mean over all steps
    (Defazio et al., 2024, https://arxiv.org/abs/2405.15682).

    As in Keras, gradients are those of the mean weights, so `beta_1`, with which the paper mixes ``z`` and
    their mean, has no effect.

    Args:
        learning_rate: a number, a schedule or a function.
        beta_1: see above.
        beta_2: how much of the mean squared gradient stays in each step.
        epsilon: keeps the division finite.
        warmup_steps: over how many steps the rate rises to its full size.
    """

    beta_1: Annotated[float, BETA] = 0.9
    beta_2: Annotated[float, BETA] = 0.999
    epsilon: Annotated[float, EPSILON] = 1e-8
    warmup_steps: Annotated[int, NUMBER] = 0
    takes_tensors = True

    def _rule_slots(self, variables: list[Variable]) -> dict[str, list[Variable]]:
        made: dict[str, list[Variable]] = {"momentum": [], "velocity": []}
        for variable in variables:
            made["momentum"].append(self.add_variable_from_reference(variable, "momentum", "copy"))
            made["velocity"].append(self.add_variable_from_reference(variable, "velocity"))
        return made

    def update(self, group: Group, grads: list[Tensor], rate: float, step: int) -> None:
        fast, squares = group.slots["momentum"], group.slots["velocity"]
        warm = min(step / self.warmup_steps, 1.0) if self.warmup_steps else 1.0
        torch._foreach_mul_(squares, self.beta_2)
        torch._foreach_addcmul_(squares, grads, grads, 1 - self.beta_2)
        divisors = _lists.div(squares, bias_correction(self.beta_2, step, group))
        torch._foreach_sqrt_(divisors)
        torch._foreach_add_(divisors, self.epsilon)
        _lists.addcdiv_(fast, grads, divisors, -rate * warm)
        _lists.lerp_(group.params, fast, 1 / step)
