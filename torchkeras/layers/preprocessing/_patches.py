"""Random blurring, sharpening and erasing."""

from typing import Annotated, Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras._errors import brief
from torchkeras._fields import Kind, fields, sizes
from torchkeras.layers._windows import DataFormat
from torchkeras.layers.preprocessing._augmentation import (
    AugmentationLayer,
    ColorLayer,
    Positive,
    Share,
    ValueRange,
    bounded,
    enter,
    from_zero,
)

__all__ = ["RandomErasing", "RandomGaussianBlur", "RandomSharpness"]


def filtered(images: Tensor, kernels: Tensor) -> Tensor:
    """Every channel of each image ``(b, c, h, w)`` under the image's kernel ``(b, kh, kw)``; outside is 0."""
    batch, channels, height, width = images.shape
    rows, columns = kernels.shape[1:]
    pads = [(columns - 1) // 2, columns // 2, (rows - 1) // 2, rows // 2]
    weight = kernels.repeat_interleave(channels, 0)[:, None]
    flat = F.pad(images.reshape(1, batch * channels, height, width), pads)
    return F.conv2d(flat, weight.to(images.dtype), groups=batch * channels).reshape(images.shape)


@fields
class RandomGaussianBlur(ColorLayer):
    """Blurred images, each with a probability, while training: ``(b, h, w, c) -> (b, h, w, c)``.

    Args:
        factor: the bounds of the probability; one number is the upper bound.
        kernel_size: height and width of the neighbourhood, in pixels.
        sigma: the bounds of the standard deviation of its weights, in pixels; one number is the upper bound.
        value_range: the numbers of black and white.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
        seed: an integer makes the layer's own stream of numbers.
    """

    factor: Share = 1.0
    kernel_size: Annotated[Any, sizes(2)] = 3
    sigma: Positive = 1.0
    value_range: ValueRange = (0, 255)
    data_format: DataFormat = None
    seed: int | None = None

    def _draw(self, images: Tensor) -> Any:
        return self._chance(images, self.factor), self._uniform(images, self.sigma, (2, 1)).clamp(min=1e-3)

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        chosen, sigma = draws
        down, along = (_weights(size, sigma[:, axis]) for axis, size in enumerate(self.kernel_size))
        return torch.where(chosen, self._clip(filtered(images, down[:, :, None] * along[:, None])), images)


def _weights(size: int, sigma: Tensor) -> Tensor:
    """Weights of normal distributions, of sum 1: ``(b, 1) -> (b, size)``."""
    offsets = torch.arange(size, dtype=sigma.dtype, device=sigma.device) - (size - 1) / 2
    return torch.softmax(-(offsets**2) / (2 * sigma**2), -1)


@fields
class RandomSharpness(ColorLayer):
    """Images made sharper or smoother while training: ``(b, h, w, c) -> (b, h, w, c)``.

    Args:
        factor: the bounds of the strength: 0 smooths, 0.5 leaves the image, 1 sharpens; one number is the upper bound.
        value_range: the numbers of black and white.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
        seed: an integer makes the layer's own stream of numbers.
    """

    factor: Share
    value_range: ValueRange = (0, 255)
    data_format: DataFormat = None
    seed: int | None = None

    def _draw(self, images: Tensor) -> Any:
        return self._uniform(images, self.factor)

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        kernel = images.new_ones(3, 3)
        kernel[1, 1] = 5
        kernel = kernel / 13  # the smoothing of the imaging library PIL
        smooth = filtered(images, kernel.expand(len(images), 3, 3))
        return self._clip(smooth + (images - smooth) * (2 * draws))


def _scale(value: Any) -> Any:
    found = bounded(from_zero, 0, 1).convert(value)  # type: ignore[misc]
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"expected a pair of shares of the image's area, got {brief(value)}.")
    return found


@fields
class RandomErasing(AugmentationLayer):
    """A random rectangle of each image overwritten, while training: ``(b, h, w, c) -> (b, h, w, c)``.

    Zhong et al., 2017, arXiv:1708.04896.

    Args:
        factor: the bounds of the probability; one number is the upper bound.
        scale: the bounds of the rectangle's share of the area; it has the proportions of the image.
        fill_value: what is written; None for normal noise about the middle of `value_range`.
        value_range: the numbers of black and white.
        seed: an integer makes the layer's own stream of numbers.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
    """

    factor: Share = 1.0
    scale: Annotated[Any, Kind(_scale)] = (0.02, 0.33)
    fill_value: Any = None
    value_range: ValueRange = (0, 255)
    seed: int | None = None
    data_format: DataFormat = None

    _moves_pixels = False

    def _draw(self, images: Tensor) -> Any:
        side = self._uniform(images, self.scale, ()).sqrt()
        return self._chance(images, self.factor) & inside(images, side, self._uniform(images, shape=(2,)))

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        low, high = self.value_range
        if self.fill_value is None:
            noise = self._normal(images, images.shape[1:]) * ((high - low) / 4) + (high + low) / 2
            return torch.where(draws, noise.clamp(low, high), images)
        return images.masked_fill(draws, self.fill_value)


def inside(images: Tensor, side: Tensor, places: Tensor) -> Tensor:
    """Which pixels lie in a rectangle of each image: ``(b, 1, h, w)``.

    Args:
        side: ``(b,)``: its sides, as shares of the image's.
        places: ``(b, 2)``: where it lies in the room that is left, from 0 to 1.
    """
    found: Any = True
    for axis in (2, 3):
        size = images.shape[axis]
        length = (side * size).round()
        start = (places[:, axis - 2] * (size - length + 1)).floor().clamp(max=size)
        pixels = torch.arange(size, device=images.device)
        within = (pixels >= start[:, None]) & (pixels < (start + length)[:, None])
        found = found & within.unsqueeze(1).unsqueeze(5 - axis)
    result: Tensor = found
    return result


enter(RandomGaussianBlur, RandomSharpness, RandomErasing)
