"""What an optimizer remembers between steps: its variables, where they come from and how they are saved."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras import _registry
from torchkeras._errors import unknown
from torchkeras._variable import Variable
from torchkeras.optimizers._numbers import HostNumber


class HasState:
    """The part of an optimizer that holds variables."""

    name: str
    gradient_accumulation_steps: int | None
    built: bool
    _iterations: HostNumber
    _rate: Any
    _variables: list[Variable]
    _places: dict[int, int]  # id of a variable -> its index among those given to `build`

    @property
    def variables(self) -> list[Variable]:
        """All that :meth:`save_own_variables` writes: iteration count, learning rate, then the slots."""
        rate = [self._rate] if isinstance(self._rate, HostNumber) else []
        return [self._iterations, *rate, *self._variables]

    @property
    def iterations(self) -> Any:
        """How many updates were made. With gradient accumulation, several steps make one update."""
        if self.gradient_accumulation_steps:
            return torch.tensor(self._update_count(), dtype=torch.int32)
        return self._iterations

    @iterations.setter
    def iterations(self, value: Any) -> None:
        if self.built:
            raise RuntimeError(
                "Cannot set `iterations` to a new Variable after the optimizer weights have been created."
            )
        self._iterations.assign(int(value))

    def _update_count(self) -> int:
        return self._iterations.number // (self.gradient_accumulation_steps or 1)

    # Making them.

    def add_variable(
        self,
        shape: Any,
        initializer: Any = "zeros",
        dtype: Any = None,
        aggregation: str = "none",
        layout: Any = None,
        name: str | None = None,
    ) -> Variable:
        """A new variable of the optimizer, of any shape."""
        made = Variable(_initializer(initializer), shape, dtype, False, True, aggregation, name=name or "variable")
        return self._own(made, name or "variable")

    def add_variable_from_reference(
        self, reference_variable: Variable, name: str | None = None, initializer: Any = "zeros"
    ) -> Variable:
        """A new variable of the optimizer, beside `reference_variable`: its shape, dtype, device and layout."""
        name = f"{reference_variable.path.replace('/', '_')}_{name or 'var'}"
        stored = reference_variable.tensor.detach()
        made = Variable.__new__(Variable)
        made._setup(None, "", reference_variable._layout, name, trainable=False)
        if isinstance(initializer, str) and initializer in _LIKE:
            made._tensor = _LIKE[initializer](stored)
        else:
            made._tensor = torch.empty_like(stored)
            made.assign(_initializer(initializer)(reference_variable.shape, dtype=reference_variable.dtype))
        return self._own(made, name)

    def add_optimizer_variables(
        self, trainable_variables: list[Variable], name: Any, initializer: Any = "zeros"
    ) -> list[Variable] | tuple[list[Variable], ...]:
        """One variable beside each of `trainable_variables`; with a list of names, a list for each name."""
        names = [name] if isinstance(name, str) else list(name)
        initializers = list(initializer) if isinstance(initializer, (list, tuple)) else [initializer] * len(names)
        if len(names) != len(initializers):
            raise ValueError(
                f"The number of initializers must match the number of names: {len(initializers)} for {names}."
            )
        made: dict[str, list[Variable]] = {each: [] for each in names}
        for variable in trainable_variables:
            for each, start in zip(names, initializers):
                made[each].append(self.add_variable_from_reference(variable, each, start))
        return made[name] if isinstance(name, str) else tuple(made.values())

    def _own(self, variable: Variable, name: str) -> Variable:
        variable.path = f"{self.name}/{name}"
        self._variables.append(variable)
        return variable

    def _own_number(self, number: float, name: str) -> HostNumber:
        made = HostNumber(number, "float32", name=name)
        made.path = name
        self._variables.append(made)
        return made

    # What a user's `update_step` calls.

    def _get_variable_index(self, variable: Variable) -> int:
        return self._places[id(variable)]

    def assign(self, variable: Variable, value: Any) -> None:
        """Set a variable."""
        variable.assign(value)

    def assign_add(self, variable: Variable, value: Any) -> None:
        """Add to a variable."""
        variable.assign_add(value)

    def assign_sub(self, variable: Variable, value: Any) -> None:
        """Subtract from a variable."""
        variable.assign_sub(value)

    # Files and lists of values.

    def save_own_variables(self, store: Any) -> None:
        """Write the variables into `store`, a dictionary of arrays: ``"0"``, ``"1"``, ..."""
        for index, variable in enumerate(self.variables):
            store[str(index)] = variable.numpy()

    def load_own_variables(self, store: Any) -> None:
        """Take the values that :meth:`save_own_variables` wrote; warn and keep the own ones if their number differs."""
        own = self.variables
        if len(own) != len(store.keys()):
            warnings.warn(
                f"Skipping variable loading for optimizer '{self.name}', because it has {len(own)} variables whereas "
                f"the saved optimizer has {len(store.keys())} variables.",
                UserWarning,
                stacklevel=2,
            )
            return
        for index, variable in enumerate(own):
            variable.assign(store[str(index)])

    def get_weights(self) -> list[np.ndarray]:
        """The values of :attr:`variables` as arrays."""
        return [variable.numpy() for variable in self.variables]

    def set_weights(self, weights: Any) -> None:
        """Assign all :attr:`variables`, from arrays in their order."""
        own = self.variables
        weights = list(weights)
        if not self.built:
            raise ValueError("The optimizer has no slots yet. Call `optimizer.build(trainable_variables)` first.")
        if len(weights) != len(own):
            raise ValueError(f"Optimizer {self.name!r} has {len(own)} variables, got {len(weights)} weights.")
        for variable, weight in zip(own, weights):
            if tuple(np.shape(weight)) != variable.shape:
                raise ValueError(
                    f"Optimizer variable {variable.path} has shape {variable.shape}, "
                    f"got a weight of shape {np.shape(weight)}."
                )
        for variable, weight in zip(own, weights):
            variable.assign(weight)


_LIKE: dict[str, Callable[[Tensor], Tensor]] = {"zeros": torch.zeros_like, "ones": torch.ones_like, "copy": torch.clone}


def _initializer(initializer: Any) -> Any:
    """A function ``(shape, dtype) -> tensor``; a name is looked up among the initializers."""
    if callable(initializer):
        return initializer
    if initializer in ("zeros", "ones"):
        made = getattr(torch, initializer)
        return lambda shape, dtype=None: made(shape)
    known = {name.lower(): item for name, item in _registry.names("initializers").items()}
    found = known.get(str(initializer).replace("_", "").lower())
    if found is None:
        raise unknown("initializer", initializer, [*known, "zeros", "ones"])
    return found()
