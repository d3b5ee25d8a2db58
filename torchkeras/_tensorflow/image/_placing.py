"""Images mirrored, turned, cut and padded."""

from typing import Any

import torch
import torch.nn.functional as F

from torchkeras import ops
from torchkeras._tensorflow._rows import own_op, publish
from torchkeras._tensorflow.image._values import images


@own_op
def flip_left_right(image: Any) -> Any:
    """Mirrored: left is right."""
    return images(image, "flip_left_right").flip(-2)


@own_op
def flip_up_down(image: Any) -> Any:
    """Mirrored: up is down."""
    return images(image, "flip_up_down").flip(-3)


@own_op
def transpose(image: Any) -> Any:
    """Rows are columns: ``(..., h, w, c) -> (..., w, h, c)``."""
    return images(image, "transpose").transpose(-3, -2)


transpose_image = transpose


@own_op
def rot90(image: Any, k: Any = 1) -> Any:
    """Turned counter-clockwise by `k` quarters."""
    return torch.rot90(images(image, "rot90"), int(k), (-3, -2))


@own_op
def crop_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Any:
    """The part that begins at an offset.

    Raises:
        ValueError: the part goes beyond the image.
    """
    x = images(image, "crop_to_bounding_box")
    top, left, height, width = (int(size) for size in (offset_height, offset_width, target_height, target_width))
    if min(top, left) < 0 or top + height > x.shape[-3] or left + width > x.shape[-2]:
        raise ValueError(
            f"crop_to_bounding_box: rows {top} to {top + height} and columns {left} to {left + width} go beyond an "
            f"image of {x.shape[-3]} x {x.shape[-2]}."
        )
    return x[..., top : top + height, left : left + width, :]


@own_op
def pad_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Any:
    """The image at an offset within zeros.

    Raises:
        ValueError: it goes beyond them.
    """
    x = images(image, "pad_to_bounding_box")
    top, left = int(offset_height), int(offset_width)
    bottom, right = int(target_height) - top - x.shape[-3], int(target_width) - left - x.shape[-2]
    if min(top, left, bottom, right) < 0:
        raise ValueError(
            f"pad_to_bounding_box: an image of {x.shape[-3]} x {x.shape[-2]} at ({top}, {left}) does not fit into "
            f"{int(target_height)} x {int(target_width)}."
        )
    return F.pad(x, (0, 0, left, right, top, bottom))


@own_op
def central_crop(image: Any, central_fraction: float) -> Any:
    """The middle: so much of the height and the width.

    Raises:
        ValueError: a fraction that is not above 0, or above 1.
    """
    x = images(image, "central_crop")
    if not 0 < central_fraction <= 1:
        raise ValueError(f"central_crop: `central_fraction` must be within (0, 1], got {central_fraction}.")
    top, left = (int((size - size * central_fraction) / 2) for size in x.shape[-3:-1])
    return x[..., top : x.shape[-3] - top, left : x.shape[-2] - left, :]


@own_op
def resize_with_crop_or_pad(image: Any, target_height: Any, target_width: Any) -> Any:
    """The middle of what is too large, zeros around what is too small."""
    x = images(image, "resize_with_crop_or_pad")
    height, width = int(target_height), int(target_width)
    cut = x[..., _middle(x.shape[-3], height), _middle(x.shape[-2], width), :]
    top, left = (height - cut.shape[-3]) // 2, (width - cut.shape[-2]) // 2
    return pad_to_bounding_box(cut, top, left, height, width)


resize_image_with_crop_or_pad = resize_with_crop_or_pad


def _middle(size: int, wanted: int) -> slice:
    start = max(0, (size - wanted) // 2)
    return slice(start, start + wanted)


@own_op
def extract_patches(images: Any, sizes: Any, strides: Any, rates: Any, padding: str) -> Any:
    """Patches side by side along the last axis: ``(b, h, w, c) -> (b, rows, columns, ph * pw * c)``."""
    inner = [tuple(int(number) for number in each)[1:3] for each in (sizes, strides, rates)]
    return ops.image.extract_patches(images, inner[0], inner[1], inner[2], padding.lower(), data_format="channels_last")


publish(globals())
