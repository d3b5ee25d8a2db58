"""Data types: ``tf.float32`` is torch's own, so it compares equal to the ``dtype`` of a tensor."""

from typing import Any

import torch

from torchkeras._dtypes import NAMES, NAMES_WITHOUT_TORCH, TORCH, standardize_dtype

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
        return type(item) is torch.dtype or type.__instancecheck__(cls, item)


class DType(metaclass=_Kind):
    """A data type: torch's dtypes are instances too. An own object is made only for what torch lacks: text."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> Any:
        return other is self or other == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"tf.{self.name}"


string = DType("string")


def as_dtype(type_value: Any) -> Any:
    """The data type of a name, a NumPy or a torch dtype: ``as_dtype("float32") is tf.float32``.

    Raises:
        ValueError: nothing of that name.
    """
    if isinstance(type_value, DType):
        return type_value
    name = standardize_dtype(type_value)
    return string if name in NAMES_WITHOUT_TORCH else TORCH[name]


__all__ = [
    *(name for name in NAMES.values() if not name.startswith("float8")),
    "DType",
    "as_dtype",
    "double",
    "half",
    "string",
]
