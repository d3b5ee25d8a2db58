"""What a user's function refers to: found in its closure, defaults and globals, in `self` or `partial`."""

import functools
from collections.abc import Iterator
from types import CodeType, FunctionType, MethodType
from typing import Any

from torchkeras._structures import leaves

_LIBRARIES = ("torchkeras", "torch", "numpy")


def read_by(function: Any) -> Iterator[Any]:
    """All that `function` and the user's functions which it names refer to, once each."""
    seen: set[int] = set()
    stack = [function]
    while stack:
        item = stack.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        for leaf in leaves(item):
            yield leaf
            stack += _parts(leaf)


def _parts(item: Any) -> list[Any]:
    """What a function holds and what it names; nothing of other objects, and nothing of libraries."""
    if isinstance(item, functools.partial):
        return [item.func, *item.args, *item.keywords.values()]
    if isinstance(item, MethodType):
        names = _names(item.__func__.__code__) if isinstance(item.__func__, FunctionType) else set()
        return [item.__func__, *[value for name, value in _attributes(item.__self__) if name in names]]
    if not isinstance(item, FunctionType) or item.__module__.partition(".")[0] in _LIBRARIES:
        return []
    cells = [cell.cell_contents for cell in item.__closure__ or () if _is_filled(cell)]
    defaults = [*(item.__defaults__ or ()), *(item.__kwdefaults__ or {}).values()]
    return cells + defaults + [item.__globals__[name] for name in _names(item.__code__) if name in item.__globals__]


def _attributes(owner: Any) -> list[tuple[str, Any]]:
    return list(vars(owner).items()) if hasattr(owner, "__dict__") else []


def _is_filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def _names(code: CodeType) -> set[str]:
    """The globals and attributes that a function names, and those that the functions inside of it name."""
    inner = [_names(constant) for constant in code.co_consts if isinstance(constant, CodeType)]
    return set(code.co_names).union(*inner)
