"""Functions that take axes away: ``axis`` is an integer, several of them, or None for all."""

from typing import Any

import torch
from torch import Tensor

from torchkeras import _settings
from torchkeras._dtypes import to_torch_dtype
from torchkeras.ops._op import Op, floats, op, publish, tensor, tensors

_SMALL = (torch.bool, torch.uint8, torch.int8, torch.int16)


def _over(x: Tensor, axis: Any, keepdims: bool) -> tuple[Tensor, Any, bool]:
    """torch's tensor, ``dim`` and ``keepdim``. No axes at all, which torch takes for all of them, are a new one."""
    if isinstance(axis, tuple | list):
        return (x, tuple(axis), keepdims) if axis else (x[..., None], -1, False)
    return x, axis, keepdims


def _all_axes(x: Tensor, axis: Any) -> Any:
    """`axis`, all axes being named: functions whose ``dim`` may not be None."""
    return tuple(range(x.ndim)) if axis is None and x.ndim else () if axis is None else axis


def _summable(x: Any) -> Tensor:
    """Integers narrower than 32 bits as int32, in which Keras sums them (torch: int64)."""
    x = tensor(x)
    return x.to(torch.int32) if x.dtype in _SMALL else x


# axis -> dim


@op
def sum(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The sum over `axis`; narrow integers are summed in int32."""
    x = _summable(x)
    return torch.sum(*_over(x, axis, keepdims), dtype=x.dtype)


@op
def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The mean over `axis`; integers give ``floatx()``."""
    return torch.mean(*_over(floats(x), axis, keepdims))


@op
def all(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """Whether all elements over `axis` are true (not 0)."""
    x = tensor(x).bool()
    return torch.all(*_over(x, axis, keepdims)) if axis is not None or keepdims else torch.all(x)


@op
def any(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """Whether any element over `axis` is true (not 0)."""
    x = tensor(x).bool()
    return torch.any(*_over(x, axis, keepdims)) if axis is not None or keepdims else torch.any(x)


@op
def var(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The mean of the squared deviations (torch's default divides by n - 1)."""
    x, dims, keep = _over(floats(x), axis, keepdims)
    return torch.var(x, dims, correction=0, keepdim=keep)


@op
def std(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The square root of :func:`var`."""
    x, dims, keep = _over(floats(x), axis, keepdims)
    return torch.std(x, dims, correction=0, keepdim=keep)


@op
def argmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The int32 index of the largest element along `axis`, or in the flattened tensor."""
    return _arg(torch.argmax, x, axis, keepdims)


@op
def argmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The int32 index of the smallest element along `axis`, or in the flattened tensor."""
    return _arg(torch.argmin, x, axis, keepdims)


def _arg(function: Op, x: Any, axis: int | None, keepdims: bool) -> Tensor:
    x = tensor(x)
    x = x.to(torch.uint8) if x.dtype == torch.bool else x
    if axis is None:
        found = function(x)
        return found.reshape((1,) * x.ndim if keepdims else ()).to(torch.int32)
    return function(x, axis, keepdims).to(torch.int32)


# Own


@op
def max(x: Any, axis: Any = None, keepdims: bool = False, initial: Any = None) -> Tensor:
    """The largest element over `axis`, at least `initial`, which is the result for nothing."""
    return _extreme(torch.amax, torch.maximum, x, axis, keepdims, initial)


@op
def min(x: Any, axis: Any = None, keepdims: bool = False, initial: Any = None) -> Tensor:
    """The smallest element over `axis`, at most `initial`, which is the result for nothing."""
    return _extreme(torch.amin, torch.minimum, x, axis, keepdims, initial)


def _extreme(function: Op, join: Op, x: Any, axis: Any, keepdims: bool, initial: Any) -> Tensor:
    x = tensor(x)
    if x.numel() == 0:
        if initial is None:
            raise ValueError(f"{function.__name__[1:]} of a tensor without elements, of shape {tuple(x.shape)}.")
        return torch.full_like(torch.sum(*_over(x, axis, keepdims), dtype=x.dtype), initial)
    found = function(*_over(x, _all_axes(x, axis), keepdims))
    return found if initial is None else join(*tensors((found, initial)))


@op
def amax(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The largest element over `axis`."""
    x = tensor(x)
    return torch.amax(*_over(x, _all_axes(x, axis), keepdims))


@op
def amin(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The smallest element over `axis`."""
    x = tensor(x)
    return torch.amin(*_over(x, _all_axes(x, axis), keepdims))


@op
def prod(x: Any, axis: Any = None, keepdims: bool = False, dtype: Any = None) -> Tensor:
    """The product over `axis`; torch takes one axis at a time."""
    x = _summable(x) if dtype is None else tensor(x, dtype)
    axes = range(x.ndim) if axis is None else [axis] if isinstance(axis, int) else axis
    for dim in sorted((dim % x.ndim for dim in axes), reverse=True):
        x = torch.prod(x, dim, keepdims, dtype=x.dtype)
    return x


@op
def count_nonzero(x: Any, axis: Any = None) -> Tensor:
    """How many elements over `axis` are not 0, in int32."""
    x, dims, _ = _over(tensor(x), axis, False)
    return torch.count_nonzero(x, dims).to(torch.int32)


@op
def ptp(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The largest element less the smallest one."""
    x = tensor(x)
    where = _over(x, _all_axes(x, axis), keepdims)
    return torch.amax(*where) - torch.amin(*where)


@op
def average(x: Any, axis: Any = None, weights: Any = None) -> Tensor:
    """The mean over `axis`, weighted: ``sum(x * weights) / sum(weights)``."""
    x = floats(x)
    if weights is None:
        return torch.mean(*_over(x, axis, False))
    x, weights = tensors((x, weights))
    if weights.ndim == 1 and x.ndim > 1:
        if not isinstance(axis, int):
            raise ValueError(f"average: weights of shape {tuple(weights.shape)} need an `axis` of `x`, got {axis!r}.")
        weights = weights.reshape([-1 if dim == axis % x.ndim else 1 for dim in range(x.ndim)])
    weights = weights.broadcast_to(x.shape)
    return torch.sum(*_over(x * weights, axis, False)) / torch.sum(*_over(weights, axis, False))


@op
def cumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """Running sums along `axis`, or of the flattened tensor."""
    return _running(torch.cumsum, x, axis, dtype)


@op
def cumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """Running products along `axis`, or of the flattened tensor."""
    return _running(torch.cumprod, x, axis, dtype)


def _running(function: Op, x: Any, axis: int | None, dtype: Any) -> Tensor:
    x = tensor(x)
    wanted = to_torch_dtype(dtype) if dtype is not None else torch.int32 if x.dtype == torch.bool else x.dtype
    return function(x.reshape(-1) if axis is None else x, 0 if axis is None else axis, dtype=wanted)


@op
def median(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The middle element, or the mean of the two in the middle (torch: the lower one)."""
    return _quantile(torch.quantile, x, 0.5, axis, "linear", keepdims)


@op
def quantile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> Tensor:
    """The values below which the shares `q` (0 to 1) of the elements lie; axes of `q` come first."""
    return _quantile(torch.quantile, x, q, axis, method, keepdims)


@op
def percentile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> Tensor:
    """:func:`quantile`, with `q` from 0 to 100."""
    return _quantile(torch.quantile, x, tensor(q) / 100, axis, method, keepdims)


def _quantile(function: Op, x: Any, q: Any, axis: Any, method: str, keepdims: bool) -> Tensor:
    x = floats(x)
    wide = x if x.dtype == torch.float64 else x.float()  # torch.quantile knows no half precision
    share = tensor(q).to(wide)
    axes = range(x.ndim) if axis is None else [axis] if isinstance(axis, int) else axis
    dims = sorted(dim % x.ndim for dim in axes)
    kept = [dim for dim in range(x.ndim) if dim not in dims]
    flat = wide.permute(*kept, *dims).flatten(len(kept)) if dims else wide[..., None]
    found = function(flat, share.reshape(-1), dim=-1, interpolation=method)
    shape = [x.shape[dim] if dim in kept else 1 for dim in range(x.ndim) if keepdims or dim in kept]
    return found.reshape((*share.shape, *shape)).to(
        x.dtype if x.dtype.is_floating_point else to_torch_dtype(_settings.floatx)
    )


publish(globals())
