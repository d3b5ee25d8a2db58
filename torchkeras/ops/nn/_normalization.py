"""Normalization."""

import math
import warnings
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras import _settings
from torchkeras.ops._op import floats, op, publish, tensor

# Own


def _dims(axis: Any) -> Any:
    return axis if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)


@op
def moments(x: Any, axes: Any, keepdims: bool = False, synchronized: bool = False) -> tuple[Tensor, Tensor]:
    """The mean and the variance over `axes`; half precision is computed in float32 and clipped to its range."""
    x = floats(x)
    half = x.dtype == torch.float16
    variance, mean = torch.var_mean(x.float() if half else x, _dims(axes), correction=0, keepdim=keepdims)
    if not half:
        return mean, variance
    limits = torch.finfo(torch.float16)
    return mean.clamp(limits.min, limits.max).half(), variance.clamp(limits.min, limits.max).half()


@op
def batch_normalization(
    x: Any, mean: Any, variance: Any, axis: int, offset: Any = None, scale: Any = None, epsilon: float = 1e-3
) -> Tensor:
    """``(x - mean) / sqrt(variance + epsilon) * scale + offset``, these having the size of `axis`."""
    x = floats(x)
    axis %= x.ndim
    statistics: list[Any] = [None if item is None else tensor(item).to(x) for item in (mean, variance, scale, offset)]
    for name, item in zip(("mean", "variance"), statistics, strict=False):
        if item is not None and (item.ndim != 1 or item.shape[0] != x.shape[axis]):
            raise ValueError(
                f"batch_normalization: `{name}` must be a vector of the size of axis {axis} of inputs of shape "
                f"{tuple(x.shape)}, got shape {tuple(item.shape)}."
            )
    if any(item is not None and item.requires_grad for item in statistics[:2]):  # torch's kernel takes these as given
        spread: list[Any] = [None if item is None else _spread(item, x, [axis]) for item in statistics]
        return _normalized(x, *spread, epsilon=epsilon)
    mean, variance, scale, offset = statistics
    channels_second = torch.movedim(x, axis, 1) if x.ndim > 1 else x[:, None]
    found = F.batch_norm(channels_second, mean, variance, scale, offset, eps=epsilon)
    return torch.movedim(found, 1, axis) if x.ndim > 1 else found[:, 0]


def _normalized(
    x: Tensor, mean: Tensor, variance: Tensor, scale: Tensor | None, offset: Tensor | None, *, epsilon: float
) -> Tensor:
    found = (x - mean) * torch.rsqrt(variance + epsilon)
    found = found if scale is None else found * scale
    return found if offset is None else found + offset


@op
def layer_normalization(
    x: Any, gamma: Any = None, beta: Any = None, axis: Any = -1, epsilon: float | None = None, **kwargs: Any
) -> Tensor:
    """``(x - mean) / sqrt(variance + epsilon) * gamma + beta``, mean and variance over `axis`.

    ``rms_scaling=True`` (an old spelling of :func:`rms_normalization`) leaves out the mean and `beta`.
    """
    x = floats(x)
    epsilon = _settings.epsilon if epsilon is None else epsilon
    dims = sorted(dim % x.ndim for dim in _dims(axis))
    gamma, beta = (None if item is None else _spread(tensor(item).to(x), x, dims) for item in (gamma, beta))
    if kwargs.pop("rms_scaling", False):
        warnings.warn(
            "You passed `rms_scaling=True`, which is deprecated: it scales by the variance. Use `rms_normalization`.",
            stacklevel=3,
        )
        variance = torch.var(x, dims, correction=0, keepdim=True)
        scaled = x * torch.rsqrt(variance + epsilon)
        return scaled if gamma is None else scaled * gamma
    if dims == list(range(x.ndim - len(dims), x.ndim)) and not (gamma is None and beta is not None):
        shape = x.shape[x.ndim - len(dims) :]
        gamma, beta = (None if item is None else item.reshape(shape) for item in (gamma, beta))
        return F.layer_norm(x, shape, gamma, beta, epsilon)
    variance, mean = torch.var_mean(x, dims, correction=0, keepdim=True)
    return _normalized(x, mean, variance, gamma, beta, epsilon=epsilon)


def _spread(weight: Tensor, x: Tensor, dims: list[int]) -> Tensor:
    """A weight with sizes along `dims`, so that it broadcasts to `x`."""
    sizes = [x.shape[dim] if dim in dims else 1 for dim in range(x.ndim)]
    return weight.reshape(sizes) if weight.numel() == math.prod(sizes) else weight


@op
def rms_normalization(x: Any, scale: Any = None, axis: Any = -1, epsilon: float | None = None) -> Tensor:
    """``x / sqrt(mean(x**2) + epsilon) * scale``, the mean over `axis`."""
    x = floats(x)
    epsilon = _settings.epsilon if epsilon is None else epsilon
    dims = sorted(dim % x.ndim for dim in _dims(axis))
    found = x * torch.rsqrt(torch.mean(torch.square(x), dims, keepdim=True) + epsilon)
    return found if scale is None else found * _spread(tensor(scale).to(x), x, dims)


@op
def normalize(x: Any, axis: Any = -1, order: int = 2, epsilon: float | None = None) -> Tensor:
    """`x` divided by its norm of that `order` over `axis`."""
    if not isinstance(order, int) or order < 1:
        raise ValueError(f"Argument `order` must be an int >= 1. Got order={order!r}.")
    x = floats(x)
    epsilon = _settings.epsilon if epsilon is None else epsilon
    norm = torch.linalg.vector_norm(x, order, dim=_dims(axis), keepdim=True)
    return x / torch.clamp(norm, min=epsilon)


@op
def psnr(x1: Any, x2: Any, max_val: float) -> Tensor:
    """The peak signal-to-noise ratio in decibels: ``20 log10(max_val) - 10 log10(mse)``, a scalar."""
    x1, x2 = floats(x1), floats(x2)
    if x1.shape != x2.shape:
        raise ValueError(f"psnr: the shapes differ: {tuple(x1.shape)} and {tuple(x2.shape)}.")
    limit = floats(max_val).to(x1)
    return 20 * torch.log10(limit) - 10 * torch.log10(torch.mean(torch.square(x1 - x2)))


publish(globals())
