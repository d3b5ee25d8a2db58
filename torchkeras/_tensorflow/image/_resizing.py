"""Images of other sizes."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras._errors import unknown
from torchkeras._tensorflow import _sizes
from torchkeras._tensorflow._rows import own_op, publish
from torchkeras._tensorflow.image._placing import pad_to_bounding_box
from torchkeras._tensorflow.image._values import batched, images
from torchkeras.ops.image._resize import _scaled


class ResizeMethod:
    """The names of the methods."""

    AREA = "area"
    BICUBIC = "bicubic"
    BILINEAR = "bilinear"
    GAUSSIAN = "gaussian"
    LANCZOS3 = "lanczos3"
    LANCZOS5 = "lanczos5"
    MITCHELLCUBIC = "mitchellcubic"
    NEAREST_NEIGHBOR = "nearest"


_METHODS = [value for name, value in vars(ResizeMethod).items() if name.isupper()]
_NUMBERS = {0: "bilinear", 1: "nearest", 2: "bicubic", 3: "area"}  # TensorFlow 1's


def _method(method: Any) -> str:
    name = _NUMBERS.get(method, method)
    if name not in _METHODS:
        raise unknown("resize method", name, _METHODS)
    return name


@own_op
def resize(
    images: Any, size: Any, method: Any = "bilinear", preserve_aspect_ratio: bool = False, antialias: bool = False
) -> Any:
    """Images of another size: ``(..., h, w, c) -> (..., *size, c)``, float32; nearest neighbours keep their dtype.

    Args:
        images: one image or a batch.
        size: height and width.
        method: one of ``tf.image.ResizeMethod``.
        preserve_aspect_ratio: take the largest size of the same proportions within `size`.
        antialias: whether making smaller takes the mean over all pixels that fall together.
    """
    x = _images(images)
    height, width = _sizes.static(size)
    old_height, old_width = x.shape[-3:-1]
    if preserve_aspect_ratio:
        scale = min(height / old_height, width / old_width)
        height, width = max(1, round(old_height * scale)), max(1, round(old_width * scale))
    return _resized(x, (int(height), int(width)), _method(method), antialias)


def _images(value: Any) -> Tensor:
    return images(value, "resize")


def _resized(x: Tensor, size: tuple[int, int], method: str, antialias: bool) -> Tensor:
    if method == "nearest":
        floating = x if x.is_floating_point() else x.double()
        return batched(lambda y: F.interpolate(y, size, mode="nearest-exact"), floating).to(x.dtype)
    x = x.float()
    if method == "area":
        return _by_area(x, size)
    if method == "bilinear" and not antialias:
        return batched(lambda y: F.interpolate(y, size, mode="bilinear", align_corners=False), x)
    dims = (x.ndim - 3, x.ndim - 2)
    scales = torch.tensor([size[0] / x.shape[dims[0]], size[1] / x.shape[dims[1]]])
    shape = [*x.shape[: dims[0]], *size, x.shape[-1]]
    return _scaled(x, shape, scales.to(x.device), torch.zeros(2, device=x.device), dims, method, antialias)


def _by_area(x: Tensor, size: tuple[int, int]) -> Tensor:
    """Each pixel is the mean of what it covers."""
    for dim, wanted in zip((x.ndim - 3, x.ndim - 2), size):
        old = x.shape[dim]
        edges = torch.arange(wanted + 1, device=x.device, dtype=x.dtype) * (old / wanted)
        pixels = torch.arange(old, device=x.device, dtype=x.dtype)
        # how much of old pixel i lies within new pixel o: (old, wanted)
        covered = torch.minimum(edges[1:], pixels[:, None] + 1) - torch.maximum(edges[:-1], pixels[:, None])
        weights = covered.clamp(min=0) * (wanted / old)
        x = torch.movedim(torch.tensordot(x, weights, dims=([dim], [0])), -1, dim)
    return x


@own_op
def resize_with_pad(
    image: Any, target_height: Any, target_width: Any, method: Any = "bilinear", antialias: bool = False
) -> Any:
    """Images in the largest size of their proportions within the target, with zeros around."""
    x = images(image, "resize_with_pad")
    height, width = int(target_height), int(target_width)
    ratio = max(x.shape[-2] / width, x.shape[-3] / height)
    wanted = x.shape[-3] / ratio, x.shape[-2] / ratio
    small = _resized(x, (int(wanted[0]), int(wanted[1])), _method(method), antialias)
    return pad_to_bounding_box(small, int((height - wanted[0]) / 2), int((width - wanted[1]) / 2), height, width)


# TensorFlow 1's names


@own_op
def resize_images(images: Any, size: Any, method: Any = 0, align_corners: bool = False, **options: Any) -> Any:
    """:func:`resize`, as TensorFlow 1 spelt it; pixels are placed as today."""
    return resize(images, size, method, **options)


@own_op
def resize_bilinear(images: Any, size: Any, align_corners: bool = False, half_pixel_centers: bool = False) -> Any:
    """:func:`resize` with ``method="bilinear"``; corners can be aligned, otherwise pixels are placed as today."""
    if align_corners:
        size = tuple(_sizes.static(size))
        return batched(lambda y: F.interpolate(y, size, mode="bilinear", align_corners=True), _images(images).float())
    return resize(images, size)


@own_op
def resize_nearest_neighbor(images: Any, size: Any, **options: Any) -> Any:
    """:func:`resize` with ``method="nearest"``."""
    return resize(images, size, "nearest")


@own_op
def resize_bicubic(images: Any, size: Any, **options: Any) -> Any:
    """:func:`resize` with ``method="bicubic"``."""
    return resize(images, size, "bicubic")


publish(globals(), "ResizeMethod")
