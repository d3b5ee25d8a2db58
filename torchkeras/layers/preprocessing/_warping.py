"""Random rotations, shifts, zooms and shears of images."""

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
    Turns,
    both_ways,
    bounded,
    enter,
)

__all__ = ["RandomRotation", "RandomShear", "RandomTranslation", "RandomZoom"]

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
    # a number is filled in on the device: it never has to be copied there
    rows = [value if isinstance(value, Tensor) else like.new_full((len(like),), value) for value in (*a, *b, 0, 0)]
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


enter(RandomRotation, RandomTranslation, RandomZoom, RandomShear)
