"""The variables of an optimizer and the lists that its kernels get."""

import operator
from collections.abc import Iterable
from typing import ClassVar

from torchkeras._variable import Variable
from torchkeras.optimizers._decay import HasWeightDecay
from torchkeras.optimizers._groups import Group, follow, make_groups
from torchkeras.optimizers._state import HasState


class IsBuilt(HasState, HasWeightDecay):
    """The part of an optimizer that makes slots beside the weights, and groups of both for the kernels."""

    slots: ClassVar[tuple[str, ...]] = ()  # the names of what a rule keeps beside each weight, weight after weight
    later_slots: ClassVar[tuple[str, ...]] = ()  # and of what follows, slot after slot
    use_ema: bool
    _slots: dict[str, list[Variable]]
    _trainable_variables: list[Variable]

    def build(self, variables: Iterable[Variable]) -> None:
        """Make the slots of `variables`; the first step does so if nobody did before.

        A later call looks anew for the tensors of the variables, on which device they are, and their constraints.
        """
        if not self.built:
            self._trainable_variables = list(variables)
            self.built = True
            self._build_slots(self._trainable_variables)
        self._regroup()

    def _build_slots(self, variables: list[Variable]) -> None:
        if self.use_ema:
            self._slots["average"] = self._slot(variables, "average", "copy")
        if self.gradient_accumulation_steps:
            self._slots["gradient_accumulator"] = self._slot(variables, "gradient_accumulator")
        self._slots |= self._rule_slots(variables)

    def _rule_slots(self, variables: list[Variable]) -> dict[str, list[Variable]]:
        """The variables that the rule names, in the order of Keras' files; rules with other needs override this."""
        made: dict[str, list[Variable]] = {name: [] for name in self.slots}
        for variable in variables:
            for name in self.slots:
                made[name].append(self.add_variable_from_reference(variable, name))
        return made | {name: self._slot(variables, name) for name in self.later_slots}

    def _slot(self, variables: list[Variable], name: str, initializer: str = "zeros") -> list[Variable]:
        return [self.add_variable_from_reference(variable, name, initializer) for variable in variables]

    def _regroup(self) -> None:
        variables = self._trainable_variables
        self._places = {id(variable): index for index, variable in enumerate(variables)}
        for made in self._slots.values():
            follow(made, variables)
        self._overwritten = [index for index, variable in enumerate(variables) if variable.overwrite_with_gradient]
        self._constrained = [variable for variable in variables if variable.constraint is not None]
        self._parts: dict[tuple[int, ...], list[Group]] = {}  # the groups without the variables of these indices
        self._groups = self._groups_without(())
        self._find_overrides()

    def _groups_without(self, missing: tuple[int, ...]) -> list[Group]:
        if missing not in self._parts:
            variables = self._trainable_variables
            decays = [self._decay_of(variable) for variable in variables]
            self._parts[missing] = make_groups(variables, self._slots, decays, {*missing, *self._overwritten})
        return self._parts[missing]

    def _is_built_on(self, variables: list[Variable]) -> bool:
        own = self._trainable_variables
        return len(variables) == len(own) and all(map(operator.is_, variables, own))

    def _find_overrides(self) -> None:
        """See what a subclass replaced."""
