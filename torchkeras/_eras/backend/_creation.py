"""Variables, constants, placeholders, and what kind of thing something is."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras import _settings, layers, ops
from torchkeras._dtypes import to_torch_dtype
from torchkeras._eras import _replaying
from torchkeras._eras.backend._sizes import int_shape, known, numbers
from torchkeras._errors import brief
from torchkeras._probing import is_probing
from torchkeras._symbolic import KerasTensor, node_of
from torchkeras._variable import Variable
from torchkeras.ops._op import op, tensor


def variable(value: Any, dtype: Any = None, name: str | None = None, constraint: Any = None) -> Any:
    """A :class:`keras.Variable` with this first value; ``floatx()`` if `dtype` does not say otherwise."""
    replay = _replaying.current
    if replay is not None:
        return replay.variable(lambda: _variable(value, dtype, name, constraint))
    return _variable(value, dtype, name, constraint)


def _variable(value: Any, dtype: Any, name: str | None, constraint: Any) -> Any:
    made = Variable(value, dtype=dtype or _dtype_of(value), name=_plain(name))
    made.constraint = constraint
    return made


def _dtype_of(value: Any) -> Any:
    if isinstance(value, (np.ndarray, Tensor, Variable)):
        return None if str(value.dtype) not in ("float64", "int64") else _settings.floatx
    return _settings.floatx


def _plain(name: str | None) -> str | None:
    return None if name is None else name.replace("/", "_")


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Tensor:
    """A tensor of this value, repeated to `shape`; ``floatx()`` if `dtype` does not say otherwise."""
    made = tensor(value, dtype or _settings.floatx)
    if shape is None:
        return made
    return made.expand(*shape).clone() if made.numel() == 1 else made.reshape(tuple(shape))


def placeholder(
    shape: Any = None,
    ndim: int | None = None,
    dtype: Any = None,
    sparse: bool = False,
    name: str | None = None,
    ragged: bool = False,
) -> KerasTensor:
    """A symbolic tensor to which :func:`function` or a model gives values; `shape` includes the batch."""
    if sparse or ragged:
        raise ValueError("K.placeholder: torchkeras has neither sparse nor ragged symbolic tensors.")
    if shape is None and ndim is None:
        raise ValueError("K.placeholder: specify either a shape or ndim value.")
    sizes = (None,) * ndim if shape is None else tuple(shape)  # type: ignore[operator]
    made: KerasTensor = layers.Input(batch_shape=sizes, dtype=dtype or _settings.floatx, name=_plain(name))
    return made


# Filled


def zeros(shape: Any, dtype: Any = None, name: str | None = None) -> Any:
    """A variable of zeros; a tensor where a size is only known when running."""
    return _filled(0, shape, dtype, name)


def ones(shape: Any, dtype: Any = None, name: str | None = None) -> Any:
    """A variable of ones; a tensor where a size is only known when running."""
    return _filled(1, shape, dtype, name)


def _filled(value: int, shape: Any, dtype: Any, name: str | None) -> Any:
    if is_probing() or not (known(shape) or isinstance(shape, int)):
        return _full(shape, value, dtype or _settings.floatx)
    return variable(_full(shape, value, dtype or _settings.floatx), dtype, name)


@op
def _full(shape: Any, value: int, dtype: Any) -> Tensor:
    return torch.full(numbers(shape), value, dtype=to_torch_dtype(dtype), device=_settings.device())


def eye(size: Any, dtype: Any = None, name: str | None = None) -> Any:
    """A variable that holds the identity matrix of `size` rows, or of a pair (rows, columns)."""
    rows, columns = (size, size) if isinstance(size, int) else size
    return variable(ops.eye(rows, columns, dtype=dtype or _settings.floatx), dtype, name)


def zeros_like(x: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Zeros in the shape of `x`."""
    return ops.zeros_like(x, dtype)


def ones_like(x: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Ones in the shape of `x`."""
    return ops.ones_like(x, dtype)


def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = "int32") -> Any:
    """``start, start + step, ...`` up to, without, `stop`; from 0 to `start` if that is all there is."""
    return ops.arange(start, stop, step, dtype)


# What is it?


def get_variable_shape(x: Any) -> tuple[int | None, ...]:
    """Keras 1's name of ``int_shape`` for variables."""
    return int_shape(x)


def is_variable(x: Any) -> bool:
    """Whether `x` is a variable."""
    return isinstance(x, Variable)


def is_tensor(x: Any) -> bool:
    """Whether `x` is a tensor, a variable or a symbolic tensor."""
    return isinstance(x, (Tensor, Variable, KerasTensor))


def is_symbolic(x: Any) -> bool:
    """Whether `x` has a shape and a dtype and no values yet."""
    return isinstance(x, KerasTensor)


def is_placeholder(x: Any) -> bool:
    """Whether `x` is a symbolic tensor that gets its values from outside."""
    return isinstance(x, KerasTensor) and hasattr(x, "_keras_history") and node_of(x).is_input


def is_sparse(tensor: Any) -> bool:
    """Whether a tensor is stored as the indices and values of what is not 0."""
    return isinstance(tensor, Tensor) and tensor.is_sparse


def to_dense(tensor: Any) -> Any:
    """A sparse tensor with its zeros; other tensors as they are."""
    return tensor.to_dense() if is_sparse(tensor) else tensor


def cast_to_floatx(x: Any) -> Any:
    """`x` in ``floatx()``: an array of an array (or of numbers), a tensor of a tensor."""
    if isinstance(x, (Tensor, KerasTensor, Variable)):
        return ops.cast(x, _settings.floatx)
    try:
        return np.asarray(x, dtype=_settings.floatx)
    except (TypeError, ValueError):
        raise ValueError(f"K.cast_to_floatx: expected numbers, got {brief(x)}.") from None


__all__ = [
    "arange",
    "cast_to_floatx",
    "constant",
    "eye",
    "get_variable_shape",
    "is_placeholder",
    "is_sparse",
    "is_symbolic",
    "is_tensor",
]
__all__ += ["is_variable", "ones", "ones_like", "placeholder", "to_dense", "variable", "zeros", "zeros_like"]
