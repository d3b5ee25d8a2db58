"""Resizing and CenterCrop: images of one size out of images of any size."""

from torch import Tensor

from torchkeras import _registry, ops
from torchkeras._fields import PositiveInt, fields
from torchkeras.layers._windows import DataFormat
from torchkeras.layers.preprocessing._images import SizedImageLayer

__all__ = ["CenterCrop", "Resizing"]


@fields
class Resizing(SizedImageLayer):
    """Images of size `height` x `width`: ``(b, h, w, c) -> (b, height, width, c)``; integers stay integers.

    Args:
        height, width: the size, in pixels.
        interpolation: ``"bilinear"``, ``"nearest"``, ``"bicubic"``, ``"lanczos3"``, ``"lanczos5"``.
        crop_to_aspect_ratio: whether to cut the sides off instead of distorting.
        pad_to_aspect_ratio: whether to fill the sides up instead of distorting.
        fill_mode: how: ``"constant"``.
        fill_value: with what.
        antialias: whether to smooth before shrinking.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
    """

    height: PositiveInt
    width: PositiveInt
    interpolation: str = "bilinear"
    crop_to_aspect_ratio: bool = False
    pad_to_aspect_ratio: bool = False
    fill_mode: str = "constant"
    fill_value: float = 0.0
    antialias: bool = False
    data_format: DataFormat = None

    def transform_images(self, images: Tensor) -> Tensor:
        return ops.image.resize(
            images,
            (self.height, self.width),
            interpolation=self.interpolation,
            antialias=self.antialias,
            crop_to_aspect_ratio=self.crop_to_aspect_ratio,
            pad_to_aspect_ratio=self.pad_to_aspect_ratio,
            fill_mode=self.fill_mode,
            fill_value=self.fill_value,
            data_format=self.data_format,
        )


@fields
class CenterCrop(SizedImageLayer):
    """The middle of images: ``(b, h, w, c) -> (b, height, width, c)``; smaller images are enlarged first.

    Args:
        height, width: the size, in pixels.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
    """

    height: PositiveInt
    width: PositiveInt
    data_format: DataFormat = None

    def transform_images(self, images: Tensor) -> Tensor:
        images = images.to(self._compute)
        row = images.ndim - (2 if self.data_format == "channels_first" else 3)
        high, wide = images.shape[row], images.shape[row + 1]
        if high < self.height or wide < self.width:
            size = (self.height, self.width)
            return ops.image.resize(images, size, crop_to_aspect_ratio=True, data_format=self.data_format)
        top, left = (high - self.height) // 2, (wide - self.width) // 2
        return images.narrow(row, top, self.height).narrow(row + 1, left, self.width)


_registry.catalogue("layers", Resizing, CenterCrop)
