"""Convolutions and poolings of tensors, with kernels in Keras' layout ``(..., channels, filters)``."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras import ops
from torchkeras._eras.backend._sizes import numbers
from torchkeras._eras.backend._spellings import data_format_of, renamed
from torchkeras.ops._op import op, tensors

_KERAS_1 = renamed(border_mode="padding", dim_ordering="data_format")


def conv1d(
    x: Any,
    kernel: Any,
    strides: int = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: int = 1,
) -> Any:
    """``(b, t, c), (k, c, filters) -> (b, t', filters)``; or `padding` ``"causal"``: none sees later inputs."""
    form = data_format_of(data_format)
    if padding == "causal":
        before = (dilation_rate * (kernel.shape[0] - 1), 0)
        x = ops.pad(x, [(0, 0), before, (0, 0)] if form == "channels_last" else [(0, 0), (0, 0), before])
        padding = "valid"
    return ops.conv(x, kernel, strides, padding, form, dilation_rate)


def _convolution(name: str, n: int) -> Callable[..., Any]:
    @_KERAS_1
    def convolve(
        x: Any,
        kernel: Any,
        strides: Any = (1,) * n,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = (1,) * n,
    ) -> Any:
        return ops.conv(x, kernel, strides, padding, data_format_of(data_format), dilation_rate)

    convolve.__name__ = convolve.__qualname__ = name
    convolve.__doc__ = f"{n}-D convolution: ``(b, ..., c), (..., c, filters) -> (b, ..., filters)``."
    return convolve


conv2d = _convolution("conv2d", 2)
conv3d = _convolution("conv3d", 3)


def _transposed(name: str, n: int) -> Callable[..., Any]:
    @_KERAS_1
    def convolve(
        x: Any,
        kernel: Any,
        output_shape: Any,
        strides: Any = (1,) * n,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = (1,) * n,
    ) -> Any:
        return _conv_transpose(x, kernel, output_shape, strides, padding, data_format_of(data_format), dilation_rate)

    convolve.__name__ = convolve.__qualname__ = name
    convolve.__doc__ = f"The gradient of {n}-D convolution: ``(b, ..., c), (..., filters, c) -> output_shape``."
    return convolve


conv2d_transpose = _transposed("conv2d_transpose", 2)
conv3d_transpose = _transposed("conv3d_transpose", 3)
deconv2d = conv2d_transpose  # Keras 1


@op
def _conv_transpose(
    x: Any, kernel: Any, output_shape: Any, strides: Any, padding: str, data_format: str, dilation_rate: Any
) -> Tensor:
    """The full result, cut to `output_shape`: at both ends for ``"same"``, else at the end."""
    x, kernel = tensors((x, kernel))
    first = 1 if data_format == "channels_last" else 2
    found: Tensor = ops.conv_transpose(x, kernel, strides, "valid", None, data_format, dilation_rate)
    for axis, size in enumerate(numbers(output_shape)[first : first + x.ndim - 2], first):
        surplus = found.shape[axis] - size
        reach = (kernel.shape[axis - first] - 1) * _at(dilation_rate, axis - first) + 1
        total = (x.shape[axis] - 1) * _at(strides, axis - first) + reach - size
        before = max(total, 0) // 2 if padding == "same" else 0
        found = found.narrow(axis, before, size) if surplus >= before else _longer(found, axis, before, size)
    return found


def _at(value: Any, index: int) -> int:
    return value if isinstance(value, int) else value[index]


def _longer(x: Tensor, axis: int, before: int, size: int) -> Tensor:
    kept = x.narrow(axis, before, x.shape[axis] - before)
    extra = list(kept.shape)
    extra[axis] = size - kept.shape[axis]
    return torch.cat([kept, kept.new_zeros(extra)], axis)


@_KERAS_1
def depthwise_conv2d(
    x: Any,
    depthwise_kernel: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = (1, 1),
) -> Any:
    """Convolution of each channel by itself: ``(b, h, w, c), (kh, kw, c, m) -> (b, h', w', c * m)``."""
    return ops.depthwise_conv(x, depthwise_kernel, strides, padding, data_format_of(data_format), dilation_rate)


@_KERAS_1
def separable_conv1d(
    x: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Any:
    """Convolution of each channel by itself, then across channels: ``(b, t, c) -> (b, t', filters)``."""
    form = data_format_of(data_format)
    return ops.separable_conv(x, depthwise_kernel, pointwise_kernel, strides, padding, form, dilation_rate)


@_KERAS_1
def separable_conv2d(
    x: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = (1, 1),
) -> Any:
    """Convolution of each channel by itself, then across channels: ``(b, h, w, c) -> (b, h', w', filters)``."""
    form = data_format_of(data_format)
    return ops.separable_conv(x, depthwise_kernel, pointwise_kernel, strides, padding, form, dilation_rate)


def _pool(x: Any, size: Any, strides: Any, padding: str, data_format: str | None, mode: str) -> Any:
    if mode not in ("max", "avg"):
        raise ValueError(f"`pool_mode` must be 'max' or 'avg', got {mode!r}.")
    pool = ops.max_pool if mode == "max" else ops.average_pool
    return pool(x, size, strides, padding, data_format_of(data_format))


@_KERAS_1
def pool2d(
    x: Any,
    pool_size: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    pool_mode: str = "max",
) -> Any:
    """The largest element of each window, or with ``"avg"`` the mean: ``(b, h, w, c) -> (b, h', w', c)``."""
    return _pool(x, pool_size, strides, padding, data_format, pool_mode)


@_KERAS_1
def pool3d(
    x: Any,
    pool_size: Any,
    strides: Any = (1, 1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    pool_mode: str = "max",
) -> Any:
    """The largest element of each window, or with ``"avg"`` the mean: ``(b, d, h, w, c) -> (b, d', h', w', c)``."""
    return _pool(x, pool_size, strides, padding, data_format, pool_mode)


__all__ = ["conv1d", "conv2d", "conv2d_transpose", "conv3d", "conv3d_transpose", "deconv2d", "depthwise_conv2d"]
__all__ += ["pool2d", "pool3d", "separable_conv1d", "separable_conv2d"]
