"""RandomFlip and RandomCrop."""

from typing import Annotated, Any

import torch
from torch import Tensor

from torchkeras import ops, random
from torchkeras._fields import Kind, PositiveInt, choice, fields
from torchkeras.layers._windows import DataFormat
from torchkeras.layers.preprocessing._augmentation import AugmentationLayer, enter
from torchkeras.layers.preprocessing._images import SizedImageLayer

__all__ = ["RandomCrop", "RandomFlip"]


@fields
class RandomFlip(AugmentationLayer):
    """Images mirrored or not, at random, while training: ``(b, h, w, c) -> (b, h, w, c)``.

    Args:
        mode: ``"horizontal"`` (left and right change places), ``"vertical"`` or ``"horizontal_and_vertical"``.
        seed: an integer makes the layer's own stream of numbers.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
    """

    mode: Annotated[str, choice("horizontal_and_vertical", "horizontal", "vertical")] = "horizontal_and_vertical"
    seed: int | None = None
    data_format: DataFormat = None

    _masks_follow = True

    def _draw(self, images: Tensor) -> Any:
        return self._uniform(images, shape=(2, 1, 1, 1)) < 0.5

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        if "horizontal" in self.mode:
            images = torch.where(draws[:, 0], images.flip(-1), images)
        if "vertical" in self.mode:
            images = torch.where(draws[:, 1], images.flip(-2), images)
        return images


def _made(value: Any) -> Any:
    return random.make_default_seed() if value is None else value


@fields
class RandomCrop(AugmentationLayer, SizedImageLayer):
    """A window of images, one place for a batch: ``(b, h, w, c) -> (b, height, width, c)``.

    At inference, and where images are smaller than the window, it is the largest one of its proportions in the
    middle, resized. (Keras 3.15 leaves images at inference as they are, against its own words and output shape.)

    Args:
        height, width: the size, in pixels.
        seed: where the layer's stream of numbers starts.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
    """

    height: PositiveInt
    width: PositiveInt
    seed: Annotated[Any, Kind(_made)] = None
    data_format: DataFormat = None
    name: Annotated[Any, Kind(inherited=True)] = None

    _masks_follow = True

    def _unchanged(self, images: Tensor) -> Tensor:
        size = (self.height, self.width)
        images = images.to(self._compute)
        return ops.image.resize(images, size, crop_to_aspect_ratio=True, data_format=self.data_format)

    def _draw(self, images: Tensor) -> Any:
        room = [max(images.shape[2] - self.height, 0) + 1, max(images.shape[3] - self.width, 0) + 1]
        if torch.compiler.is_compiling():  # which knows no numbers of the host
            shares = self._uniform(images[:1], shape=(2,))[0]
            return [(shares[axis] * size).long() for axis, size in enumerate(room)]
        return [int(share * size) for share, size in zip(self._on_host(2), room, strict=True)]

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        if images.shape[2] < self.height or images.shape[3] < self.width:
            size = (self.height, self.width)
            return ops.image.resize(images, size, crop_to_aspect_ratio=True, data_format="channels_first")
        for axis, (start, length) in enumerate(zip(draws, (self.height, self.width), strict=True), 2):
            if isinstance(start, Tensor):
                images = images.index_select(axis, start + torch.arange(length, device=images.device))
            else:
                images = images.narrow(axis, start, length)
        return images


enter(RandomFlip, RandomCrop)
