"""Reductions that pass over NaN."""

from typing import Any

import torch
from torch import Tensor

from torchkeras.ops._op import floats, op, publish, tensor
from torchkeras.ops.numpy import _reductions as plain


def _filled(x: Any, value: float) -> Tensor:
    """`x` with `value` in place of NaN."""
    x = tensor(x)
    return torch.where(torch.isnan(x), value, x) if x.dtype.is_floating_point else x


def _present(x: Any) -> Tensor:
    return ~torch.isnan(tensor(x))


# Own


@op
def nansum(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The sum of the elements that are not NaN."""
    return plain.sum(_filled(x, 0), axis, keepdims)


@op
def nanprod(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The product of the elements that are not NaN."""
    return plain.prod(_filled(x, 1), axis, keepdims)


@op
def nancumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """Running sums with NaN as 0."""
    return plain.cumsum(_filled(x, 0), axis, dtype)


@op
def nancumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """Running products with NaN as 1."""
    return plain.cumprod(_filled(x, 1), axis, dtype)


@op
def nanmax(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The largest element that is not NaN; NaN where there is none."""
    return _or_nan(plain.amax(_filled(x, -torch.inf), axis, keepdims), x, axis, keepdims)


@op
def nanmin(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The smallest element that is not NaN; NaN where there is none."""
    return _or_nan(plain.amin(_filled(x, torch.inf), axis, keepdims), x, axis, keepdims)


def _or_nan(found: Tensor, x: Any, axis: Any, keepdims: bool) -> Tensor:
    if not found.dtype.is_floating_point:
        return found
    return torch.where(plain.any(_present(x), axis, keepdims), found, torch.nan)


@op
def nanmean(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The mean of the elements that are not NaN."""
    x = floats(x)
    count = plain.sum(_present(x), axis, keepdims)
    return plain.sum(_filled(x, 0), axis, keepdims) / count


@op
def nanvar(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The variance of the elements that are not NaN."""
    x = floats(x)
    deviation = torch.where(_present(x), _filled(x, 0) - nanmean(x, axis, True), 0)
    count = plain.sum(_present(x), axis, keepdims)
    return plain.sum(torch.square(deviation), axis, keepdims) / count


@op
def nanstd(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The standard deviation of the elements that are not NaN."""
    return torch.sqrt(nanvar(x, axis, keepdims))


@op
def nanargmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The index of the largest element that is not NaN; -1 where there is none."""
    return _or_none(plain.argmax(_filled(x, -torch.inf), axis, keepdims), x, axis, keepdims)


@op
def nanargmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The index of the smallest element that is not NaN; -1 where there is none."""
    return _or_none(plain.argmin(_filled(x, torch.inf), axis, keepdims), x, axis, keepdims)


def _or_none(found: Tensor, x: Any, axis: int | None, keepdims: bool) -> Tensor:
    return torch.where(plain.any(_present(x), axis, keepdims), found, -1)


@op
def nanmedian(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The median of the elements that are not NaN."""
    return plain._quantile(torch.nanquantile, x, 0.5, axis, "linear", keepdims)


@op
def nanquantile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> Tensor:
    """The quantiles `q` (0 to 1) of the elements that are not NaN."""
    return plain._quantile(torch.nanquantile, x, q, axis, method, keepdims)


@op
def nanpercentile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> Tensor:
    """The percentiles `q` (0 to 100) of the elements that are not NaN."""
    return plain._quantile(torch.nanquantile, x, tensor(q) / 100, axis, method, keepdims)


publish(globals())
