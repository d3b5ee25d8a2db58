"""Functions that NumPy itself does not have."""

from typing import Any

import torch
from torch import Tensor

from torchkeras._probing import is_probing, unknown_size
from torchkeras.ops._op import Op, floats, op, publish, tensor, tensors, unary

# Renames

erf = unary(torch.erf, floating=True)
erfc = unary(torch.erfc, floating=True)
erfinv = unary(torch.erfinv, floating=True)
rsqrt = unary(torch.rsqrt, floating=True)
logdet = unary(torch.logdet, floating=True)
view_as_complex = unary(torch.view_as_complex)
view_as_real = unary(torch.view_as_real)

# axis -> dim


@op
def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """``log(sum(exp(x)))`` over `axis`, without overflow."""
    x = floats(x)
    if axis is not None and not isinstance(axis, int) and not axis:
        return x.clone()  # over no axes; torch takes that for all
    return torch.logsumexp(x, tuple(range(x.ndim)) if axis is None else axis, keepdims)


# Own


@op
def top_k(x: Any, k: int, sorted: bool = True) -> tuple[Tensor, Tensor]:
    """The `k` largest elements along the last axis, and their int32 indices."""
    values, indices = torch.topk(tensor(x), int(k), sorted=sorted)
    return values, indices.to(torch.int32)


@op
def in_top_k(targets: Any, predictions: Any, k: int) -> Tensor:
    """Whether the prediction of each target class is among the `k` largest: ``(b,), (b, classes) -> (b,)`` bool."""
    targets, predictions = tensor(targets).to(torch.int64)[:, None], tensor(predictions)
    least = torch.topk(predictions, int(k)).values[:, -1]
    known = (targets >= 0) & (targets < predictions.shape[1])
    chosen = torch.take_along_dim(predictions, torch.where(known, targets, 0), 1)
    return (chosen[:, 0] >= least) & known[:, 0] & torch.isfinite(chosen[:, 0])


@op
def cdist(x: Any, y: Any) -> Tensor:
    """The Euclidean distances between rows: ``(..., n, d), (..., m, d) -> (..., n, m)``."""
    x, y = tensors((x, y), floating=True)
    return torch.cdist(x, y)


_INITIAL = {"amax": -torch.inf, "amin": torch.inf, "sum": 0, "prod": 1}


def _segments(reduce: str, text: str) -> Op:
    def compute(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Tensor:
        data, ids = tensor(data), tensor(segment_ids).to(torch.int64)
        if ids.ndim != 1:
            raise ValueError(f"`segment_ids` must have one axis, got shape {tuple(ids.shape)}.")
        total = _segment_count(ids) if num_segments is None else int(num_segments)
        ids = torch.where((ids < 0) | (ids >= total), total, ids)  # Keras drops what lies outside
        index = ids.reshape(-1, *[1] * (data.ndim - 1)).expand(data.shape)
        out = torch.full((total + 1, *data.shape[1:]), _start(reduce, data.dtype), dtype=data.dtype, device=data.device)
        return out.scatter_reduce(0, index, data, reduce)[:total]

    compute.__doc__ = (
        f"The {text} of the slices of `data` with the same number in `segment_ids`: (n, ...) -> (segments, ...)."
    )
    return op(compute)


def _segment_count(ids: Tensor) -> int:
    """The largest number and one; the device must be asked for it."""
    return unknown_size() if is_probing() else int(ids.max()) + 1


def _start(reduce: str, dtype: torch.dtype) -> float:
    if dtype.is_floating_point or reduce in ("sum", "prod"):
        return _INITIAL[reduce]
    limits = torch.iinfo(dtype)
    return limits.min if reduce == "amax" else limits.max


segment_max = _segments("amax", "largest")
segment_min = _segments("amin", "smallest")
segment_prod = _segments("prod", "product")
segment_sum = _segments("sum", "sum")


publish(globals())
