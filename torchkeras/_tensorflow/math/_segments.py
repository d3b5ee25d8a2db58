"""Functions of classes and groups: segment sums, counts, the confusion matrix, the largest elements."""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from torchkeras import ops
from torchkeras._tensorflow._dtypes import as_dtype
from torchkeras._tensorflow._rows import Function, own, own_op, publish, row
from torchkeras.ops._op import floats, tensor

# Renames


def _sorted(function: Function) -> Function:
    def compute(data: Any, segment_ids: Any) -> Any:
        return function(data, segment_ids, None, True)

    compute.__name__ = function.__name__
    return row(compute, "data segment_ids")


segment_max = _sorted(ops.segment_max)
segment_min = _sorted(ops.segment_min)
segment_prod = _sorted(ops.segment_prod)
segment_sum = _sorted(ops.segment_sum)
unsorted_segment_max = row(ops.segment_max, "data segment_ids num_segments")
unsorted_segment_min = row(ops.segment_min, "data segment_ids num_segments")
unsorted_segment_prod = row(ops.segment_prod, "data segment_ids num_segments")
unsorted_segment_sum = row(ops.segment_sum, "data segment_ids num_segments")

# Own


@own_op
def unsorted_segment_mean(data: Any, segment_ids: Any, num_segments: Any) -> Any:
    """The mean of the elements with each segment number, 0 where there are none."""
    data = tensor(data)
    counts = ops.segment_sum(torch.ones_like(tensor(segment_ids), dtype=data.dtype), segment_ids, num_segments)
    sums = ops.segment_sum(data, segment_ids, num_segments)
    return sums / counts.clamp(min=1).reshape([-1] + [1] * (sums.ndim - 1))


@own
def segment_mean(data: Any, segment_ids: Any) -> Any:
    """The mean of the elements with each segment number; these are in ascending order."""
    return unsorted_segment_mean(data, segment_ids, int(tensor(segment_ids).max()) + 1)


@own
def bincount(
    arr: Any,
    weights: Any = None,
    minlength: Any = None,
    maxlength: Any = None,
    dtype: Any = torch.int32,
    axis: Any = None,
    binary_output: bool = False,
) -> Any:
    """How often each number 0, 1, ... occurs, or the sum of the weights of each."""
    values = tensor(arr).long()
    if axis is not None and values.ndim > 1:
        length = max(int(values.max()) + 1, int(minlength or 0)) if maxlength is None else int(maxlength)
        return torch.stack([bincount(each, None, length, length, dtype, None, binary_output) for each in values])
    counts = torch.bincount(
        values.reshape(-1), None if weights is None else tensor(weights).reshape(-1), int(minlength or 0)
    )
    counts = counts if maxlength is None else counts[: int(maxlength)]
    counts = counts.clamp(max=1) if binary_output else counts
    return counts.to(tensor(weights).dtype if weights is not None else as_dtype(dtype))


@own
def confusion_matrix(
    labels: Any, predictions: Any, num_classes: Any = None, weights: Any = None, dtype: Any = torch.int32
) -> Any:
    """How often each pair (label, prediction) occurs: ``(n,), (n,) -> (classes, classes)``."""
    rows, columns = tensor(labels).long().reshape(-1), tensor(predictions).long().reshape(-1)
    count = int(max(rows.max(), columns.max())) + 1 if num_classes is None else int(num_classes)
    amounts = torch.ones(len(rows), device=rows.device) if weights is None else tensor(weights).reshape(-1)
    flat = torch.zeros(count * count, dtype=amounts.dtype, device=rows.device)
    return flat.index_add(0, rows * count + columns, amounts).reshape(count, count).to(as_dtype(dtype))


@own
def histogram_fixed_width(values: Any, value_range: Any, nbins: Any = 100, dtype: Any = torch.int32) -> Any:
    """How many values lie in each of `nbins` equal parts of the range; those outside count at its ends."""
    values, (low, high) = floats(values).reshape(-1), (float(end) for end in value_range)
    places = ((values - low) / (high - low) * int(nbins)).floor().clamp(0, int(nbins) - 1)
    return torch.bincount(places.long(), minlength=int(nbins)).to(as_dtype(dtype))


class TopKV2(NamedTuple):
    """The largest elements, and where they are."""

    values: Tensor
    indices: Tensor


@own
def top_k(input: Any, k: Any = 1, sorted: bool = True, index_type: Any = torch.int32) -> TopKV2:
    """The `k` largest elements along the last axis, and their indices."""
    values, indices = ops.top_k(input, int(k), sorted)
    return TopKV2(values, ops.cast(indices, as_dtype(index_type)))


@own
def in_top_k(targets: Any, predictions: Any, k: Any) -> Any:
    """Whether each target class is among the `k` classes of the highest predictions."""
    return ops.in_top_k(targets, predictions, int(k))


@own_op
def invert_permutation(x: Any) -> Any:
    """The permutation that undoes `x`."""
    return torch.argsort(tensor(x)).to(tensor(x).dtype)


class _Unique(NamedTuple):
    y: Tensor
    idx: Tensor


class _UniqueWithCounts(NamedTuple):
    y: Tensor
    idx: Tensor
    count: Tensor  # type: ignore[assignment]


@own
def unique(x: Any, out_idx: Any = torch.int32) -> _Unique:
    """The different elements in the order of their first occurrence, and for each element which of them it is."""
    return _Unique(*unique_with_counts(x, out_idx)[:2])


@own
def unique_with_counts(x: Any, out_idx: Any = torch.int32) -> _UniqueWithCounts:
    """:func:`unique`, and how often each occurs."""
    x = tensor(x)
    values, inverse, counts = torch.unique(x, return_inverse=True, return_counts=True)
    places = torch.arange(len(x), device=x.device)
    first = torch.full_like(counts, len(x)).scatter_reduce(0, inverse, places, "amin")
    order = first.argsort()
    return _UniqueWithCounts(
        values[order], order.argsort()[inverse].to(as_dtype(out_idx)), counts[order].to(as_dtype(out_idx))
    )


@own
def is_non_decreasing(x: Any) -> Any:
    """Whether no element is smaller than the one before."""
    flat = tensor(x).reshape(-1)
    return (flat[1:] >= flat[:-1]).all()


@own
def is_strictly_increasing(x: Any) -> Any:
    """Whether each element is larger than the one before."""
    flat = tensor(x).reshape(-1)
    return (flat[1:] > flat[:-1]).all()


publish(globals())
