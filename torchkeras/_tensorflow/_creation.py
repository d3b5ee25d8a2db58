"""New tensors: of given values, of one value, of series, and of given classes."""

import builtins
from typing import Any

import numpy as np
import torch

from torchkeras import initializers, ops
from torchkeras._tensorflow import _sizes
from torchkeras._tensorflow._dtypes import as_dtype
from torchkeras._tensorflow._rows import own, own_op, publish
from torchkeras._tensorflow._tensors import convert_to_tensor
from torchkeras.ops._op import tensor

# Renames

zeros_initializer = initializers.Zeros
ones_initializer = initializers.Ones
constant_initializer = initializers.Constant
random_normal_initializer = initializers.RandomNormal
random_uniform_initializer = initializers.RandomUniform

# Own


@own
def constant(value: Any, dtype: Any = None, shape: Any = None, verify_shape: bool = False) -> Any:
    """A tensor of `value`, in `dtype` if given; of `shape`, to which a single number is spread."""
    made = convert_to_tensor(value, dtype)
    if shape is None:
        return made
    size = _sizes.static(shape)
    return made.expand(size).clone() if made.numel() == 1 else made.reshape(size)


@own
def zeros(shape: Any, dtype: Any = torch.float32) -> Any:
    """Zeros of `shape`."""
    return _sizes.shaped(ops.zeros, shape, as_dtype(dtype))


@own
def ones(shape: Any, dtype: Any = torch.float32) -> Any:
    """Ones of `shape`."""
    return _sizes.shaped(ops.ones, shape, as_dtype(dtype))


@own
def fill(dims: Any, value: Any) -> Any:
    """`value` in every element: ``-> dims``."""
    return _sizes.shaped(_filled, dims, value)


def _filled(shape: Any, value: Any) -> Any:
    value = tensor(value)
    return value.expand(shape).clone()


@own
def zeros_like(input: Any, dtype: Any = None) -> Any:
    """Zeros of the shape, and if not given the dtype, of `input`."""
    return ops.zeros_like(input, None if dtype is None else as_dtype(dtype))


@own
def ones_like(input: Any, dtype: Any = None) -> Any:
    """Ones of the shape, and if not given the dtype, of `input`."""
    return ops.ones_like(input, None if dtype is None else as_dtype(dtype))


@own
def eye(num_rows: Any, num_columns: Any = None, batch_shape: Any = None, dtype: Any = torch.float32) -> Any:
    """Identity matrices: ``-> (*batch_shape, num_rows, num_columns)``."""
    made = ops.eye(int(num_rows), None if num_columns is None else int(num_columns), dtype=as_dtype(dtype))
    return made if batch_shape is None else made.expand(*_sizes.static(batch_shape), *made.shape).clone()


@own
def range(start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None) -> Any:
    """The numbers from `start` (or 0) in steps of `delta` up to, without, `limit`."""
    first, last = (0, start) if limit is None else (start, limit)
    return ops.arange(_number(first), _number(last), _number(delta), dtype=dtype and as_dtype(dtype))


def _number(value: Any) -> Any:
    """A Python number, where it is a tensor on the host or an array."""
    return value.item() if isinstance(value, torch.Tensor | np.generic) else value


@own
def meshgrid(*args: Any, indexing: str = "xy") -> Any:
    """For each vector the grid of its values over all of them; ``"ij"`` keeps their order of axes."""
    return ops.meshgrid(*args, indexing=indexing)


@own
def linspace(start: Any, stop: Any, num: Any, axis: int = 0) -> Any:
    """`num` numbers at equal distances from `start` to `stop`, both included."""
    return ops.linspace(start, stop, int(num), axis=axis)


@own_op
def one_hot(
    indices: Any, depth: Any, on_value: Any = None, off_value: Any = None, axis: int = -1, dtype: Any = None
) -> Any:
    """`on_value` (1) at the place of each index along a new axis of size `depth`, `off_value` (0) elsewhere."""
    wanted = as_dtype(dtype) if dtype is not None else tensor(on_value).dtype if on_value is not None else torch.float32
    indices = tensor(indices)
    places = torch.arange(int(depth), device=indices.device)
    hot = indices.unsqueeze(axis) == places.reshape([-1] + [1] * (indices.ndim - axis if axis >= 0 else 0))
    if on_value is None and off_value is None:
        return hot.to(wanted)
    on, off = (1 if on_value is None else on_value), (0 if off_value is None else off_value)
    return torch.where(hot, tensor(on, wanted), tensor(off, wanted))


@own_op
def sequence_mask(lengths: Any, maxlen: Any = None, dtype: Any = torch.bool) -> Any:
    """True for the first `lengths` places along a new last axis of size `maxlen`: ``(…) -> (…, maxlen)``."""
    lengths = tensor(lengths)
    count = int(lengths.max() if maxlen is None else maxlen)
    return (torch.arange(count, device=lengths.device) < lengths.unsqueeze(-1)).to(as_dtype(dtype))


@own_op
def complex(real: Any, imag: Any) -> Any:
    """Complex numbers of two parts."""
    return torch.complex(*(tensor(part) for part in (real, imag)))


_INITIALIZERS = builtins.tuple(name for name in builtins.list(globals()) if name.endswith("_initializer"))
publish(globals(), *_INITIALIZERS)
