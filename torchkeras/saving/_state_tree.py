"""Nested values as JSON and a list of tensors, and back: exactly the same types and numbers."""

import base64
import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras._spellings import Logs

Plain = Any

_KINDS = "fiubc"  # arrays of numbers
_DICTS = (dict, Logs)


def is_plain(value: Any) -> bool:
    """Whether :func:`to_plain` can write it: numbers, text, arrays, tensors, and containers of them."""
    if value is None or type(value) in (bool, int, float, str, bytes, complex):
        return True
    if type(value) in (list, tuple, set):
        return all(map(is_plain, value))
    if type(value) in _DICTS:
        return all(is_plain(key) and is_plain(item) for key, item in value.items())
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype.kind in _KINDS and value.dtype.itemsize <= 16 and value.dtype != np.longdouble
    return type(value) in (Tensor, torch.nn.Parameter) and value.layout == torch.strided and not value.is_quantized


def to_plain(value: Any, tensors: list[Tensor]) -> Plain:
    """`value` for JSON; the tensors in it are appended to `tensors`.

    Raises:
        TypeError: something in it is neither plain nor an array.
    """
    if value is None or type(value) in (bool, int, str):
        return value
    if type(value) is float:
        return value if math.isfinite(value) else {"float": repr(value)}
    if type(value) is list:
        return [to_plain(item, tensors) for item in value]
    if type(value) is dict:
        pairs = [[to_plain(key, tensors), to_plain(item, tensors)] for key, item in value.items()]
        return {"dict": dict(pairs)} if all(type(key) is str for key in value) else {"pairs": pairs}
    if type(value) is Logs:
        return {"logs": {key: to_plain(item, tensors) for key, item in value.items()}}
    if isinstance(value, Tensor) and is_plain(value):
        tensors.append(value)
        return {"tensor": len(tensors) - 1}
    return _rarer(value, tensors)


def _rarer(value: Any, tensors: list[Tensor]) -> Plain:
    if type(value) in (tuple, set):
        return {type(value).__name__: [to_plain(item, tensors) for item in value]}
    if type(value) is bytes:
        return {"bytes": base64.b64encode(value).decode()}
    if type(value) is complex:
        return {"complex": [repr(value.real), repr(value.imag)]}
    if isinstance(value, (np.ndarray, np.generic)) and is_plain(value):
        array = np.ascontiguousarray(value, value.dtype.newbyteorder("="))
        tensors.append(torch.from_numpy(array.reshape(-1).view("uint8").copy()))
        kind = "array" if isinstance(value, np.ndarray) else "number"
        return {kind: len(tensors) - 1, "dtype": array.dtype.str, "shape": list(value.shape)}
    raise TypeError(f"The state of a run: expected plain values, arrays and tensors, got a {type(value).__name__}.")


def from_plain(value: Plain, tensors: list[Tensor]) -> Any:
    """What :func:`to_plain` was given."""
    if isinstance(value, list):
        return [from_plain(item, tensors) for item in value]
    if not isinstance(value, dict):
        return value
    kind, content = next(iter(value.items()))
    return _READ[kind](content, value, tensors)


def _array(content: int, entry: dict[str, Any], tensors: list[Tensor]) -> np.ndarray:
    return tensors[content].numpy().view(entry["dtype"]).reshape(entry["shape"])


_READ: dict[str, Any] = {
    "dict": lambda content, _, tensors: {key: from_plain(item, tensors) for key, item in content.items()},
    "logs": lambda content, _, tensors: Logs((key, from_plain(item, tensors)) for key, item in content.items()),
    "pairs": lambda content, _, tensors: {from_plain(key, tensors): from_plain(item, tensors) for key, item in content},
    "tuple": lambda content, _, tensors: tuple(from_plain(item, tensors) for item in content),
    "set": lambda content, _, tensors: {from_plain(item, tensors) for item in content},
    "float": lambda content, _, tensors: float(content),
    "complex": lambda content, _, tensors: complex(*map(float, content)),
    "bytes": lambda content, _, tensors: base64.b64decode(content),
    "tensor": lambda content, _, tensors: tensors[content],
    "array": _array,
    "number": lambda content, entry, tensors: _array(content, entry, tensors)[()],
}


def copied(value: Any) -> Any:
    """A copy of plain data that nobody else changes."""
    if isinstance(value, Tensor):
        return value.detach().clone()
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value) in (list, tuple, set):
        return type(value)(copied(item) for item in value)
    if type(value) in _DICTS:
        return type(value)((key, copied(item)) for key, item in value.items())
    return value


def same(one: Any, other: Any) -> bool:
    """Whether two pieces of plain data are equal, type by type; NaN equals NaN."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Tensor):
        return one.dtype == other.dtype and one.device == other.device and torch.equal(one, other)
    if isinstance(one, (np.ndarray, np.generic)):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind in "fc")
    if type(one) in (list, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if type(one) in _DICTS:
        return list(one) == list(other) and all(same(item, other[key]) for key, item in one.items())
    return one == other or (one != one and other != other)
