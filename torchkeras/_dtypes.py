"""Data types by Keras name (``"float32"``) and as torch's objects, and the rule that joins two of them."""

import functools
from typing import Any

import numpy as np
import torch

from torchkeras import _settings
from torchkeras._errors import unknown

TORCH = {
    "bool": torch.bool,
    "uint8": torch.uint8,
    "uint16": torch.uint16,
    "uint32": torch.uint32,
    "uint64": torch.uint64,
    "int8": torch.int8,
    "int16": torch.int16,
    "int32": torch.int32,
    "int64": torch.int64,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
    "float32": torch.float32,
    "float64": torch.float64,
    "complex64": torch.complex64,
    "complex128": torch.complex128,
    "float8_e4m3fn": torch.float8_e4m3fn,
    "float8_e5m2": torch.float8_e5m2,
}
NAMES = {dtype: name for name, dtype in TORCH.items()}
NAMES_WITHOUT_TORCH = {"string", "int4", "uint4"}
_PYTHON = {bool: "bool", int: "int32", str: "string", complex: "complex64"}


def standardize_dtype(dtype: Any) -> str:
    """The name of a dtype given as a name, a torch or numpy dtype, or a Python type; None is ``floatx()``.

    Raises:
        ValueError: nothing of that name.
    """
    if dtype is None:
        return _settings.floatx
    if isinstance(dtype, torch.dtype):
        if dtype not in NAMES:
            raise unknown("dtype", str(dtype), TORCH)
        return NAMES[dtype]
    if isinstance(dtype, str):
        name = {"half": "float16", "float": "float32", "double": "float64", "int": "int32"}.get(dtype, dtype)
        name = name.removeprefix("torch.")
        if name in TORCH or name in NAMES_WITHOUT_TORCH:
            return name
        raise unknown("dtype", dtype, TORCH)
    if dtype is float:
        return _settings.floatx
    if isinstance(dtype, type) and dtype in _PYTHON:
        return _PYTHON[dtype]
    name = _numpy_name(dtype)
    if name in TORCH or name in NAMES_WITHOUT_TORCH:
        return name
    raise unknown("dtype", dtype, TORCH)


def _numpy_name(dtype: Any) -> Any:
    try:
        return getattr(dtype, "name", None) or np.dtype(dtype).name
    except TypeError:
        return None


def to_torch_dtype(dtype: Any) -> torch.dtype:
    """The torch dtype of anything :func:`standardize_dtype` takes."""
    return dtype if isinstance(dtype, torch.dtype) else TORCH[standardize_dtype(dtype)]


def is_float_dtype(dtype: Any) -> bool:
    """Whether the dtype is a floating-point one."""
    return standardize_dtype(dtype).startswith(("float", "bfloat"))


def is_int_dtype(dtype: Any) -> bool:
    """Whether the dtype is an integer one, signed or not."""
    return standardize_dtype(dtype).startswith(("int", "uint"))


_SIGNED = ["int8", "int16", "int32", "int64"]
_UNSIGNED = ["uint8", "uint16", "uint32"]


def _join(first: str, second: str) -> str:
    """The least type that holds both, by JAX's lattice with 64-bit types kept (Keras' rule)."""
    if first == second:
        return first
    a, b = sorted((first, second), key=_rank)
    if a == "bool":
        return b
    if b.startswith("complex"):
        return "complex128" if "complex128" in (a, b) or a == "float64" else "complex64"
    if is_float_dtype(b):
        if not is_float_dtype(a):
            return b
        return "float32" if {a, b} == {"bfloat16", "float16"} else b
    if a in _UNSIGNED and b in _SIGNED:
        wider = _SIGNED[min(_UNSIGNED.index(a) + 1, 3)]
        return max(wider, b, key=_SIGNED.index)
    if "uint64" in (a, b):
        return b if a in _UNSIGNED else _settings.floatx
    return b


def _rank(name: str) -> int:
    order = ["bool", *_UNSIGNED, "uint64", *_SIGNED, "float8_e4m3fn", "float8_e5m2", "bfloat16", "float16"]
    order += ["float32", "float64", "complex64", "complex128"]
    return order.index(name)


def result_type(*dtypes: Any) -> str:
    """The dtype of an operation on these dtypes; Python's ``int`` and ``float`` are weak.

    >>> result_type("int32", "float16"), result_type("float16", float), result_type("bfloat16", "float16")
    ('float16', 'float16', 'float32')
    """
    key = (_settings.floatx, dtypes)
    if key not in _JOINED:
        _JOINED[key] = _joined(_settings.floatx, *dtypes)
    return _JOINED[key]


_JOINED: dict[Any, str] = {}  # not functools.cache, through which torch.compile does not see


def _joined(floatx: str, *dtypes: Any) -> str:
    if not dtypes:
        return floatx
    strong = [standardize_dtype(d) for d in dtypes if d not in (int, float)]
    # integers say nothing beside a float, so no pair of them may widen it
    strong = [d for d in strong if d.startswith(("float", "bfloat", "complex"))] or strong
    joined = functools.reduce(_join, strong) if strong else None
    if float in dtypes and (joined is None or not (is_float_dtype(joined) or joined.startswith("complex"))):
        return floatx
    if int in dtypes and joined in (None, "bool"):
        return "int32"
    return joined or floatx


def of(value: Any) -> str:
    """The dtype name of a tensor, an array, a symbolic tensor or a Python number."""
    dtype = getattr(value, "dtype", None)
    return standardize_dtype(type(value) if dtype is None else dtype)
