"""Functions that take axes away, or run along one."""

import math
from typing import Any

import torch
from torch import Tensor

from torchkeras import ops
from torchkeras._eras.backend._sizes import Sizes, known
from torchkeras.ops._op import Op, op, tensor

# Renames

all = ops.all
any = ops.any
logsumexp = ops.logsumexp
max = ops.amax
mean = ops.mean
min = ops.amin
std = ops.std
sum = ops.sum
var = ops.var

# Own (other defaults, other dtypes)


def prod(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The product over `axis`; of a shape, a number."""
    if isinstance(x, Sizes) and known(x):
        return math.prod(x)
    return ops.prod(x, axis, keepdims)


def cumsum(x: Any, axis: int = 0) -> Any:
    """Running sums along `axis`."""
    return ops.cumsum(x, axis)


def cumprod(x: Any, axis: int = 0) -> Any:
    """Running products along `axis`."""
    return ops.cumprod(x, axis)


@op
def argmax(x: Any, axis: int | None = -1) -> Tensor:
    """The int64 index of the largest element along `axis`."""
    return _index(torch.argmax, x, axis)


@op
def argmin(x: Any, axis: int | None = -1) -> Tensor:
    """The int64 index of the smallest element along `axis`."""
    return _index(torch.argmin, x, axis)


def _index(function: Op, x: Any, axis: int | None) -> Tensor:
    x = tensor(x)
    return function(x.int() if x.dtype == torch.bool else x, axis)


def l2_normalize(x: Any, axis: Any = None) -> Any:
    """`x` divided by its Euclidean norm over `axis` (at least 1e-6)."""
    squares = ops.sum(ops.square(x), axis, keepdims=True)
    return ops.multiply(x, ops.rsqrt(ops.maximum(squares, 1e-12)))


def in_top_k(predictions: Any, targets: Any, k: int) -> Any:
    """Whether each target is among the `k` largest predictions: ``(b, classes), (b,) -> (b,)``."""
    return ops.in_top_k(targets, predictions, k)


__all__ = [
    "all",
    "any",
    "argmax",
    "argmin",
    "cumprod",
    "cumsum",
    "in_top_k",
    "l2_normalize",
    "logsumexp",
    "max",
    "mean",
]
__all__ += ["min", "prod", "std", "sum", "var"]
