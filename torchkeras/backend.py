"""``keras.backend``: settings, dtypes and automatic names, under the names they have had since Keras 1."""

from typing import Any

from torchkeras import _dtypes, _registry, random
from torchkeras._dtypes import is_float_dtype, is_int_dtype, standardize_dtype
from torchkeras._registry import get_uid
from torchkeras._symbolic import is_keras_tensor
from torchkeras.config import (
    epsilon,
    floatx,
    image_data_format,
    set_epsilon,
    set_floatx,
    set_image_data_format,
)

_NARROW = {"int64": "int32", "uint64": "uint32", "float64": "float32", "complex128": "complex64"}


def backend() -> str:
    """The name of the library below: always ``"torch"``."""
    return "torch"


def clear_session(free_memory: bool = True) -> None:
    """Start automatic names and the default random seeds anew.

    Args:
        free_memory: accepted for compatibility: Python frees what nobody refers to.
    """
    _registry.reset_uids()
    random.reset()


def result_type(*dtypes: Any) -> str:
    """The dtype of an operation on these dtypes, as Keras has it: 64-bit types count as 32-bit ones.

    >>> result_type("int32", "float16"), result_type("float64"), result_type("int8", float)
    ('float16', 'float32', 'float32')
    """
    if any("float8" in str(dtype) for dtype in dtypes):
        raise ValueError(
            f"There is no implicit conversions from float8 dtypes to others: cast the tensors. Got {dtypes}."
        )
    found = _dtypes.result_type(*dtypes)
    return _NARROW.get(found, found)


__all__ = [
    "backend",
    "clear_session",
    "epsilon",
    "floatx",
    "get_uid",
    "image_data_format",
    "is_float_dtype",
    "is_int_dtype",
    "is_keras_tensor",
    "result_type",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "standardize_dtype",
]
