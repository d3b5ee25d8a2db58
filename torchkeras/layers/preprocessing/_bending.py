"""Random perspectives and elastic bends of images."""

import math
from typing import Any

import torch
from torch import Tensor

from torchkeras import ops
from torchkeras._fields import fields
from torchkeras.layers._windows import DataFormat
from torchkeras.layers.preprocessing._augmentation import AugmentationLayer, Positive, Share, ValueRange, enter
from torchkeras.layers.preprocessing._warping import FillMode, Interpolation
from torchkeras.ops.image._layout import back_to, in_float
from torchkeras.ops.image._warp import batch_sampled

__all__ = ["RandomElasticTransform", "RandomPerspective"]


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


enter(RandomPerspective, RandomElasticTransform)
