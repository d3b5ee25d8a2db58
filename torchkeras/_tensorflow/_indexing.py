"""Parts of tensors: gathers and scatters, masks, slices, conditions."""

import builtins
from typing import Any

import torch
from torch import Tensor

from torchkeras import ops
from torchkeras._probing import unknown_size
from torchkeras._tensorflow import _sizes
from torchkeras._tensorflow._dtypes import as_dtype
from torchkeras._tensorflow._moving import moving
from torchkeras._tensorflow._rows import Function, own, own_op, publish, row
from torchkeras.ops._op import tensor, tensors

# Renames


def _scatter(reduction: str | None) -> Function:
    def scatter(tensor: Any, indices: Any, updates: Any) -> Any:
        return ops.scatter_update(tensor, indices, updates, reduction)

    return row(scatter, "tensor indices updates")


tensor_scatter_nd_add = _scatter("add")
tensor_scatter_nd_max = _scatter("max")
tensor_scatter_nd_min = _scatter("min")
tensor_scatter_nd_update = _scatter(None)

# Own


@moving
@own
def gather(params: Any, indices: Any, validate_indices: Any = None, axis: Any = None, batch_dims: int = 0) -> Any:
    """The slices of `params` at `indices` along `axis` (0, or the first after `batch_dims` that both have)."""
    if not batch_dims:
        return ops.take(params, indices, axis=0 if axis is None else int(axis))
    return _gather_in_batches(params, indices, batch_dims if axis is None else int(axis), batch_dims)


@own_op
def _gather_in_batches(params: Any, indices: Any, axis: int, batch_dims: int) -> Any:
    x, places = tensor(params), tensor(indices).long()
    count, axis = batch_dims + (places.ndim if batch_dims < 0 else 0), axis % x.ndim
    batch, moved = x.shape[:count], x.movedim(axis, count)
    flat = moved.reshape(-1, *moved.shape[count:])
    rows = torch.arange(len(flat), device=x.device).reshape(batch + (1,) * (places.ndim - count))
    found = flat[rows, places]  # (*batch, *places, ...), the gathered axis where the batch ends
    new = builtins.range(count, places.ndim)
    return found.movedim(tuple(new), tuple(axis + index for index in builtins.range(len(new))))


@moving
@own_op
def gather_nd(params: Any, indices: Any, batch_dims: int = 0) -> Any:
    """The elements, or slices, of `params` at the index tuples along the last axis of `indices`."""
    x, places = tensor(params), tensor(indices).long()
    if batch_dims > 1:
        raise ValueError("gather_nd: torchkeras serves `batch_dims` 0 and 1.")
    if batch_dims:
        rows = torch.arange(len(x), device=x.device).reshape([-1] + [1] * (places.ndim - 1))
        places = torch.cat([rows.expand(*places.shape[:-1], 1), places], -1)
    return x[tuple(places.movedim(-1, 0))]


@own
def scatter_nd(indices: Any, updates: Any, shape: Any) -> Any:
    """Zeros of `shape` with `updates` added at the index tuples along the last axis of `indices`."""
    return ops.scatter(indices, updates, _sizes.static(shape))


@own
def tensor_scatter_nd_sub(tensor: Any, indices: Any, updates: Any) -> Any:
    """`tensor` with `updates` subtracted at the index tuples."""
    return ops.scatter_update(tensor, indices, ops.negative(updates), "add")


@moving
@own_op
def boolean_mask(tensor: Any, mask: Any, axis: Any = None) -> Any:
    """The slices of `tensor` where the mask over its axes, from `axis` on, is true, in one new axis."""
    start, mask = int(axis or 0), torch.as_tensor(mask, dtype=torch.bool)
    if not isinstance(tensor, Tensor):
        tensor = ops.convert_to_tensor(tensor)
    flat = tensor.flatten(start, start + mask.ndim - 1) if mask.ndim > 1 else tensor
    return flat.index_select(start, _places(mask.reshape(-1))[:, 0].to(flat.device))


