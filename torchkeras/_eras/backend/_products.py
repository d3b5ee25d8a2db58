"""Products of tensors."""

import math
from typing import Any

import torch
from torch import Tensor

from torchkeras import ops
from torchkeras.ops._op import op, tensors


def dot(x: Any, y: Any) -> Any:
    """The sum over the last axis of `x` and the last but one of `y`: ``(..., k), (..., k, n) -> (..., ..., n)``."""
    return ops.dot(x, y)


@op
def batch_dot(x: Any, y: Any, axes: Any = None) -> Tensor:
    """For each sample the sum of products over one axis of `x` and one of `y`.

    ``(b, ..., k), (b, k, ...) -> (b, ..., ...)``, the other axes of `x`, then of `y`; ``(b, k), (b, k) -> (b, 1)``.

    Up to Keras 2.2 axes before the last two were batches, too, and the layers of that time count on it: where they
    match, so they are here: ``(b, h, n, k), (b, h, m, k)`` with `axes` 3 give ``(b, h, n, m)``.

    Args:
        x: a tensor with two axes or more.
        y: another one with the same batch size.
        axes: the axis of both, or a pair; by default the last of `x`, and of `y` the last but one (of two: the last).
    """
    x, y = tensors((x, y))
    if x.ndim < 2 or y.ndim < 2:
        raise ValueError(
            f"K.batch_dot: expected tensors with two axes or more, got shapes {tuple(x.shape)} and {tuple(y.shape)}."
        )
    first, second = _axes(x, y, axes)
    if max(x.ndim, y.ndim) > 3 and _are_batches(x, y, first, second):
        return _product_of_batches(x, y, first, second)
    x, y = torch.movedim(x, first, -1), torch.movedim(y, second, 1)
    rows, columns = x.shape[1:-1], y.shape[2:]
    found = torch.bmm(x.reshape(x.shape[0], math.prod(rows), x.shape[-1]), y.reshape(*y.shape[:2], math.prod(columns)))
    return found.reshape(found.shape[0], *(rows + columns or (1,)))


def _are_batches(x: Tensor, y: Tensor, first: int, second: int) -> bool:
    """Whether all axes before the last two are alike in both, a missing last one of the smaller tensor filled up."""
    ndim = max(x.ndim, y.ndim)
    if min(x.ndim, y.ndim) < ndim - 1 or min(first, second) < ndim - 2:
        return False
    return x.shape[1 : ndim - 2] == y.shape[1 : ndim - 2]


def _product_of_batches(x: Tensor, y: Tensor, first: int, second: int) -> Tensor:
    left = torch.movedim(x, first, -1) if x.ndim >= y.ndim else x[..., None, :]
    right = torch.movedim(y, second, -2) if y.ndim >= x.ndim else y[..., None]
    found = torch.matmul(left, right)
    return found.squeeze(-2) if x.ndim < y.ndim else found.squeeze(-1) if y.ndim < x.ndim else found


def _axes(x: Tensor, y: Tensor, axes: Any) -> tuple[int, int]:
    if axes is None:
        axes = (x.ndim - 1, 1 if y.ndim == 2 else y.ndim - 2)
    first, second = (axes, axes) if isinstance(axes, int) else axes
    first, second = first % x.ndim, second % y.ndim
    if first == 0 or second == 0:
        raise ValueError(f"K.batch_dot: axis 0 is the batch and cannot be summed over, got axes={axes}.")
    if x.shape[first] != y.shape[second]:
        raise ValueError(
            f"K.batch_dot: axis {first} of shape {tuple(x.shape)} and axis {second} of shape {tuple(y.shape)} "
            "differ in size."
        )
    return first, second


__all__ = ["batch_dot", "dot"]
