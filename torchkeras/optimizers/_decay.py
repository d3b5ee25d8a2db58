"""Which weights decay."""

import re
from collections.abc import Iterable

from torchkeras._variable import Variable
from torchkeras.optimizers._groups import Group


class HasWeightDecay:
    """The part of an optimizer that knows which weights decay: before an update, ``w -= w * weight_decay * rate``."""

    weight_decay: float | None
    built: bool
    _excluded: list[Variable]
    _excluded_names: list[str]

    def exclude_from_weight_decay(
        self, var_list: Iterable[Variable] | None = None, var_names: Iterable[str] | None = None
    ) -> None:
        """Let weight decay spare some variables.

        Args:
            var_list: the variables.
            var_names: regular expressions; what they find in a variable's path or name excludes it.
        """
        self._excluded = list(var_list or [])
        self._excluded_names = list(var_names or [])
        if self.built:
            self._regroup()  # type: ignore[attr-defined]

    def _decay_of(self, variable: Variable) -> float:
        return float(self.weight_decay) if self.weight_decay and not self._is_spared(variable) else 0.0

    def _is_spared(self, variable: Variable) -> bool:
        if any(variable is other for other in self._excluded):
            return True
        names = (variable.name, variable.path)
        return any(re.search(pattern, name) for pattern in self._excluded_names for name in names)


def decayed(group: Group, rate: float) -> float:
    """The factor that weights keep."""
    return 1.0 - group.decay * rate