def _places(mask: Tensor) -> Tensor:
    """The index tuples of what is true; while a layer is run for its shapes alone, of a number that is not known."""
    if mask.is_meta:
        return mask.new_empty((unknown_size(), mask.ndim), dtype=torch.int64)
    return torch.argwhere(mask)


@moving
@own
def where(condition: Any, x: Any = None, y: Any = None) -> Any:
    """`x` where the condition holds and `y` elsewhere; alone, the index tuples of what is true: ``-> (n, axes)``."""
    if (x is None) != (y is None):
        raise ValueError("where: give both `x` and `y`, or none of them.")
    return _true_places(condition) if x is None else ops.where(condition, x, y)


@own_op
def _true_places(condition: Any) -> Tensor:
    return _places(tensor(condition))


@moving
@own_op
def slice(input_: Any, begin: Any, size: Any) -> Any:
    """The part that begins at `begin` and has `size` elements along each axis; -1 is all that are left."""
    x, starts, sizes = tensor(input_), _sizes.static(begin), _sizes.static(size)
    parts = (builtins.slice(start, None if count < 0 else start + count) for start, count in zip(starts, sizes))
    return x[tuple(parts)]


@moving
@own_op
def strided_slice(
    input_: Any,
    begin: Any,
    end: Any,
    strides: Any = None,
    begin_mask: int = 0,
    end_mask: int = 0,
    ellipsis_mask: int = 0,
    new_axis_mask: int = 0,
    shrink_axis_mask: int = 0,
) -> Any:
    """``input_[begin:end:strides]`` for several axes; the bits of the masks say at which of them a bound is open."""
    starts, ends = _sizes.static(begin), _sizes.static(end)
    steps = (1,) * len(starts) if strides is None else _sizes.static(strides)
    masks = (begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask)
    bits = [[bool(mask >> axis & 1) for mask in masks] for axis in builtins.range(len(starts))]
    return ops.get_item(tensor(input_), tuple(map(_key, starts, ends, steps, bits)))


def _key(start: int, end: int, step: int, bits: list[bool]) -> Any:
    no_start, no_end, ellipsis, new_axis, shrink = bits
    if ellipsis or new_axis:
        return Ellipsis if ellipsis else None
    if shrink:
        return start
    return builtins.slice(None if no_start else start, None if no_end else end, step)


@moving
@own
def dynamic_partition(data: Any, partitions: Any, num_partitions: int) -> list[Any]:
    """The slices of `data` in `num_partitions` tensors, by their numbers in `partitions`."""
    data, partitions = tensor(data), tensor(partitions)
    flat = data.reshape(-1, *data.shape[partitions.ndim :])
    return [flat[partitions.reshape(-1) == number] for number in builtins.range(num_partitions)]


@own
def dynamic_stitch(indices: Any, data: Any) -> Any:
    """One tensor out of slices, each at its index."""
    places = torch.cat([tensor(each).reshape(-1).long() for each in indices])
    parts = [tensor(each) for each in data]
    shape = parts[0].shape[tensor(indices[0]).ndim :]
    out = torch.zeros((int(places.max()) + 1, *shape), dtype=parts[0].dtype, device=parts[0].device)
    return out.index_copy(0, places, torch.cat([part.reshape(-1, *shape) for part in parts]))


@own
def searchsorted(sorted_sequence: Any, values: Any, side: str = "left", out_type: Any = torch.int32) -> Any:
    """Where each value would go into the sorted last axis."""
    sequence, values = tensors((sorted_sequence, values))
    return torch.searchsorted(sequence.contiguous(), values.contiguous(), side=side).to(as_dtype(out_type))


@own
def unravel_index(indices: Any, dims: Any) -> Any:
    """The index tuples of flat indices: ``(n,) -> (axes, n)``."""
    return torch.stack([tensor(each) for each in ops.unravel_index(tensor(indices), _sizes.static(dims))])


publish(globals())
