"""Convolutions. Channels-last inputs are permuted views, so torch computes on them where they lie (D3)."""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras import _settings
from torchkeras._shapes import normalize_tuple
from torchkeras.ops._op import Op, op, publish, tensor, tensors

_CONV: dict[int, Op] = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
_TRANSPOSED: dict[int, Op] = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}


def channels_last(data_format: str | None, owner: str) -> bool:
    """Whether the channels are the last axis; None asks the settings."""
    data_format = data_format or _settings.image_data_format
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError(f"{owner}: `data_format` must be 'channels_last' or 'channels_first', got {data_format!r}.")
    return data_format == "channels_last"


def channels_first(x: Tensor) -> Tensor:
    """``(b, ..., c) -> (b, c, ...)``, a view."""
    return torch.movedim(x, -1, 1)


def same_padding(sizes: Sequence[int], window: Sequence[int], strides: Sequence[int]) -> list[tuple[int, int]]:
    """Elements before and after each axis, so that the result has ``ceil(size / stride)`` of them."""
    out = []
    for size, reach, stride in zip(sizes, window, strides, strict=True):
        total = max((-(-size // stride) - 1) * stride + reach - size, 0)
        out.append((total // 2, total - total // 2))
    return out


def pad_spatial(x: Tensor, widths: Sequence[tuple[int, int]], value: float = 0) -> Tensor:
    """The last axes made larger."""
    return F.pad(x, [width for pair in reversed(widths) for width in pair], value=value)


def check_padding(padding: Any, owner: str) -> str:
    """`padding` in lower case."""
    if not isinstance(padding, str) or padding.lower() not in ("valid", "same"):
        raise ValueError(f"{owner}: `padding` must be 'valid' or 'same', got {padding!r}.")
    return padding.lower()


# Own


@op
def conv(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """N-D convolution (N = 1, 2, 3): ``(b, ..., c), (..., c / groups, filters) -> (b, ..., filters)``."""
    return _conv("conv", inputs, kernel, strides, padding, data_format, dilation_rate)


@op
def depthwise_conv(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """Convolution of each channel by itself: ``(b, ..., c), (..., c, m) -> (b, ..., c * m)``."""
    kernel = tensor(kernel)
    kernel = kernel.reshape(*kernel.shape[:-2], 1, -1)
    return _conv("depthwise_conv", inputs, kernel, strides, padding, data_format, dilation_rate)


@op
def separable_conv(
    inputs: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """:func:`depthwise_conv`, then a convolution of width 1 that mixes the channels."""
    x = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(x, pointwise_kernel, 1, "valid", data_format)


def _conv(
    owner: str, inputs: Any, kernel: Any, strides: Any, padding: str, data_format: str | None, dilation_rate: Any
) -> Tensor:
    x, kernel = tensors((inputs, kernel))
    n, last = _dimensions(owner, x), channels_last(data_format, owner)
    stride, dilation = normalize_tuple(strides, n, "strides"), normalize_tuple(dilation_rate, n, "dilation_rate")
    if last:
        x = channels_first(x)
    if check_padding(padding, owner) == "same":
        window = [rate * (size - 1) + 1 for size, rate in zip(kernel.shape[:n], dilation, strict=True)]
        x = pad_spatial(x, same_padding(x.shape[2:], window, stride))
    groups = _groups(owner, x.shape[1], kernel.shape)
    weight = kernel.permute(n + 1, n, *range(n))
    found = _CONV[n](x, weight, None, stride, 0, dilation, groups)
    return torch.movedim(found, 1, -1) if last else found


def _dimensions(owner: str, x: Tensor) -> int:
    if not 3 <= x.ndim <= 5:
        raise ValueError(
            f"{owner}: expected inputs with 3 to 5 axes (batch, sizes, channels), got shape {tuple(x.shape)}."
        )
    return x.ndim - 2


def _groups(owner: str, channels: int, kernel: Sequence[int]) -> int:
    if channels % kernel[-2]:
        raise ValueError(
            f"{owner}: the number of input channels must match the kernel: {channels} channels are no multiple of the "
            f"{kernel[-2]} of the kernel, whose shape is {tuple(kernel)}."
        )
    return channels // kernel[-2]


@op
def conv_transpose(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    output_padding: Any = None,
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """The gradient of a convolution as a layer: ``(b, ..., c), (..., filters, c) -> (b, ..., filters)``."""
    x, kernel = tensors((inputs, kernel))
    n, last = _dimensions("conv_transpose", x), channels_last(data_format, "conv_transpose")
    stride, dilation = normalize_tuple(strides, n, "strides"), normalize_tuple(dilation_rate, n, "dilation_rate")
    extra = (None,) * n if output_padding is None else normalize_tuple(output_padding, n, "output_padding", zero=True)
    same = check_padding(padding, "conv_transpose") == "same"
    cuts = [transposed_cut(*row, same) for row in zip(kernel.shape[:n], stride, dilation, extra, strict=True)]
    found = _transposed(channels_first(x) if last else x, kernel.permute(n + 1, n, *range(n)), stride, dilation, cuts)
    return torch.movedim(found, 1, -1) if last else found


def _transposed(
    x: Tensor, weight: Tensor, stride: tuple[int, ...], dilation: tuple[int, ...], cuts: list[tuple[int, int]]
) -> Tensor:
    """The full result without `cuts` at the ends of the axes; torch cuts as much at both, and adds at the end."""
    function = _TRANSPOSED[x.ndim - 2]
    added = [before - after for before, after in cuts]
    if all(0 <= more < step for more, step in zip(added, stride, strict=True)):
        return function(x, weight, None, stride, [before for before, _ in cuts], added, 1, dilation)
    full = function(x, weight, None, stride, 0, 0, 1, dilation)
    return pad_spatial(full, [(-before, -after) for before, after in cuts])


def transposed_cut(size: int, stride: int, dilation: int, output_padding: int | None, same: bool) -> tuple[int, int]:
    """What goes at each end of one axis of the full result; negative: zeros are added."""
    reach = dilation * (size - 1) + 1
    if not same:
        return 0, min(reach - stride, 0) if output_padding is None else -output_padding
    total = reach - stride if output_padding is None else 2 * (reach // 2) - output_padding
    before = max(total, 0) // 2
    return before, total - before


publish(globals())
