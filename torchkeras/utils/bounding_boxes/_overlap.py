"""How far boxes cover each other."""

import math
from typing import Any

from torchkeras import config, ops
from torchkeras._errors import brief
from torchkeras.utils.bounding_boxes._formats import convert_format, format_of, split


def compute_iou(
    boxes1: Any,
    boxes2: Any,
    bounding_box_format: str,
    use_masking: bool = False,
    mask_val: float = -1,
    image_shape: Any = None,
) -> Any:
    """Intersection over union of every box of `boxes1` with every box of `boxes2`: ``(n, 4), (m, 4) -> (n, m)``.

    Args:
        boxes1, boxes2: each with or without a batch axis before.
        bounding_box_format: see :func:`convert_format`.
        use_masking: whether pairs with a box that stands for none, all of whose corners are negative, get `mask_val`.
        image_shape: height, width and channels of the image, for formats in parts of it.

    Raises:
        ValueError: other shapes, or no `image_shape` where one is needed.
    """
    boxes1, boxes2 = (_corner_boxes(boxes, bounding_box_format, image_shape) for boxes in (boxes1, boxes2))
    for boxes in (boxes1, boxes2):
        if len(boxes.shape) not in (2, 3):
            raise ValueError(f"compute_iou: expected boxes of shape (n, 4) or (b, n, 4), got {brief(boxes)}.")
    rows, columns = ops.expand_dims(boxes1, -2), ops.expand_dims(boxes2, -3)  # (..., n, 1, 4), (..., 1, m, 4)
    found = _iou(rows, columns)[..., 0]
    if not use_masking:
        return found
    none = ops.logical_or(ops.max(rows, axis=-1) < 0, ops.max(columns, axis=-1) < 0)
    return ops.where(none, ops.full_like(found, mask_val), found)


def compute_ciou(boxes1: Any, boxes2: Any, bounding_box_format: str, image_shape: Any = None) -> Any:
    """Complete intersection over union, box by box: ``(..., 4), (..., 4) -> (...)``.

    From the intersection over union are taken off the distance of the centres and the difference of the aspect ratios
    (Zheng et al., https://arxiv.org/abs/2005.03572).

    Args:
        boxes1, boxes2: boxes of the same shape, or of shapes that broadcast.
        bounding_box_format: see :func:`convert_format`.
        image_shape: height, width and channels of the image, for formats in parts of it.

    Raises:
        ValueError: no `image_shape` where one is needed.
    """
    boxes1, boxes2 = (_corner_boxes(boxes, bounding_box_format, image_shape) for boxes in (boxes1, boxes2))
    (left1, top1, right1, bottom1), (left2, top2, right2, bottom2) = split(boxes1), split(boxes2)
    iou, small = _iou(boxes1, boxes2), config.epsilon()
    # Of the box around both, the square of the diagonal; and that of the distance of the centres.
    diagonal = (ops.maximum(right1, right2) - ops.minimum(left1, left2)) ** 2
    diagonal = diagonal + (ops.maximum(bottom1, bottom2) - ops.minimum(top1, top2)) ** 2
    distance = ((left1 + right1 - left2 - right2) ** 2 + (top1 + bottom1 - top2 - bottom2) ** 2) / 4
    angles = [
        ops.arctan((right - left) / (bottom - top + small))
        for left, top, right, bottom in ((left1, top1, right1, bottom1), (left2, top2, right2, bottom2))
    ]
    shape = (2 / math.pi * (angles[0] - angles[1])) ** 2
    weight = shape / (1 - iou + shape + small)
    return (iou - distance / (diagonal + small) - weight * shape)[..., 0]


def _corner_boxes(boxes: Any, name: str, image_shape: Any) -> Any:
    """In pixels, by their corners: parts of the image would weigh width and height otherwise."""
    if not format_of(name).relative:
        return convert_format(boxes, name, "xyxy")
    if image_shape is None:
        raise ValueError(f"Boxes in the format {name!r} need `image_shape`, the image's height, width and channels.")
    height, width = image_shape[:2]
    return convert_format(boxes, name, "xyxy", height=height, width=width)


def _iou(boxes1: Any, boxes2: Any) -> Any:
    (left1, top1, right1, bottom1), (left2, top2, right2, bottom2) = split(boxes1), split(boxes2)
    wide = ops.maximum(ops.minimum(right1, right2) - ops.maximum(left1, left2), 0)
    high = ops.maximum(ops.minimum(bottom1, bottom2) - ops.maximum(top1, top2), 0)
    both = wide * high
    union = (right1 - left1) * (bottom1 - top1) + (right2 - left2) * (bottom2 - top2) - both
    return both / (union + config.epsilon())
