"""Colour spaces."""

from typing import Any

import torch
from torch import Tensor

from torchkeras.ops._op import floats, op, publish
from torchkeras.ops.image._layout import as_batch

# Own


@op
def rgb_to_grayscale(images: Any, data_format: str | None = None) -> Tensor:
    """The luminance ``0.2989 r + 0.587 g + 0.114 b``: 3 channels -> 1."""
    x, undo = as_batch(images, data_format, "rgb_to_grayscale")
    _check_channels("rgb_to_grayscale", x)
    weights = torch.tensor([0.2989, 0.587, 0.114], device=x.device).reshape(1, 3, 1, 1)
    gray = torch.sum(x * weights.to(x.dtype if x.dtype.is_floating_point else torch.float32), 1, keepdim=True)
    return undo(gray.to(x.dtype))


@op
def rgb_to_hsv(images: Any, data_format: str | None = None) -> Tensor:
    """Hue, saturation and value, each from 0 to 1, of RGB images with numbers from 0 to 1."""
    x, undo = as_batch(_floating(images, "rgb_to_hsv"), data_format, "rgb_to_hsv")
    _check_channels("rgb_to_hsv", x)
    red, green, blue = x.unbind(1)
    value = torch.amax(x, 1)
    spread = value - torch.amin(x, 1)
    safe = torch.where(spread > 0, spread, 1)
    hue = torch.where(value == red, (green - blue) / safe, 0)
    hue = torch.where((value == green) & (value != red), (blue - red) / safe + 2, hue)
    hue = torch.where((value == blue) & (value != red) & (value != green), (red - green) / safe + 4, hue)
    hue = torch.where(spread > 0, (hue / 6) % 1, 0)
    saturation = torch.where(value > 0, spread / torch.where(value > 0, value, 1), 0)
    return undo(torch.stack([hue, saturation, value], 1))


@op
def hsv_to_rgb(images: Any, data_format: str | None = None) -> Tensor:
    """RGB images with numbers from 0 to 1 out of hue, saturation and value."""
    x, undo = as_batch(_floating(images, "hsv_to_rgb"), data_format, "hsv_to_rgb")
    _check_channels("hsv_to_rgb", x)
    hue, saturation, value = x.unbind(1)
    shifts = torch.tensor([0.0, 4.0, 2.0], dtype=x.dtype, device=x.device).reshape(1, 3, 1, 1)
    ramp = torch.clamp(torch.abs((hue[:, None] * 6 + shifts) % 6 - 3) - 1, 0, 1)
    return undo(value[:, None] * (1 - saturation[:, None] * (1 - ramp)))


def _check_channels(owner: str, x: Tensor) -> None:
    if x.shape[1] != 3:
        raise ValueError(f"{owner}: Input images must have 3 channels, but received images with {x.shape[1]} channels.")


def _floating(images: Any, owner: str) -> Tensor:
    found = floats(images)
    if getattr(images, "dtype", found.dtype) != found.dtype:
        raise ValueError(f"{owner}: Invalid images dtype: expected float dtype. Got {images.dtype}.")
    return found


publish(globals())
