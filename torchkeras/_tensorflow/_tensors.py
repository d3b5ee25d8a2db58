"""Tensors as such: conversion, casts, and the questions of what something is."""

from typing import Any

import numpy as np
import torch

from torchkeras import _pipeline, _settings, ops
from torchkeras._dtypes import standardize_dtype
from torchkeras._pipeline import RaggedTensor, SparseTensor, StringTensor
from torchkeras._strings import is_text
from torchkeras._symbolic import KerasTensor
from torchkeras._tensorflow import _sizes
from torchkeras._tensorflow._dtypes import as_dtype, string
from torchkeras._tensorflow._moving import moving
from torchkeras._tensorflow._rows import own, publish, row, unary
from torchkeras._tensorflow._tensor_shape import TensorShape
from torchkeras._variable import Variable

Tensor = torch.Tensor
newaxis = None

# Renames

identity = moving(unary(ops.convert_to_tensor))
stop_gradient = row(ops.stop_gradient, "input")

# Own


@own
def convert_to_tensor(
    value: Any, dtype: Any = None, dtype_hint: Any = None, preferred_dtype: Any = None, as_ref: bool = False
) -> Any:
    """`value` as a tensor, in `dtype` if given; arrays are copied, so that a later change of theirs is not seen."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiubc":
        value = torch.tensor(value, device=_settings.device())
    if is_text(value) or dtype is string:
        return value if isinstance(value, StringTensor) else StringTensor(value)
    return ops.convert_to_tensor(value, dtype)


@own
def cast(x: Any, dtype: Any) -> Any:
    """`x` in `dtype`; fractions are cut off on the way to integers."""
    if isinstance(x, StringTensor) and as_dtype(dtype) is string:
        return x
    if hasattr(x, "row_splits"):
        return x.map_values(lambda values: cast(values, dtype))
    return ops.cast(x, as_dtype(dtype))


@own
def saturate_cast(value: Any, dtype: Any) -> Any:
    """`value` in `dtype`, numbers that it cannot hold replaced by its nearest one."""
    return ops.saturate_cast(value, as_dtype(dtype))


@own
def shape(input: Any, out_type: Any = None) -> Any:
    """The sizes: a vector of int32; of a symbolic tensor a tuple, with symbolic numbers for unknown sizes."""
    found = _sizes.of(input)
    return found if out_type is None or isinstance(found, tuple) else found.to(as_dtype(out_type))


@own
def size(input: Any, out_type: Any = torch.int32) -> Any:
    """The number of elements, as a tensor of int32."""
    found = torch.tensor(len(input.reshape(-1)), device="cpu") if isinstance(input, StringTensor) else ops.size(input)
    return ops.cast(found, as_dtype(out_type))


@own
def rank(input: Any) -> Any:
    """The number of axes, as a tensor of int32."""
    count = len(input.shape) if hasattr(input, "shape") else ops.convert_to_tensor(input).ndim
    return torch.tensor(count, dtype=torch.int32, device="cpu")


@own
def get_static_value(tensor: Any, partial: bool = False) -> Any:
    """The value as an array, None for a symbolic tensor."""
    return None if isinstance(tensor, KerasTensor) else ops.convert_to_numpy(tensor)


@own
def is_tensor(x: Any) -> bool:
    """Whether `x` is a tensor, a variable or a symbolic tensor."""
    return isinstance(x, (torch.Tensor, KerasTensor, Variable, StringTensor, RaggedTensor, SparseTensor))


@own
def is_symbolic_tensor(tensor: Any) -> bool:
    """Whether `tensor` is one of a functional model, without values."""
    return isinstance(tensor, KerasTensor)


@own
def executing_eagerly() -> bool:
    """True: nothing here builds graphs of TensorFlow."""
    return True


@own
def bitcast(input: Any, type: Any) -> Any:
    """The same bits read as another dtype."""
    return ops.view(input, standardize_dtype(as_dtype(type)))


class _SpecKind(type):
    def __instancecheck__(cls, item: Any) -> bool:
        return isinstance(item, _pipeline.TensorSpec)  # those of data sets too


class TensorSpec(_pipeline.TensorSpec, metaclass=_SpecKind):
    """A shape and a dtype, as signatures and data sets give them.

    Args:
        shape: sizes, None for those that may vary; None for any shape.
        dtype: a data type.
        name: a name for it.
    """

    def __init__(self, shape: Any, dtype: Any = torch.float32, name: str | None = None) -> None:
        super().__init__(shape, dtype, name)
        self.shape: Any = TensorShape(shape)

    @classmethod
    def from_tensor(cls, tensor: Any, name: str | None = None) -> "TensorSpec":
        """The spec of `tensor`."""
        return cls(tensor.shape, tensor.dtype, name)

    from_spec = from_tensor

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        """Whether the value, or the spec, has this dtype and a shape that goes with this one."""
        same = as_dtype(spec_or_value.dtype) == self.dtype
        return bool(same and self.shape.is_compatible_with(spec_or_value.shape))


class IndexedSlices:
    """Rows of a larger tensor, with their indices. Gradients are dense here, so that none is one of these."""

    def __init__(self, values: Any, indices: Any, dense_shape: Any = None) -> None:
        self.values, self.indices, self.dense_shape = values, indices, dense_shape


@own
def type_spec_from_value(value: Any) -> Any:
    """The spec of a tensor."""
    return TensorSpec.from_tensor(value)


publish(globals(), "IndexedSlices", "Tensor", "TensorShape", "TensorSpec", "newaxis")
