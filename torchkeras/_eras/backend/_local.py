"""Convolutions that have another kernel at each place, biases, and batch normalization."""

import math
from typing import Any

import torch
from torch import Tensor

from torchkeras import ops
from torchkeras._eras.backend._sizes import int_shape
from torchkeras._eras.backend._spellings import data_format_of, renamed
from torchkeras.ops._op import op, tensors


def local_conv1d(inputs: Any, kernel: Any, kernel_size: Any, strides: Any, data_format: str | None = None) -> Any:
    """``(b, t, c), (t', k * c, filters) -> (b, t', filters)``."""
    return _local(inputs, kernel, kernel_size, strides, data_format_of(data_format))


def local_conv2d(
    inputs: Any, kernel: Any, kernel_size: Any, strides: Any, output_shape: Any, data_format: str | None = None
) -> Any:
    """``(b, h, w, c), (h' * w', kh * kw * c, filters) -> (b, h', w', filters)``; `output_shape` is (h', w')."""
    return _local(inputs, kernel, kernel_size, strides, data_format_of(data_format))


@op
def _local(inputs: Any, kernel: Any, kernel_size: Any, strides: Any, data_format: str) -> Tensor:
    x, kernel = tensors((inputs, kernel))
    first = data_format == "channels_first"
    n = x.ndim - 2
    sizes = (kernel_size,) * n if isinstance(kernel_size, int) else tuple(kernel_size)
    steps = (strides,) * n if isinstance(strides, int) else tuple(strides)
    windows = torch.movedim(x, 1, -1) if first else x
    for axis, (size, step) in enumerate(zip(sizes, steps, strict=True), 1):
        windows = windows.unfold(axis, size, step)  # (b, *places, c, *sizes)
    places = windows.shape[1 : n + 1]
    # the channels of a window come last where they do so in the images
    windows = windows if first else torch.movedim(windows, n + 1, -1)
    flat = windows.reshape(x.shape[0], math.prod(places), kernel.shape[1])
    found = torch.einsum("bpk,pkf->bpf", flat, kernel).reshape(x.shape[0], *places, kernel.shape[-1])
    return torch.movedim(found, -1, 1) if first else found


@renamed(dim_ordering="data_format")
def bias_add(x: Any, bias: Any, data_format: str | None = None) -> Any:
    """`x` plus a bias for each channel ``(c,)``, or for each place and channel ``(..., c)``."""
    form, axes, sizes = data_format_of(data_format), len(int_shape(x)), int_shape(bias)
    if len(sizes) not in (1, axes - 1):
        raise ValueError(
            f"K.bias_add: for `x` of shape {int_shape(x)} `bias` must have 1 or {axes - 1} axes, got shape {sizes}."
        )
    if form == "channels_last" or axes < 3:
        return ops.add(x, bias)
    if len(sizes) == 1:
        return ops.add(x, ops.reshape(bias, (1, -1, *[1] * (axes - 2))))
    return ops.add(x, ops.reshape(bias, (1, sizes[-1], *sizes[:-1])))


def batch_normalization(
    x: Any, mean: Any, var: Any, beta: Any, gamma: Any, axis: int = -1, epsilon: float = 1e-3
) -> Any:
    """``(x - mean) / sqrt(var + epsilon) * gamma + beta``; vectors over `axis`, or shapes that broadcast."""
    mean, var, beta, gamma = (
        None if p is None else _along(p, len(int_shape(x)), axis) for p in (mean, var, beta, gamma)
    )
    found = ops.multiply(ops.subtract(x, mean), ops.rsqrt(ops.add(var, epsilon)))
    found = found if gamma is None else ops.multiply(found, gamma)
    return found if beta is None else ops.add(found, beta)


def _along(parameter: Any, axes: int, axis: int) -> Any:
    """A vector in the shape in which it broadcasts along `axis`."""
    if len(int_shape(parameter)) != 1 or axis in (-1, axes - 1):
        return parameter
    return ops.reshape(parameter, [-1 if index == axis % axes else 1 for index in range(axes)])


def normalize_batch_in_training(
    x: Any, gamma: Any, beta: Any, reduction_axes: Any, epsilon: float = 1e-3
) -> tuple[Any, Any, Any]:
    """``x`` normalized by its own mean and variance over `reduction_axes`, and these two."""
    axes = tuple(axis % len(int_shape(x)) for axis in reduction_axes)
    mean, var = ops.moments(x, axes)
    shape = [1 if index in axes else -1 if size is None else size for index, size in enumerate(int_shape(x))]
    center, spread, offset, scale = (None if p is None else ops.reshape(p, shape) for p in (mean, var, beta, gamma))
    return batch_normalization(x, center, spread, offset, scale, epsilon=epsilon), mean, var


__all__ = ["batch_normalization", "bias_add", "local_conv1d", "local_conv2d", "normalize_batch_in_training"]
