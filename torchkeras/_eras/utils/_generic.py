"""``keras.utils.generic_utils`` and ``tf_utils``: small helpers that users' layers and callbacks borrowed."""

import inspect
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import numpy as np

from torchkeras import _lambda_code, _registry
from torchkeras._errors import unknown
from torchkeras._structures import map_leaves
from torchkeras._symbolic import KerasTensor

__all__ = [
    "convert_shapes",
    "default",
    "expand_1d",
    "func_dump",
    "func_load",
    "get_from_module",
    "has_arg",
    "is_all_none",
    "is_symbolic_tensor",
    "make_batches",
    "object_list_uid",
    "shape_type_conversion",
    "slice_X",
    "slice_arrays",
    "to_list",
    "to_snake_case",
    "transpose_shape",
    "unpack_singleton",
    "validate_kwargs",
]

F = TypeVar("F")


def to_list(x: Any, allow_tuple: bool = False) -> list[Any]:
    """`x` if it is a list, else a list that holds it; a tuple becomes a list if `allow_tuple`."""
    if isinstance(x, list):
        return x
    return list(x) if allow_tuple and isinstance(x, tuple) else [x]


def unpack_singleton(x: Any) -> Any:
    """The only item of a sequence that has just one; anything else as it is."""
    return x[0] if len(x) == 1 else x


def is_all_none(x: Any) -> bool:
    """Whether nothing but None is in it."""
    return all(item is None for item in to_list(x, allow_tuple=True))


def has_arg(fn: Callable[..., Any], name: str, accept_all: bool = False) -> bool:
    """Whether a function takes an argument of that name; with `accept_all` also by ``**kwargs``."""
    parameters = inspect.signature(fn).parameters
    if accept_all and any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        return True
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return name in parameters and parameters[name].kind in named


def object_list_uid(object_list: Any) -> str:
    """The ids of the objects, joined by commas."""
    return ", ".join(str(abs(id(item))) for item in to_list(object_list, allow_tuple=True))


def get_from_module(
    identifier: Any,
    module_params: dict[str, Any],
    module_name: str,
    instantiate: bool = False,
    kwargs: dict[str, Any] | None = None,
) -> Any:
    """What `identifier` names in a table such as ``globals()``; a class is made if `instantiate`."""
    if not isinstance(identifier, (str, dict)):
        return identifier
    arguments = dict(kwargs or {})
    if isinstance(identifier, dict):
        arguments |= {key: value for key, value in identifier.items() if key != "name"}
        identifier = identifier["name"]
        instantiate = True
    found = _registry.get_registered_object(identifier) or module_params.get(identifier)
    if found is None:
        raise unknown(module_name, identifier, [name for name in module_params if not name.startswith("_")])
    return found(**arguments) if instantiate else found


def func_dump(func: Callable[..., Any]) -> tuple[Any, ...]:
    """A function's code as text, its defaults and the values it closes over."""
    return tuple(_lambda_code.dump(func))


def func_load(code: Any, defaults: Any = None, closure: Any = None, globs: Any = None) -> Any:
    """The function of which :func:`func_dump` wrote the code. It runs what is in it: only for code that you trust."""
    parts = code if isinstance(code, (tuple, list)) else (code, defaults, closure)
    return _lambda_code.load(list(parts))


def make_batches(size: int, batch_size: int) -> list[tuple[int, int]]:
    """The first row of each batch, and the one after its last.

    >>> make_batches(5, 2)
    [(0, 2), (2, 4), (4, 5)]
    """
    return [(start, min(start + batch_size, size)) for start in range(0, size, batch_size)]


def slice_arrays(arrays: Any, start: Any = None, stop: int | None = None) -> Any:
    """Rows of an array, or of each array of a list: from `start` to `stop`, or those that the list `start` tells."""

    def rows(array: Any) -> Any:
        if array is None:
            return None
        return array[np.asarray(start)] if hasattr(start, "__len__") else array[start:stop]

    return [rows(array) for array in arrays] if isinstance(arrays, list) else rows(arrays)


slice_X = slice_arrays


def transpose_shape(shape: Any, target_format: str, spatial_axes: Iterable[int]) -> tuple[Any, ...]:
    """A channels-last shape in another order: ``(batch, *spatial, channels)`` as `target_format` says."""
    spatial = [shape[axis] for axis in spatial_axes]
    if target_format not in ("channels_first", "channels_last"):
        raise unknown("data format", target_format, ["channels_first", "channels_last"])
    return (shape[0], shape[-1], *spatial) if target_format == "channels_first" else (shape[0], *spatial, shape[-1])


def validate_kwargs(kwargs: Any, allowed_kwargs: Any, error_message: str = "Keyword argument not understood:") -> None:
    """Refuse keywords that are not allowed, with a TypeError."""
    for name in kwargs:
        if name not in allowed_kwargs:
            raise TypeError(f"{error_message} {name}")


def to_snake_case(name: str) -> str:
    """The automatic name of a class."""
    return _registry.to_snake_case(name)


def expand_1d(data: Any) -> Any:
    """A batch in which tensors and arrays of one axis get a second one, of size 1."""
    return map_leaves(lambda leaf: leaf[:, None] if getattr(leaf, "ndim", None) == 1 else leaf, data)


def default(method: F) -> F:
    """A mark of methods that a user may override; the method is as it was."""
    return method


def shape_type_conversion(fn: F) -> F:
    """The function: the shapes that methods get are tuples anyway."""
    return fn


def convert_shapes(input_shape: Any, to_tuples: bool = True) -> Any:
    """A shape as a tuple, also inside lists and dicts."""
    if isinstance(input_shape, dict):
        return {key: convert_shapes(value) for key, value in input_shape.items()}
    if isinstance(input_shape, (list, tuple)) and any(isinstance(item, (list, tuple)) for item in input_shape):
        return [convert_shapes(item) for item in input_shape]
    return tuple(input_shape)


def is_symbolic_tensor(tensor: Any) -> bool:
    """Whether it has no values yet."""
    return isinstance(tensor, KerasTensor)
