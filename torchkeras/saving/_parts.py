"""The parts of a model that files hold, under the paths that Keras 3 gives them: ``layers/dense``, ``optimizer``."""

import contextlib
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from torch import nn

from torchkeras import _registry
from torchkeras.layers import Layer
from torchkeras.optimizers import Optimizer

# the word for a list, tuple or dict inside of another one
_CONTAINER = "container"

Aliases = dict[int, list[str]]


def walk(root: Any, left_out: Collection[int] = (), aliases: Aliases | None = None) -> Iterator[tuple[str, Any]]:
    """The path and the part, for `root` (its path is empty) and all layers, torch modules and optimizers inside.

    A part that is reached on several ways stands where it is reached first. The attributes of a part come in
    alphabetical order, but the layers of a graph first; the contents of lists and dicts are named after their classes.

    Args:
        left_out: the ids of parts that do not come, nor what is inside.
        aliases: takes the other paths on which a part is reached, by its id.
    """
    yield from _walk(root, "", set(left_out), {} if aliases is None else aliases)


def _walk(part: Any, path: str, seen: set[int], aliases: Aliases) -> Iterator[tuple[str, Any]]:
    if id(part) in seen:
        aliases.setdefault(id(part), []).append(path)
        return
    seen.add(id(part))
    yield path, part
    for name, child in _attributes(part):
        below = f"{path}/{name}" if path else name
        if isinstance(child, (list, tuple, dict)):
            yield from _walk_container(child, below, seen, aliases)
        else:
            yield from _walk(child, below, seen, aliases)


def _walk_container(
    container: Any, path: str, seen: set[int], aliases: Aliases, above: tuple[int, ...] = ()
) -> Iterator[tuple[str, Any]]:
    if id(container) in above:
        return  # it holds itself
    above = (*above, id(container))
    items = list(container.values() if isinstance(container, dict) else container)
    items = [item for item in items if is_part(item) or isinstance(item, (list, tuple, dict))]
    for item, name in zip(items, _registry.uniquify([_word(item) for item in items])):
        if isinstance(item, (list, tuple, dict)):
            yield from _walk_container(item, f"{path}/{name}", seen, aliases, above)
        else:
            yield from _walk(item, f"{path}/{name}", seen, aliases)


def is_part(value: Any) -> bool:
    """Whether files have a place for it."""
    return isinstance(value, (nn.Module, Optimizer))


def _word(item: Any) -> str:
    if isinstance(item, (list, tuple, dict)):
        return _CONTAINER
    if isinstance(item, (Layer, Optimizer)):
        return _registry.to_snake_case(type(item).__name__)
    return "torch_module_wrapper"  # as Keras makes of a torch module


def _attributes(part: Any) -> Iterable[tuple[str, Any]]:
    """Names and values of the attributes that are, or hold, parts."""
    if isinstance(part, Layer):
        own = {**_registered(part), **_properties(part)}
        found = {part._stored_names.get(name, name): value for name, value in own.items()}
    elif isinstance(part, Optimizer):
        found = {name: value for name, value in vars(part).items() if isinstance(value, Optimizer)}
    else:
        found = {}  # a torch module is one part, whatever is in it
    first = "layers" if isinstance(part, Layer) and part._is_graph else ""
    return sorted(found.items(), key=lambda pair: (pair[0] != first, pair[0]))


def _registered(layer: Any) -> dict[str, Any]:
    """Attributes that were assigned. What the package keeps for itself in ``__dict__`` is not among them."""
    found = {name: value for name, value in vars(layer).items() if _assigned(value)}
    stack = {id(child) for child in vars(layer).get("_stack", ())}  # `layers` has it, without the input
    for name, module in layer._modules.items():
        hidden = (
            name in layer._internal_modules
            or id(module) in stack
            or (layer._stores_modules and not isinstance(module, Layer))
        )
        if is_part(module) and name not in found and not hidden:
            found[name] = module
    return found


def _assigned(value: Any) -> bool:
    if isinstance(value, (list, dict)):
        return hasattr(value, "_owner")
    return isinstance(value, Optimizer) or (isinstance(value, tuple) and any(is_part(item) for item in value))


def _properties(layer: Any) -> dict[str, Any]:
    """``layers`` of a model, and properties of users' classes."""
    found = {}
    for cls in type(layer).__mro__:
        ours = cls.__module__.startswith("torchkeras.")
        for name, value in vars(cls).items():
            if isinstance(value, property) and (name == "layers" or not ours):
                with contextlib.suppress(Exception):  # it may need what is not there
                    found[name] = getattr(layer, name)
    return {name: value for name, value in found.items() if is_part(value) or isinstance(value, (list, tuple, dict))}
