"""Structures of tensors: tuples, lists and dicts (in the order of their keys), everything else a leaf."""

from collections.abc import Callable, Iterator
from typing import Any


def map_leaves(function: Callable[[Any], Any], value: Any) -> Any:
    """`value` with `function` applied to every leaf of its tuples, lists and dicts."""
    if isinstance(value, list):
        return [map_leaves(function, item) for item in value]
    if isinstance(value, tuple):
        items = [map_leaves(function, item) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    if isinstance(value, dict):
        mapped = {key: map_leaves(function, value[key]) for key in ordered(value)}
        return {key: mapped[key] for key in value}
    return function(value)


def ordered(value: dict[Any, Any]) -> list[Any]:
    """The keys, sorted if they can be: the order in which Keras takes the items of a dict."""
    keys = list(value)
    return sorted(keys) if all(isinstance(key, str) for key in keys) else keys


def leaves(value: Any) -> Iterator[Any]:
    """The leaves, in order."""
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, dict):
        for key in ordered(value):
            yield from leaves(value[key])
    else:
        yield value
