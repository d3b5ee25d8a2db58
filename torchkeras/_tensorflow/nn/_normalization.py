"""Moments and normalization."""

from typing import Any

import torch.nn.functional as F

from torchkeras import ops
from torchkeras._tensorflow._rows import own, own_op, publish
from torchkeras.ops._op import tensor


@own
def moments(x: Any, axes: Any, shift: Any = None, keepdims: Any = None, keep_dims: Any = None) -> Any:
    """The mean and the variance over `axes`."""
    axes = axes if isinstance(axes, int) else tuple(int(axis) for axis in axes)
    return ops.moments(x, axes, bool(keep_dims if keepdims is None else keepdims))


@own
def batch_normalization(x: Any, mean: Any, variance: Any, offset: Any, scale: Any, variance_epsilon: float) -> Any:
    """``(x - mean) / sqrt(variance + variance_epsilon) * scale + offset``; the last two may be None."""
    factor = ops.rsqrt(ops.add(variance, variance_epsilon))
    factor = factor if scale is None else ops.multiply(factor, scale)
    found = ops.multiply(ops.subtract(x, mean), factor)
    return found if offset is None else ops.add(found, offset)


@own_op
def local_response_normalization(
    input: Any, depth_radius: int = 5, bias: float = 1.0, alpha: float = 1.0, beta: float = 0.5
) -> Any:
    """Each element over a power of the sum of squares in the channels around: ``(b, h, w, c)`` to the same."""
    x, size = tensor(input).movedim(-1, 1), 2 * depth_radius + 1
    return F.local_response_norm(x, size, alpha * size, beta, bias).movedim(1, -1)


lrn = local_response_normalization


publish(globals())
