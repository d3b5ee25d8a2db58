"""Exponential moving averages of the weights."""

from collections.abc import Iterable

import torch

from torchkeras._variable import Variable
from torchkeras.optimizers._groups import Group


class HasAverages:
    """The part of an optimizer that averages the weights over the steps (``use_ema``)."""

    use_ema: bool
    ema_momentum: float
    ema_overwrite_frequency: int | None
    _slots: dict[str, list[Variable]]
    _trainable_variables: list[Variable]
    _groups: list[Group]
    _averages_in_model = False

    @property
    def _model_variables_moving_average(self) -> list[Variable]:
        return self._slots["average"]

    def _move_averages(self, updates: int) -> None:
        """``average = momentum * average + (1 - momentum) * weight``; the first update copies."""
        momentum = self.ema_momentum if updates else 0.0
        replace = self.ema_overwrite_frequency and (updates + 1) % self.ema_overwrite_frequency == 0
        for group in self._groups:
            averages = group.slots["average"]
            torch._foreach_lerp_(averages, group.params, 1 - momentum)
            if replace:
                torch._foreach_copy_(group.params, averages)

    def _swap_averages(self, now_in_model: bool) -> None:
        """Let weights and averages change places; afterwards the averages are in the model, or the weights again."""
        for variable, average in zip(self._trainable_variables, self._slots["average"]):
            weight = variable.tensor.detach().clone()
            with torch.no_grad():
                variable.tensor.copy_(average.tensor)
                average.tensor.copy_(weight)
        self._averages_in_model = now_in_model

    def finalize_variable_values(self, var_list: Iterable[Variable]) -> None:
        """With ``use_ema``, give the weights their averages: the end of training."""
        if not self.use_ema:
            return
        if self._averages_in_model:
            self._swap_averages(False)
        variables = list(var_list)
        if len(variables) != len(self._trainable_variables):
            raise ValueError(
                f"The number of variables to overwrite ({len(variables)}) is not the number of averages that the "
                f"optimizer keeps ({len(self._trainable_variables)}). Was it called on this model?"
            )
        places = {id(variable): index for index, variable in enumerate(self._trainable_variables)}
        for variable in variables:
            variable.assign(self._slots["average"][places[id(variable)]].value)
