"""Sorting, searching, counting."""

from typing import Any

import torch
from torch import Tensor

from torchkeras._probing import is_probing, unknown_size
from torchkeras.ops._op import op, publish, tensor, tensors

# axis -> dim


@op
def sort(x: Any, axis: int | None = -1) -> Tensor:
    """The elements along `axis` in ascending order."""
    x = tensor(x)
    return torch.sort(x.reshape(-1) if axis is None else x, -1 if axis is None else axis).values


@op
def argsort(x: Any, axis: int | None = -1) -> Tensor:
    """The int32 indices that sort `x` along `axis`, equal elements in their order."""
    x = tensor(x)
    x = x.to(torch.uint8) if x.dtype == torch.bool else x
    x = x.reshape(-1) if axis is None else x
    return torch.argsort(x, dim=-1 if axis is None else axis, stable=True).to(torch.int32)


@op
def argpartition(x: Any, kth: int, axis: int | None = -1) -> Tensor:
    """Indices that put the `kth` element where sorting would, smaller ones before it: here, all sorted."""
    return argsort(x, axis)


# Own


@op
def searchsorted(sorted_sequence: Any, values: Any, side: str = "left") -> Tensor:
    """Where each of `values` would go into a sorted 1-D tensor, in int32."""
    if side not in ("left", "right"):
        raise ValueError(f"searchsorted: `side` must be 'left' or 'right', got {side!r}.")
    sequence, values = tensors((sorted_sequence, values))
    if sequence.ndim != 1:
        raise ValueError(f"searchsorted: `sorted_sequence` must have one axis, got shape {tuple(sequence.shape)}.")
    return torch.searchsorted(sequence, values.contiguous(), side=side).to(torch.int32)


@op
def digitize(x: Any, bins: Any) -> Tensor:
    """The number of the bin of each element, given the edges of the bins in ascending order."""
    return torch.bucketize(tensor(x), tensor(bins), right=True).to(torch.int32)


@op
def bincount(x: Any, weights: Any = None, minlength: int | None = 0, sparse: bool = False) -> Tensor:
    """How often (or with what sum of `weights`) each of 0, 1, ... occurs: ``(n,) -> (bins,)``, by row for 2-D `x`."""
    if sparse:
        raise ValueError("bincount: torchkeras has no sparse results.")
    x = tensor(x)
    weights = None if weights is None else tensor(weights)
    if is_probing():
        counted = x.new_empty(0, dtype=torch.int32) if weights is None else weights
        return counted.new_empty(*x.shape[:-1], unknown_size())
    if x.ndim == 1:
        found = torch.bincount(x, weights, minlength or 0)
    else:
        length = max(int(x.max()) + 1, minlength or 0)
        counted = torch.ones_like(x) if weights is None else weights
        found = torch.zeros(x.shape[0], length, dtype=counted.dtype, device=x.device)
        found = found.scatter_add(1, x.to(torch.int64), counted)
    return found.to(torch.int32) if weights is None else found.to(weights.dtype)


@op
def histogram(x: Any, bins: int = 10, range: tuple[float, float] | None = None) -> tuple[Tensor, Tensor]:
    """How many elements lie in each of `bins` equal parts of `range`, and the edges of the parts."""
    if not isinstance(bins, int) or bins < 1:
        raise ValueError(f"Argument `bins` should be a non-negative integer, got bins={bins!r}.")
    if range is not None and (len(range) != 2 or range[0] >= range[1]):
        raise ValueError(
            f"Argument `range` must be a tuple of two elements. The second element of `range` must be greater than the "
            f"first. Got {range!r}."
        )
    x = tensor(x)
    x = x if x.dtype.is_floating_point else x.float()
    low, high = range if range is not None else (torch.aminmax(x) if x.numel() else (0.0, 1.0))
    edges = low + (high - low) * (torch.arange(bins + 1, device=x.device).to(x.dtype) / bins)
    x = x.reshape(-1)
    inside = ((x >= edges[0]) & (x <= edges[-1])).to(x.dtype)
    counts = torch.zeros(bins, dtype=x.dtype, device=x.device)
    return counts.scatter_add(0, torch.bucketize(x, edges[1:-1], right=True), inside), edges


@op
def unique(
    x: Any,
    sorted: bool = True,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    size: int | None = None,
    fill_value: Any = None,
) -> Any:
    """The different elements (or slices along `axis`) of `x`, in ascending order.

    Args:
        x: a tensor.
        sorted: whether the result must be sorted (it always is).
        return_index: also give the index of the first occurrence of each.
        return_inverse: also give, for each element of `x`, its index in the result.
        return_counts: also give the number of occurrences.
        axis: the axis of the slices; None compares the elements.
        size: cut or fill the result to this length.
        fill_value: what to fill with; by default the first of the result.
    """
    x, along = tensor(x), 0 if axis is None else axis
    if is_probing():
        return _unique_shapes(x, axis, size, (return_index, return_inverse, return_counts))
    values, inverse, counts = torch.unique(x, True, True, True, axis)
    order = torch.arange(inverse.numel(), device=x.device)
    first = torch.full((values.shape[along],), inverse.numel(), device=x.device, dtype=torch.int64)
    first = first.scatter_reduce(0, inverse.reshape(-1), order, "amin")
    if size is not None:
        first, counts = _fit(first, size, 0, first[:1]), _fit(counts, size, 0, torch.zeros_like(counts[:1]))
        filler = (
            values.narrow(along, 0, 1)
            if fill_value is None
            else torch.full_like(values.narrow(along, 0, 1), fill_value)
        )
        values = _fit(values, size, along, filler)
    wanted = ((first, return_index), (inverse, return_inverse), (counts, return_counts))
    more = [item.to(torch.int32) for item, asked in wanted if asked]
    return (values, *more) if more else values


def _unique_shapes(x: Tensor, axis: int | None, size: int | None, asked: tuple[bool, bool, bool]) -> Any:
    """What :func:`unique` returns, as far as that is known without values."""
    count = unknown_size() if size is None else size
    shape = [count] if axis is None else [count if dim == axis % x.ndim else n for dim, n in enumerate(x.shape)]
    inverse = x.shape if axis is None else (x.shape[axis],)
    more = [
        x.new_empty(n, dtype=torch.int32) for n, wanted in zip((count, inverse, count), asked, strict=True) if wanted
    ]
    return (x.new_empty(shape), *more) if more else x.new_empty(shape)


def _fit(x: Tensor, size: int, axis: int, filler: Tensor) -> Tensor:
    missing = size - x.shape[axis]
    if missing <= 0:
        return x.narrow(axis, 0, size)
    return torch.cat([x, filler.repeat_interleave(missing, axis)], axis)


publish(globals())
