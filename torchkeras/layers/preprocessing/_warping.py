"""Random rotations, shifts, zooms, shears and bends of images."""

import math
from typing import Annotated, Any

import torch
from torch import Tensor

from torchkeras import ops
from torchkeras._fields import Kind, choice, fields
from torchkeras.layers._windows import DataFormat
from torchkeras.layers.preprocessing._augmentation import (
    INFINITE,
    AugmentationLayer,
    Positive,
    Share,
    Turns,
    ValueRange,
    both_ways,
    bounded,
    enter,
)
from torchkeras.ops.image._layout import back_to, in_float
from torchkeras.ops.image._warp import batch_sampled

__all__ = ["RandomElasticTransform", "RandomPerspective", "RandomRotation", "RandomShear"]
__all__ += ["RandomTranslation", "RandomZoom"]

FillMode = Annotated[str, choice("constant", "nearest", "wrap", "mirror", "reflect")]
Interpolation = Annotated[str, choice("nearest", "bilinear")]


def _as_given(least: float) -> Kind:
    """A range of which the config keeps what was given."""
    read = bounded(both_ways, least, INFINITE).convert

    def convert(value: Any) -> Any:
        if value is not None:
            read(value)  # type: ignore[misc]
        return value

    return Kind(convert)


def _range(value: Any) -> tuple[float, float]:
    return bounded(both_ways, -INFINITE, INFINITE).convert(value)  # type: ignore[misc]


Shift = Annotated[Any, _as_given(-1)]


class _AffineLayer(AugmentationLayer):
    """Takes each pixel from another place, by an affine map for each image; masks go along, by nearest pixels."""

    fill_mode: str
    interpolation: str
    fill_value: float

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        return self._warp(images, draws, self.interpolation)

    def _change_masks(self, masks: Tensor, draws: Any) -> Tensor:
        return self._warp(masks, draws, "nearest")

    def _warp(self, images: Tensor, maps: Tensor, interpolation: str) -> Tensor:
        return ops.image.affine_transform(
            images,
            maps,
            interpolation=interpolation,
            fill_mode=self.fill_mode,
            fill_value=self.fill_value,
            data_format="channels_first",
        )

    def _numbers(self, images: Tensor, bounds: tuple[float, float]) -> Tensor:
        return self._uniform(images, bounds, ())


def _maps(like: Tensor, a: tuple[Any, Any, Any], b: tuple[Any, Any, Any]) -> Tensor:
    """``(b, 8)``: a pixel at (x, y) comes from ``(a0 x + a1 y + a2, b0 x + b1 y + b2)``."""
    rows = [torch.as_tensor(value, dtype=like.dtype, device=like.device).expand(len(like)) for value in (*a, *b, 0, 0)]
    return torch.stack(rows, 1)


@fields
class RandomRotation(_AffineLayer):
    """Images turned about their centre while training: ``(b, h, w, c) -> (b, h, w, c)``.

    Args:
        factor: the bounds of the angle in full turns, positive ones counterclockwise; one number is both bounds.
        fill_mode: what comes in from outside: ``"reflect"``, ``"constant"``, ``"wrap"``, ``"nearest"``, ``"mirror"``.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        seed: an integer makes the layer's own stream of numbers.
        fill_value: the number for ``"constant"``.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
    """

    factor: Turns
    fill_mode: FillMode = "reflect"
    interpolation: Interpolation = "bilinear"
    seed: int | None = None
    fill_value: float = 0.0
    data_format: DataFormat = None

    def _draw(self, images: Tensor) -> Any:
        angle = self._numbers(images, self.factor) * (2 * math.pi)
        cos, sin = angle.cos(), angle.sin()
        x, y = (images.shape[3] - 1) / 2, (images.shape[2] - 1) / 2
        return _maps(angle, (cos, -sin, x - cos * x + sin * y), (sin, cos, y - sin * x - cos * y))


@fields
class RandomTranslation(_AffineLayer):
    """Images shifted while training: ``(b, h, w, c) -> (b, h, w, c)``.

    Args:
        height_factor: the bounds of the shift downwards, as shares of the height; one number is both bounds.
        width_factor: likewise to the right.
        fill_mode: what comes in from outside: ``"reflect"``, ``"constant"``, ``"wrap"``, ``"nearest"``, ``"mirror"``.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        seed: an integer makes the layer's own stream of numbers.
        fill_value: the number for ``"constant"``.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
    """

    height_factor: Shift
    width_factor: Shift
    fill_mode: FillMode = "reflect"
    interpolation: Interpolation = "bilinear"
    seed: int | None = None
    fill_value: float = 0.0
    data_format: DataFormat = None

    def _draw(self, images: Tensor) -> Any:
        down = self._numbers(images, _range(self.height_factor)) * images.shape[2]
        right = self._numbers(images, _range(self.width_factor)) * images.shape[3]
        return _maps(down, (1, 0, -right), (0, 1, -down))


@fields
class RandomZoom(_AffineLayer):
    """Images shrunk or enlarged about their centre while training: ``(b, h, w, c) -> (b, h, w, c)``.

    Args:
        height_factor: the bounds of the change: 0.2 shows 20 % more of the height, -0.2 shows less, larger.
        width_factor: likewise for the width; None keeps the proportions.
        fill_mode: what comes in from outside: ``"reflect"``, ``"constant"``, ``"wrap"``, ``"nearest"``, ``"mirror"``.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        seed: an integer makes the layer's own stream of numbers.
        fill_value: the number for ``"constant"``.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
    """

    height_factor: Shift
    width_factor: Shift = None
    fill_mode: FillMode = "reflect"
    interpolation: Interpolation = "bilinear"
    seed: int | None = None
    fill_value: float = 0.0
    data_format: DataFormat = None

    def _draw(self, images: Tensor) -> Any:
        high = self._numbers(images, _range(self.height_factor)) + 1
        wide = high if self.width_factor is None else self._numbers(images, _range(self.width_factor)) + 1
        x, y = (images.shape[3] - 1) / 2, (images.shape[2] - 1) / 2
        return _maps(high, (wide, 0, x - wide * x), (0, high, y - high * y))


