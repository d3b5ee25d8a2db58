"""Muon, for matrices, with Adam for everything else."""

import math
import re
from typing import Annotated, Any

import torch
from torch import Tensor

from torchkeras._variable import Variable
from torchkeras.optimizers import _lists
from torchkeras.optimizers._arguments import BETA, EPSILON, NUMBER, arguments
from torchkeras.optimizers._groups import Group, bias_correction, follow
from torchkeras.optimizers._optimizer import Optimizer

_LAST: tuple[str, ...] = ("exclude_layers", "exclude_embeddings", "muon_a", "muon_b", "muon_c", "adam_lr_ratio")
_LAST += ("momentum", "ns_steps", "nesterov", "rms_rate")


@arguments(
    last=_LAST,
    learning_rate=0.001,
    adam_beta_1=0.9,
    adam_beta_2=0.999,
    adam_weight_decay=0.004,
    epsilon=1e-7,
    weight_decay=0.004,
)
class Muon(Optimizer):
    """Momentum whose matrices are made orthogonal: ``w -= rate * rms_rate * sqrt(max(rows, columns)) * orthogonal(m)``.

    Jordan, 2024, https://kellerjordan.github.io/posts/muon; the factor is that of Liu et al., 2025, arXiv:2502.16982.
    Weights that are no matrices, embeddings and excluded ones are changed as by Adam.

    Args:
        learning_rate: a number, a schedule or a function.
        adam_beta_1, adam_beta_2, adam_weight_decay, epsilon: of Adam.
        exclude_layers: patterns; weights in whose paths one is found are left to Adam.
        exclude_embeddings: whether weights with ``embedding`` in their path are.
        muon_a, muon_b, muon_c: the polynomial ``a x + b x³ + c x⁵`` that takes singular values towards 1.
        adam_lr_ratio: what the rate is multiplied by for Adam.
        momentum: how much of the last momentum is kept.
        ns_steps: how often the polynomial is applied.
        nesterov: whether to look ahead.
        rms_rate: the size of the update; None for 1 without the factor.
    """

    adam_beta_1: Annotated[float, BETA] = 0.9
    adam_beta_2: Annotated[float, BETA] = 0.999
    epsilon: Annotated[float, EPSILON] = 1e-7
    exclude_layers: Any = None
    muon_a: Annotated[float, NUMBER] = 3.4445
    muon_b: Annotated[float, NUMBER] = -4.775
    muon_c: Annotated[float, NUMBER] = 2.0315
    adam_lr_ratio: Annotated[float, NUMBER] = 1
    momentum: Annotated[float, NUMBER] = 0.95
    ns_steps: int = 5
    nesterov: bool = True
    exclude_embeddings: bool = True
    adam_weight_decay: float | None = 0.004
    rms_rate: float | None = 0.2
    takes_tensors = True

    def __post_init__(self) -> None:
        self.exclude_layers = self.exclude_layers or []
        self._velocities: dict[int, Variable] = {}  # of the weights that Adam changes

    def _is_for_adam(self, variable: Variable) -> bool:
        if len(variable.shape) != 2 or (self.exclude_embeddings and "embedding" in variable.path):
            return True
        return any(re.search(pattern, variable.path) for pattern in self.exclude_layers)

    def _rule_slots(self, variables: list[Variable]) -> dict[str, list[Variable]]:
        momenta = []
        for index, variable in enumerate(variables):
            momenta.append(self.add_variable_from_reference(variable, "momentum"))
            if self._is_for_adam(variable):
                self._velocities[index] = self.add_variable_from_reference(variable, "velocity")
        return {"momentum": momenta}

    def _regroup(self) -> None:
        super()._regroup()
        follow([*self._velocities.values()], [self._trainable_variables[index] for index in self._velocities])

    def _decay_of(self, variable: Variable) -> float:
        if not self._is_for_adam(variable):
            return super()._decay_of(variable)
        return self.adam_weight_decay if self.adam_weight_decay and not self._is_spared(variable) else 0.0

    def update(self, group: Group, grads: list[Tensor], rate: float, step: int) -> None:
        adam: list[list[Tensor]] = [[], [], [], []]
        for index, weight, gradient, momentum in zip(group.indices, group.params, grads, group.slots["momentum"]):
            if index in self._velocities:
                for made, tensor in zip(adam, (weight, gradient, momentum, self._velocities[index].tensor)):
                    made.append(tensor)
            else:
                self._update_matrix(self._trainable_variables[index], gradient, momentum, rate)
        if adam[0]:
            alpha = rate * self.adam_lr_ratio * bias_correction(self.adam_beta_2, step, group) ** 0.5
            self._update_adam(adam, alpha / bias_correction(self.adam_beta_1, step, group))

    def _update_matrix(self, variable: Variable, gradient: Tensor, momentum: Tensor, rate: float) -> None:
        momentum.mul_(self.momentum).add_(gradient)
        ahead = gradient + self.momentum * momentum if self.nesterov else momentum
        change = self._orthogonal(variable._layout.to_keras(ahead))
        factor = 1.0 if self.rms_rate is None else self.rms_rate * math.sqrt(max(change.shape))
        _lists.add_([variable.tensor], [variable._layout.to_torch(change)], -rate * factor)

    def _orthogonal(self, x: Tensor) -> Tensor:
        """The nearest matrix with singular values near 1, by Newton and Schulz: ``(n, m) -> (n, m)``."""
        if x.shape[0] > x.shape[1]:  # the product below is then the smaller one
            return self._orthogonal(x.T).T
        x = x / (torch.linalg.vector_norm(x) + 1e-7)
        for _ in range(self.ns_steps):
            square = x @ x.T
            x = self.muon_a * x + (self.muon_b * square + self.muon_c * square @ square) @ x
        return x

    def _update_adam(self, lists: list[list[Tensor]], alpha: float) -> None:
        weights, grads, first, second = lists
        torch._foreach_lerp_(first, grads, 1 - self.adam_beta_1)
        torch._foreach_mul_(second, self.adam_beta_2)
        torch._foreach_addcmul_(second, grads, grads, 1 - self.adam_beta_2)
        divisors = torch._foreach_sqrt(second)
        torch._foreach_add_(divisors, self.epsilon)
        _lists.addcdiv_(weights, first, divisors, -alpha)
