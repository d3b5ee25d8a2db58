"""Adafactor."""

from typing import Annotated

import torch
from torch import Tensor

from torchkeras._variable import Variable
from torchkeras.optimizers import _lists
from torchkeras.optimizers._arguments import NUMBER, arguments
from torchkeras.optimizers._groups import Group, follow
from torchkeras.optimizers._optimizer import Optimizer


@arguments(learning_rate=0.001)
class Adafactor(Optimizer):
    """Adam without momentum that keeps row and column means of squared gradients instead of the whole (Shazeer and
    Stern, 2018, https://arxiv.org/abs/1804.04235).

    Args:
        learning_rate: a number, a schedule or a function.
        beta_2_decay: the means keep ``1 - t**beta_2_decay`` of themselves in step t.
        epsilon_1: added to squared gradients.
        epsilon_2: the least size that a weight counts as.
        clip_threshold: updates are scaled down to this root mean square.
        relative_step: kept for configs; as in Keras, the rate is at most ``1 / sqrt(t)`` either way.
    """

    beta_2_decay: Annotated[float, NUMBER] = -0.8
    epsilon_1: Annotated[float, NUMBER] = 1e-30
    epsilon_2: Annotated[float, NUMBER] = 1e-3
    clip_threshold: Annotated[float, NUMBER] = 1.0
    relative_step: bool = True
    takes_tensors = True

    def _rule_slots(self, variables: list[Variable]) -> dict[str, list[Variable]]:
        self._rows, self._columns, self._velocities = [], [], []
        for variable in variables:
            shape, name = variable.shape, variable.path.replace("/", "_")
            if len(shape) < 2:
                self._rows.append(self._nothing(variable.name))
                self._columns.append(self._nothing(variable.name))
            else:
                dtype = variable.dtype
                self._rows.append(self.add_variable(shape[:-1], dtype=dtype, name=name))
                self._columns.append(self.add_variable((*shape[:-2], shape[-1]), dtype=dtype, name=name))
            self._velocities.append(self.add_variable_from_reference(variable, "velocity"))
        return {}

    def _regroup(self) -> None:
        super()._regroup()
        matrices = [i for i, variable in enumerate(self._trainable_variables) if len(variable.shape) > 1]
        for made in (self._rows, self._columns):
            follow([made[i] for i in matrices], [self._trainable_variables[i] for i in matrices])
        follow(self._velocities, self._trainable_variables)

    def _nothing(self, name: str) -> Variable:
        """Stands in Keras' files where a vector has no rows and columns."""
        made = Variable(0, dtype="int32", trainable=False, name=name)
        self._variables.append(made)
        return made

    def update(self, group: Group, grads: list[Tensor], rate: float, step: int) -> None:
        keep = 1.0 - step**self.beta_2_decay
        size = min(rate, step**-0.5)
        for index, gradient in zip(group.indices, grads):
            # rows and columns are the last two axes of Keras' layout
            variable = self._trainable_variables[index]
            seen = variable.value.detach()
            mean = self._mean_square(index, variable._layout.to_keras(gradient), keep)
            update = variable._layout.to_keras(gradient) * mean.rsqrt()
            update /= (_rms(update) / self.clip_threshold).clamp_min(1.0)
            change = update * (-size * _rms(seen).clamp_min(self.epsilon_2))
            variable.tensor.add_(variable._layout.to_torch(change))

    def _mean_square(self, index: int, gradient: Tensor, keep: float) -> Tensor:
        square = gradient.square() + self.epsilon_1
        velocity = self._velocities[index].value
        if gradient.ndim < 2:
            _lists.lerp_([velocity], [square], 1 - keep)
            return velocity
        rows, columns = self._rows[index].tensor, self._columns[index].tensor
        _lists.lerp_([rows, columns], [square.mean(-1), square.mean(-2)], 1 - keep)
        factor = rows / rows.mean(-1, keepdim=True)
        velocity.copy_(factor.unsqueeze(-1) * columns.unsqueeze(-2))
        return velocity


def _rms(value: Tensor) -> Tensor:
    return torch.linalg.vector_norm(value) / value.numel() ** 0.5
