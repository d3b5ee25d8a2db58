"""Boxes that follow what is done to their image."""

import math
from typing import Any

from torchkeras import ops
from torchkeras.utils.bounding_boxes._formats import clip_to_image_size, convert_format, format_of, joined, split


def affine_transform(
    boxes: Any,
    angle: Any,
    translate_x: Any,
    translate_y: Any,
    scale: Any,
    shear_x: Any,
    shear_y: Any,
    height: int,
    width: int,
    center_x: float | None = None,
    center_y: float | None = None,
    bounding_box_format: str = "xyxy",
) -> Any:
    """The upright boxes around the moved, turned, scaled and sheared `boxes`, ``(b, n, 4)``.

    Args:
        boxes: the boxes.
        angle: in degrees, counter-clockwise; this and the next five are one number or one an image, ``(b,)``.
        translate_x, translate_y: in parts of the image.
        scale: 2 doubles the size.
        shear_x, shear_y: in degrees.
        height, width: of the image, in pixels.
        center_x, center_y: of turning, scaling and shearing, in parts of the image; 0.5 by default.
        bounding_box_format: see :func:`convert_format`.
    """
    corners = convert_format(boxes, bounding_box_format, "xyxy", height=height, width=width)
    like = corners[..., :1]
    angle, shear_x, shear_y = (_along(one, like) * (math.pi / 180) for one in (angle, shear_x, shear_y))
    translate_x, translate_y, scale = (_along(one, like) for one in (translate_x, translate_y, scale))
    middle_x = (0.5 if center_x is None else center_x) * (width - 1)
    middle_y = (0.5 if center_y is None else center_y) * (height - 1)
    left, top, right, bottom = split(corners)
    x = joined(left, right, left, right) + translate_x * (width - 1) - middle_x  # of the four corners
    y = joined(top, top, bottom, bottom) + translate_y * (height - 1) - middle_y
    cos, sin, tan_x, tan_y = ops.cos(angle), ops.sin(angle), ops.tan(shear_x), ops.tan(shear_y)
    down = tan_y * cos - sin, tan_y * sin + cos
    across = cos - tan_x * down[0], sin + tan_x * down[1]  # with this sign, as Keras has it
    new_x = scale * (across[0] * x + across[1] * y) + middle_x
    new_y = scale * (down[0] * x + down[1] * y) + middle_y
    around = ops.stack([ops.min(new_x, -1), ops.min(new_y, -1), ops.max(new_x, -1), ops.max(new_y, -1)], axis=-1)
    return convert_format(around, "xyxy", bounding_box_format, height=height, width=width)


def _along(value: Any, like: Any) -> Any:
    value = ops.cast(ops.convert_to_tensor(value), like.dtype)
    return value if len(value.shape) == 0 else ops.reshape(value, (-1,) + (1,) * (len(like.shape) - 1))


def crop(boxes: Any, top: Any, left: Any, height: Any, width: Any, bounding_box_format: str = "xyxy") -> Any:
    """The boxes in the part of the image that is `height` x `width` large and begins at (`left`, `top`).

    Args:
        boxes: ``(..., 4)``, in pixels.
        top, left, height, width: of the part, in pixels.
        bounding_box_format: see :func:`convert_format`.

    Raises:
        NotImplementedError: a format in parts of the image, whose size is not known here.
    """
    return clip_to_image_size(
        _shifted(boxes, -left, -top, bounding_box_format, "crop"), height, width, bounding_box_format
    )


def pad(
    boxes: Any, top: Any, left: Any, height: Any = None, width: Any = None, bounding_box_format: str = "xyxy"
) -> Any:
    """The boxes in an image to which `top` rows and `left` columns were added.

    Args:
        boxes: ``(..., 4)``, in pixels.
        top, left: in pixels.
        height, width: accepted for compatibility.
        bounding_box_format: see :func:`convert_format`.

    Raises:
        NotImplementedError: a format in parts of the image, whose size is not known here.
    """
    return _shifted(boxes, left, top, bounding_box_format, "pad")


def _shifted(boxes: Any, x: Any, y: Any, name: str, caller: str) -> Any:
    given = format_of(name)
    if given.relative:
        raise NotImplementedError(
            f"{caller}: boxes in parts of the image ({name!r}) can't be moved by pixels. Convert them to 'xyxy' with "
            "`convert_format` first."
        )
    boxes = ops.convert_to_tensor(boxes)
    a, b, c, d = split(boxes)
    a, b = (a + y, b + x) if given.y_first else (a + x, b + y)
    if not given.sized:
        c, d = (c + y, d + x) if given.y_first else (c + x, d + y)
    return joined(a, b, c, d)
