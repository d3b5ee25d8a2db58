"""Functions that take axes away, and those that run along one."""

from typing import Any

import torch

from torchkeras import ops
from torchkeras._dtypes import is_int_dtype, of
from torchkeras._structures import leaves
from torchkeras._tensorflow._dtypes import as_dtype
from torchkeras._tensorflow._rows import Function, own, own_op, publish, reduction
from torchkeras.ops._op import floats, tensor

# Renames


def _over(function: Function) -> Function:
    """The reduction, with `axis` also in a tensor or an array."""

    def reduce(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        if axis is not None and type(axis) is not int:
            axis = _axes(axis)
        return function(x, axis, bool(keepdims))

    reduce.__name__ = function.__name__
    return reduction(reduce)


def _axes(axis: Any) -> Any:
    if hasattr(axis, "tolist"):
        return axis.tolist()
    return int(axis) if hasattr(axis, "__index__") else [int(each) for each in axis]


reduce_all = _over(ops.all)
reduce_any = _over(ops.any)
reduce_logsumexp = _over(ops.logsumexp)
reduce_max = _over(ops.max)
reduce_min = _over(ops.min)
reduce_prod = _over(ops.prod)
reduce_std = _over(ops.std)
reduce_sum = _over(ops.sum)
reduce_variance = _over(ops.var)

# Own


def _mean(x: Any, axis: Any, keepdims: bool) -> Any:
    """The mean; of integers it is an integer, its fraction cut off."""
    dtype = getattr(x, "dtype", None)
    if dtype is None:
        x = tensor(x)
        dtype = x.dtype
    found = ops.mean(x, axis, keepdims)
    return found if getattr(dtype, "is_floating_point", False) or not is_int_dtype(of(x)) else ops.cast(found, dtype)


reduce_mean = _over(_mean)


@own
def reduce_euclidean_norm(input_tensor: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The square root of the sum of squares over `axis`."""
    return ops.sqrt(reduce_sum(ops.square(input_tensor), axis, keepdims))


@own
def count_nonzero(
    input: Any = None, axis: Any = None, keepdims: bool = False, dtype: Any = torch.int64, input_tensor: Any = None
) -> Any:
    """How many elements over `axis` are not 0."""
    x = input_tensor if input is None else input
    return ops.cast(reduce_sum(ops.cast(ops.not_equal(x, 0), "int32"), axis, keepdims), as_dtype(dtype))


@own
def zero_fraction(value: Any) -> Any:
    """The share of elements that are 0."""
    return ops.mean(ops.cast(ops.equal(value, 0), "float32"))


@own
def argmax(input: Any, axis: Any = None, output_type: Any = torch.int64, dimension: Any = None) -> Any:
    """The index of the largest element along `axis`, which is 0 if not given."""
    return _place(ops.argmax, input, dimension if axis is None else axis, output_type)


@own
def argmin(input: Any, axis: Any = None, output_type: Any = torch.int64, dimension: Any = None) -> Any:
    """The index of the smallest element along `axis`, which is 0 if not given."""
    return _place(ops.argmin, input, dimension if axis is None else axis, output_type)


def _place(function: Function, x: Any, axis: Any, output_type: Any) -> Any:
    return ops.cast(function(x, 0 if axis is None else int(axis)), as_dtype(output_type))


@own_op
def cumsum(x: Any, axis: int = 0, exclusive: bool = False, reverse: bool = False) -> Any:
    """Running sums along `axis`; with `exclusive` each without its own element, with `reverse` from the end."""
    x = tensor(x)
    sums = _running(torch.cumsum, x, axis, reverse)
    return sums - x if exclusive else sums


@own_op
def cumprod(x: Any, axis: int = 0, exclusive: bool = False, reverse: bool = False) -> Any:
    """Running products along `axis`; `exclusive` and `reverse` as for :func:`cumsum`."""
    x = tensor(x)
    if exclusive:
        one, count = torch.ones_like(x.narrow(axis, 0, 1)), x.shape[axis] - 1
        parts = [x.narrow(axis, 1, count), one] if reverse else [one, x.narrow(axis, 0, count)]
        x = torch.cat(parts, axis)
    return _running(torch.cumprod, x, axis, reverse)


def _running(function: Function, x: torch.Tensor, axis: int, reverse: bool) -> torch.Tensor:
    if reverse:
        return function(x.flip(axis), axis, dtype=x.dtype).flip(axis)
    return function(x, axis, dtype=x.dtype)


@own_op
def cumulative_logsumexp(x: Any, axis: int = 0) -> Any:
    """``log(cumsum(exp(x)))`` along `axis`, without overflow."""
    return torch.logcumsumexp(floats(x), axis)


@own_op
def add_n(inputs: Any) -> Any:
    """The sum of a list of tensors of one shape."""
    return sum(map(tensor, inputs[1:]), start=tensor(inputs[0]))


accumulate_n = add_n


@own_op
def sort(values: Any, axis: int = -1, direction: str = "ASCENDING") -> Any:
    """The elements along `axis` in order; `direction` is ``"ASCENDING"`` or ``"DESCENDING"``."""
    return torch.sort(tensor(values), dim=axis, descending=direction == "DESCENDING", stable=True).values


@own_op
def argsort(values: Any, axis: int = -1, direction: str = "ASCENDING", stable: bool = False) -> Any:
    """The indices that put the elements along `axis` in order, in int32."""
    return torch.argsort(tensor(values), dim=axis, descending=direction == "DESCENDING", stable=True).to(torch.int32)


@own_op
def l2_normalize(x: Any, axis: Any = None, epsilon: float = 1e-12, dim: Any = None) -> Any:
    """`x` over the norm along `axis`, which counts as the root of `epsilon` at least."""
    x = tensor(x)
    square = ops.sum(torch.square(x), dim if axis is None else axis, keepdims=True)
    return x * torch.rsqrt(torch.clamp(square, min=epsilon))


@own_op
def global_norm(t_list: Any) -> Any:
    """The norm of all tensors of the list together; those that are None do not count."""
    return torch.sqrt(torch.stack([tensor(item).square().sum() for item in leaves(t_list) if item is not None]).sum())


@own_op
def clip_by_global_norm(t_list: Any, clip_norm: Any, use_norm: Any = None) -> Any:
    """The tensors, all scaled down by one factor where their common norm exceeds `clip_norm`; and that norm."""
    norm = global_norm(t_list) if use_norm is None else tensor(use_norm)
    scale = tensor(clip_norm, norm.dtype) / torch.clamp(norm, min=tensor(clip_norm, norm.dtype))
    return [item if item is None else tensor(item) * scale for item in t_list], norm


@own_op
def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None) -> Any:
    """`t` scaled down where its norm (over `axes`) exceeds `clip_norm`."""
    t = tensor(t)
    square = ops.sum(ops.square(t), axes, keepdims=True)
    norm = torch.sqrt(torch.where(square > 0, square, torch.ones_like(square)))
    limit = tensor(clip_norm, t.dtype)
    return t * limit / torch.maximum(torch.where(square > 0, norm, square), limit)


publish(globals())
