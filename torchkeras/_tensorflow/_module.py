"""``tf.Module``: an object that finds the variables and modules among its attributes."""

from collections.abc import Callable, Iterator
from typing import Any

from torch import nn

from torchkeras import _registry
from torchkeras._structures import leaves
from torchkeras._tensorflow._scopes import name_scope
from torchkeras._variable import Variable


class Module:
    """Base class: variables, layers and modules that are attributes, also in lists and dicts, belong to it.

    Args:
        name: the name; made from the class' name if not given.
    """

    def __init__(self, name: str | None = None) -> None:
        self._name = name or _registry.auto_name(_registry.to_snake_case(type(self).__name__))

    @property
    def name(self) -> str:
        """The name."""
        return getattr(self, "_name", type(self).__name__)

    @property
    def name_scope(self) -> Any:
        """A scope with the module's name."""
        return name_scope(self.name)

    @classmethod
    def with_name_scope(cls, method: Callable[..., Any]) -> Callable[..., Any]:
        """Decorator of methods: accepted, names of variables are not changed."""
        return method

    @property
    def variables(self) -> tuple[Any, ...]:
        """All variables, in the order of the attributes' names."""
        return tuple(_once(variable for owner in self._walk() for variable in _variables(owner, "variables")))

    @property
    def trainable_variables(self) -> tuple[Any, ...]:
        """The variables that tapes watch."""
        found = _once(variable for owner in self._walk() for variable in _variables(owner, "trainable_variables"))
        return tuple(variable for variable in found if variable.trainable)

    @property
    def non_trainable_variables(self) -> tuple[Any, ...]:
        """The other variables."""
        trainable = {id(variable) for variable in self.trainable_variables}
        return tuple(variable for variable in self.variables if id(variable) not in trainable)

    @property
    def submodules(self) -> tuple[Any, ...]:
        """The modules and layers inside."""
        return tuple(_once(item for item in self._walk() if isinstance(item, (Module, nn.Module)) and item is not self))

    def _walk(self, seen: set[int] | None = None) -> Iterator[Any]:
        """The module, and what is among its attributes, depth first."""
        seen = set() if seen is None else seen
        seen.add(id(self))
        yield self
        for name in sorted(vars(self)):
            for item in leaves(vars(self)[name]):
                if id(item) in seen:
                    continue
                if isinstance(item, Module):
                    yield from item._walk(seen)
                elif isinstance(item, (nn.Module, Variable)):
                    seen.add(id(item))
                    yield item


def _variables(owner: Any, which: str) -> Any:
    if isinstance(owner, Variable):
        return [owner]
    return () if isinstance(owner, Module) else getattr(owner, which, ())


def _once(items: Any) -> list[Any]:
    return list({id(item): item for item in items}.values())


__all__ = ["Module"]
