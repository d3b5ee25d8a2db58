"""``tf.sparse``: tensors of which only some entries are not zero."""

from typing import Any

import torch

from torchkeras._pipeline import SparseTensor as SparseTensor
from torchkeras._pipeline import StringTensor, TensorSpec
from torchkeras._pipeline._elements import as_tensor
from torchkeras._tensorflow import _refused
from torchkeras._tensorflow._rows import own, publish


class SparseTensorSpec(TensorSpec):
    """Shape and dtype of a sparse tensor."""


@own
def to_dense(sp_input: SparseTensor, default_value: Any = None, validate_indices: bool = True) -> Any:
    """All entries, those that are not there as zero, an empty text, or `default_value`."""
    return sp_input.to_dense(default_value)


@own
def from_dense(tensor: Any) -> SparseTensor:
    """The entries that are neither zero nor an empty text."""
    values = as_tensor(tensor)
    if isinstance(values, StringTensor):
        places = torch.tensor([list(place) for place in zip(*(values.numpy() != b"").nonzero())])
    else:
        places = values.nonzero()
    return SparseTensor(places, values[tuple(places.T)], values.shape)


@own
def reorder(sp_input: SparseTensor) -> SparseTensor:
    """With the entries in the order of their places."""
    order = sorted(range(len(sp_input.indices)), key=lambda number: sp_input.indices[number].tolist())
    chosen = torch.tensor(order, dtype=torch.int64)
    return SparseTensor(sp_input.indices[chosen], sp_input.values[chosen], sp_input.shape)


@own
def transpose(sp_input: SparseTensor, perm: Any = None) -> SparseTensor:
    """With the axes in another order, reversed by default."""
    axes = list(range(len(sp_input.shape)))[::-1] if perm is None else [int(axis) for axis in perm]
    shape = [sp_input.shape[axis] for axis in axes]
    return reorder(SparseTensor(sp_input.indices[:, axes], sp_input.values, shape))


@own
def reshape(sp_input: SparseTensor, shape: Any) -> SparseTensor:
    """The same entries in another shape."""
    dense = torch.arange(1, sp_input.shape.numel() + 1).reshape(sp_input.shape)
    numbers = dense[tuple(sp_input.indices.T)] - 1
    wanted = torch.empty(sp_input.shape, device="meta").reshape([int(size) for size in shape]).shape
    return SparseTensor(torch.stack(torch.unravel_index(numbers, wanted), 1), sp_input.values, wanted)


@own
def add(a: Any, b: Any, threshold: Any = 0) -> Any:
    """The sum: sparse of two sparse ones, plain with a plain one."""
    if isinstance(a, SparseTensor) and isinstance(b, SparseTensor):
        return from_dense(a.to_dense() + b.to_dense())
    return sum(each.to_dense() if isinstance(each, SparseTensor) else as_tensor(each) for each in (a, b))


@own
def reduce_sum(sp_input: SparseTensor, axis: Any = None, keepdims: bool = False) -> Any:
    """The sum along axes, plain."""
    dense = sp_input.to_dense()
    return dense.sum() if axis is None and not keepdims else dense.sum(_axes(axis, dense), keepdim=keepdims)


@own
def reduce_max(sp_input: SparseTensor, axis: Any = None, keepdims: bool = False) -> Any:
    """The largest entry that is there along axes, plain; 0 where there is none."""
    values: Any = sp_input.values
    least = float("-inf") if values.is_floating_point() else torch.iinfo(values.dtype).min
    dense = sp_input.to_dense(least)
    found = dense.amax(_axes(axis, dense), keepdim=keepdims)
    return torch.where(found == least, 0, found)


def _axes(axis: Any, dense: Any) -> tuple[int, ...]:
    return tuple(range(dense.ndim)) if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)


@own
def sparse_dense_matmul(sp_a: Any, b: Any, adjoint_a: bool = False, adjoint_b: bool = False) -> Any:
    """The product of a sparse and a plain matrix."""
    sparse = sp_a.to_torch() if isinstance(sp_a, SparseTensor) else as_tensor(sp_a)
    plain = b.to_torch() if isinstance(b, SparseTensor) else as_tensor(b)
    return (sparse.t() if adjoint_a else sparse) @ (plain.t() if adjoint_b else plain)


@own
def eye(num_rows: Any, num_columns: Any = None, dtype: Any = torch.float32) -> SparseTensor:
    """Ones on the diagonal."""
    columns = int(num_rows) if num_columns is None else int(num_columns)
    count = min(int(num_rows), columns)
    return SparseTensor(torch.arange(count)[:, None].repeat(1, 2), torch.ones(count, dtype=dtype), (num_rows, columns))


publish(globals(), "SparseTensor", "SparseTensorSpec")
__getattr__ = _refused.lookup("tf.sparse", globals())
