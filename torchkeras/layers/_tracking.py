"""Attributes of a layer: what becomes part of ``state_dict``, also inside lists and dicts.

``nn.Module`` registers modules and parameters that are assigned directly. Keras code keeps them in
lists, tuples and dicts as well, and keeps variables, metrics and seed generators; those are seen here.
"""

from collections.abc import Iterable
from typing import Any

from torch import nn

from torchkeras._structures import leaves
from torchkeras._variable import Variable
from torchkeras.layers._part import Part
from torchkeras.metrics import Metric
from torchkeras.random import SeedGenerator


class Tracked(nn.Module):
    """Holds the modules and variables of a list or dict attribute, under their index or key."""


class _Watched:
    """What the list and the dict below share: they tell their owner when they change."""

    _owner: Any = None
    _name = ""

    def _changed(self) -> None:
        if self._owner is not None:
            _register_contents(self._owner, self._name, self)

    def __reduce_ex__(self, protocol: Any) -> Any:
        # the owner comes back with the attribute dictionary, after the contents
        plain = list(self) if isinstance(self, list) else dict(self)  # type: ignore[call-overload]
        return type(self), (plain,), {"_owner": self._owner, "_name": self._name}


def _notifying(base: type, names: Iterable[str]) -> dict[str, Any]:
    def wrap(name: str) -> Any:
        plain = getattr(base, name)

        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            result = plain(self, *args, **kwargs)
            self._changed()
            return result

        method.__name__ = name
        return method

    return {name: wrap(name) for name in names}


_LIST: tuple[str, ...] = ("append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse")
_LIST += ("__setitem__", "__delitem__", "__iadd__")
_DICT = ("__setitem__", "__delitem__", "pop", "popitem", "clear", "update", "setdefault", "__ior__")

TrackedList: Any = type("TrackedList", (_Watched, list), {**_notifying(list, _LIST), "__module__": __name__})
TrackedDict: Any = type("TrackedDict", (_Watched, dict), {**_notifying(dict, _DICT), "__module__": __name__})


class Tracking(Part):
    """The part of :class:`Layer` that looks at assigned attributes."""

    def __setattr__(self, name: str, value: Any) -> None:
        prop = getattr(type(self), name, None)
        if isinstance(prop, property):
            object.__setattr__(self, name, value)
        elif isinstance(value, nn.Module):
            self.__dict__.pop(name, None)
            self._buffers.pop(name, None)
            self._parameters.pop(name, None)
            if self._modules.get(name) is None:
                self._check_unlocked(f"the layer {getattr(value, 'name', type(value).__name__)!r}")
            self._modules[name] = value
        elif isinstance(value, Variable):
            self._adopt(name, value)
        elif isinstance(value, Metric):
            _add(self._metrics, value)
            self.__dict__[name] = value
        elif isinstance(value, SeedGenerator):
            _add(self._seed_generators, value)
            self.__dict__[name] = value
        elif isinstance(value, (list, dict, tuple)) and not name.startswith("__") and _holds_state(value):
            self.__dict__[name] = _watched(self, name, value)
            _register_contents(self, name, self.__dict__[name])
        else:
            if self._modules.get(name) is not None and not isinstance(value, nn.Module):
                del self._modules[name]
            super().__setattr__(name, value)

    def _adopt(self, name: str, variable: Variable) -> None:
        """A variable assigned as an attribute belongs to the layer from then on."""
        if not any(other is variable for other in self._own):
            self._check_unlocked(f"the variable {variable.name!r}")
        _add(self._own, variable)
        unnamed = variable._owner is self and variable._attribute.startswith("_auto_")
        if variable._owner is None or unnamed:
            variable.move_into(self, name)
        self.__dict__[name] = variable

    def __delattr__(self, name: str) -> None:
        if name in self.__dict__ and isinstance(self.__dict__[name], Variable):
            variable = self.__dict__.pop(name)
            self._own[:] = [other for other in self._own if other is not variable]
            self._parameters.pop(variable._attribute, None)
            self._buffers.pop(variable._attribute, None)
        elif name in self.__dict__ and isinstance(self.__dict__[name], _Watched):
            del self.__dict__[name]
            self._modules.pop(name, None)
        else:
            super().__delattr__(name)


def _add(items: list[Any], item: Any) -> None:
    """Append `item` unless it is there; by identity, as variables compare by value."""
    if not any(other is item for other in items):
        items.append(item)


def _holds_state(value: Any) -> bool:
    """Whether a container is worth watching: empty ones may be filled later."""
    if isinstance(value, (dict, list)) and not value:
        return True
    return any(isinstance(leaf, (nn.Module, Variable, Metric, SeedGenerator)) for leaf in leaves(value))


def _watched(owner: Any, name: str, value: Any) -> Any:
    if isinstance(value, tuple):
        return value
    watched = TrackedDict(value) if isinstance(value, dict) else TrackedList(value)
    watched._owner, watched._name = owner, name
    return watched


def _register_contents(owner: Any, name: str, container: Any) -> None:
    """(Re)build the module that holds the container's contents under ``owner.<name>``."""
    holder = Tracked()
    for key, item in _flat_items(container):
        if isinstance(item, nn.Module):
            holder._modules[key] = item
        elif isinstance(item, Variable):
            _add(owner._own, item)
            if item._owner is None or isinstance(item._owner, Tracked):
                item.move_into(holder, key)
        elif isinstance(item, Metric):
            _add(owner._metrics, item)
        elif isinstance(item, SeedGenerator):
            _add(owner._seed_generators, item)
    if holder._modules and name not in owner._modules:
        owner._check_unlocked(f"the layers in {name!r}")
    owner._modules.pop(name, None)
    if holder._modules or holder._parameters or holder._buffers:
        holder.training = owner.training
        owner._modules[name] = holder


def _flat_items(container: Any, prefix: str = "", above: tuple[int, ...] = ()) -> Iterable[tuple[str, Any]]:
    """("0", x), ("1_0", y), ("key", z): the contents of nested containers under keys without dots."""
    if id(container) in above:
        return  # a container that holds itself
    pairs = container.items() if isinstance(container, dict) else enumerate(container)
    for key, item in pairs:
        path = f"{prefix}{key}".replace(".", "_")
        if isinstance(item, (list, tuple, dict)):
            yield from _flat_items(item, f"{path}_", (*above, id(container)))
        else:
            yield path, item