@fields
class RandomShear(_AffineLayer):
    """Images sheared while training, to either side: ``(b, h, w, c) -> (b, h, w, c)``.

    Args:
        x_factor: the bounds of the shift of a row by the one above it, in pixels; one number is the upper bound.
        y_factor: likewise for columns.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        fill_mode: what comes in from outside: ``"reflect"``, ``"constant"``, ``"wrap"``, ``"nearest"``, ``"mirror"``.
        fill_value: the number for ``"constant"``.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
        seed: an integer makes the layer's own stream of numbers.
    """

    x_factor: Annotated[Any, bounded(both_ways, -1, 1)] = 0.0
    y_factor: Annotated[Any, bounded(both_ways, -1, 1)] = 0.0
    interpolation: Interpolation = "bilinear"
    fill_mode: FillMode = "reflect"
    fill_value: float = 0.0
    data_format: DataFormat = None
    seed: int | None = None

    def _draw(self, images: Tensor) -> Any:
        side = torch.where(self._numbers(images, (0, 1)) < 0.5, -1.0, 1.0).to(images.dtype)
        x, y = self._numbers(images, self.x_factor), self._numbers(images, self.y_factor)
        return _maps(side, (1, side * x, 0), (side * y, 1, 0))


@fields
class RandomPerspective(AugmentationLayer):
    """Images seen from aside, their corners moved, while training: ``(b, h, w, c) -> (b, h, w, c)``.

    Args:
        factor: the bounds of the probability of a change; one number is the upper bound.
        scale: how far: at 1, corners move up to a quarter of the image in and out.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        fill_value: the number outside the images.
        seed: an integer makes the layer's own stream of numbers.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
    """

    factor: Share = 1.0
    scale: float = 1.0
    interpolation: Interpolation = "bilinear"
    fill_value: float = 0.0
    seed: int | None = None
    data_format: DataFormat = None

    def _draw(self, images: Tensor) -> Any:
        reach = self.scale / 4
        return self._chance(images, self.factor), self._uniform(images, (-reach, reach), (4, 2))

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        return self._warp(images, draws, self.interpolation)

    def _change_masks(self, masks: Tensor, draws: Any) -> Tensor:
        return self._warp(masks, draws, "nearest")

    def _warp(self, images: Tensor, draws: Any, interpolation: str) -> Tensor:
        chosen, moves = draws
        size = moves.new_tensor([images.shape[3] - 1, images.shape[2] - 1])
        corners = moves.new_tensor([[0, 0], [1, 0], [0, 1], [1, 1]])
        start = (corners * size).expand(len(images), 4, 2)
        warped = ops.image.perspective_transform(
            images,
            start,
            start + moves * size,
            interpolation=interpolation,
            fill_value=self.fill_value,
            data_format="channels_first",
        )
        return torch.where(chosen, warped, images)


@fields
class RandomElasticTransform(AugmentationLayer):
    """Images with pixels taken from random places nearby while training: ``(b, h, w, c) -> (b, h, w, c)``.

    Args:
        factor: the bounds of the probability of a change; one number is the upper bound.
        scale: the bounds of the strength: at 1, pixels move by about 3 % of the image; one number is the upper bound.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        fill_mode: what comes in from outside: ``"reflect"``, ``"constant"``, ``"wrap"``, ``"nearest"``, ``"mirror"``.
        fill_value: the number for ``"constant"``.
        value_range: the numbers of black and white.
        seed: an integer makes the layer's own stream of numbers.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
    """

    factor: Share = 1.0
    scale: Positive = 1.0
    interpolation: Interpolation = "bilinear"
    fill_mode: FillMode = "reflect"
    fill_value: float = 0.0
    value_range: ValueRange = (0, 255)
    seed: int | None = None
    data_format: DataFormat = None

    def _draw(self, images: Tensor) -> Any:
        height, width = images.shape[2:]
        size = min(height, width)
        sigma = max(0.05 * max(self.scale) * size, 0.5)  # over how many pixels the displacements change
        reach = min(int(4 * sigma), size) | 1
        noise = self._normal(images, (2, height, width))
        smooth = ops.image.gaussian_blur(noise, (reach, reach), (sigma, sigma), "channels_first")
        # white noise of deviation 1 comes out of the blur with 1 / (2 sqrt(pi) sigma)
        strength = 0.03 * size * 2 * math.sqrt(math.pi) * sigma
        return self._chance(images, self.factor), smooth * strength * self._uniform(images, self.scale)

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        return self._bend(images, draws, self.interpolation).clamp(*self.value_range)

    def _change_masks(self, masks: Tensor, draws: Any) -> Tensor:
        return back_to(self._bend(in_float(masks), draws, "nearest"), masks.dtype)

    def _bend(self, images: Tensor, draws: Any, interpolation: str) -> Tensor:
        chosen, moves = draws
        rows = torch.arange(images.shape[2], device=images.device)[:, None] + moves[:, 0]
        columns = torch.arange(images.shape[3], device=images.device) + moves[:, 1]
        order = 0 if interpolation == "nearest" else 1
        bent = batch_sampled(images, [rows, columns], order, self.fill_mode, self.fill_value)
        return torch.where(chosen, bent, images)


enter(RandomRotation, RandomTranslation, RandomZoom, RandomShear, RandomPerspective, RandomElasticTransform)
