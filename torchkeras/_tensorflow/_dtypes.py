"""Data types: ``tf.float32`` is torch's own, so it compares equal to the ``dtype`` of a tensor."""

from typing import Any

import torch

from torchkeras._dtypes import NAMES, TORCH, standardize_dtype
from torchkeras._pipeline import string as string
from torchkeras._strings import StringDType

bool = torch.bool
uint8 = torch.uint8
uint16 = torch.uint16
uint32 = torch.uint32
uint64 = torch.uint64
int8 = torch.int8
int16 = torch.int16
int32 = torch.int32
int64 = torch.int64
bfloat16 = torch.bfloat16
half = float16 = torch.float16
float32 = torch.float32
double = float64 = torch.float64
complex64 = torch.complex64
complex128 = torch.complex128


class _Kind(type):
    def __instancecheck__(cls, item: Any) -> Any:
        return isinstance(item, torch.dtype | StringDType)


class DType(metaclass=_Kind):
    """The class of data types, for ``isinstance``: torch's, and that of text. It makes none."""


def as_dtype(type_value: Any) -> Any:
    """The data type of a name, a NumPy or a torch dtype: ``as_dtype("float32") is tf.float32``.

    Raises:
        ValueError: nothing of that name.
    """
    if isinstance(type_value, torch.dtype):
        return type_value
    if string == type_value or type_value in (str, bytes):
        return string
    return TORCH[standardize_dtype(type_value)]


__all__ = [
    *(name for name in NAMES.values() if not name.startswith("float8")),
    "DType",
    "as_dtype",
    "double",
    "half",
    "string",
]
