"""Pooling."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras._shapes import normalize_tuple
from torchkeras.ops._op import Op, op, publish, tensor
from torchkeras.ops.nn._convolution import channels_first, channels_last, check_padding, pad_spatial, same_padding

_MAX: dict[int, Op] = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
_AVERAGE: dict[int, Op] = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}
_ADAPTIVE_MAX: dict[int, Op] = {1: F.adaptive_max_pool1d, 2: F.adaptive_max_pool2d, 3: F.adaptive_max_pool3d}
_ADAPTIVE_AVERAGE: dict[int, Op] = {1: F.adaptive_avg_pool1d, 2: F.adaptive_avg_pool2d, 3: F.adaptive_avg_pool3d}

# Own


@op
def max_pool(
    inputs: Any, pool_size: Any, strides: Any = None, padding: str = "valid", data_format: str | None = None
) -> Tensor:
    """The largest element of each window: ``(b, ..., c) -> (b, ..., c)``."""
    x, size, stride, same, last = _arguments("max_pool", inputs, pool_size, strides, padding, data_format)
    if same:
        low = -torch.inf if x.dtype.is_floating_point else torch.iinfo(x.dtype).min
        x = pad_spatial(x, same_padding(x.shape[2:], size, stride), low)
    found = _MAX[len(size)](x, size, stride)
    return torch.movedim(found, 1, -1) if last else found


@op
def average_pool(
    inputs: Any, pool_size: Any, strides: Any = None, padding: str = "valid", data_format: str | None = None
) -> Tensor:
    """The mean of each window, what ``"same"`` adds at the borders not counted."""
    x, size, stride, same, last = _arguments("average_pool", inputs, pool_size, strides, padding, data_format)
    found = _average_same(x, size, stride) if same else _AVERAGE[len(size)](x, size, stride)
    return torch.movedim(found, 1, -1) if last else found


def _average_same(x: Tensor, size: tuple[int, ...], stride: tuple[int, ...]) -> Tensor:
    widths = same_padding(x.shape[2:], size, stride)
    pool = _AVERAGE[len(size)]
    if all(before == after <= reach // 2 for (before, after), reach in zip(widths, size, strict=True)):
        return pool(x, size, stride, tuple(before for before, _ in widths), count_include_pad=False)
    share = pool(pad_spatial(torch.ones_like(x[:1, :1]), widths), size, stride)
    return pool(pad_spatial(x, widths), size, stride) / share


def _arguments(owner: str, inputs: Any, pool_size: Any, strides: Any, padding: str, data_format: str | None) -> Any:
    x, last = tensor(inputs), channels_last(data_format, owner)
    if not 3 <= x.ndim <= 5:
        raise ValueError(
            f"{owner}: expected inputs with 3 to 5 axes (batch, sizes, channels), got shape {tuple(x.shape)}."
        )
    size = normalize_tuple(pool_size, x.ndim - 2, "pool_size")
    stride = size if strides is None else normalize_tuple(strides, x.ndim - 2, "strides")
    return channels_first(x) if last else x, size, stride, check_padding(padding, owner) == "same", last


@op
def adaptive_max_pool(inputs: Any, output_size: Any, data_format: str | None = None) -> Tensor:
    """The largest element of each of `output_size` windows that cover the axis."""
    return _adaptive(_ADAPTIVE_MAX, "adaptive_max_pool", inputs, output_size, data_format)


@op
def adaptive_average_pool(inputs: Any, output_size: Any, data_format: str | None = None) -> Tensor:
    """The mean of each of `output_size` windows that cover the axis."""
    return _adaptive(_ADAPTIVE_AVERAGE, "adaptive_average_pool", inputs, output_size, data_format)


def _adaptive(functions: dict[int, Op], owner: str, inputs: Any, output_size: Any, data_format: str | None) -> Tensor:
    x, last = tensor(inputs), channels_last(data_format, owner)
    n = x.ndim - 2
    found = functions[n](channels_first(x) if last else x, normalize_tuple(output_size, n, "output_size"))
    return torch.movedim(found, 1, -1) if last else found


publish(globals())
