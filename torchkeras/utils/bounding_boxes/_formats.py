"""How four numbers stand for a box, and boxes cut off at the image's edges."""

from typing import Any, NamedTuple

from torchkeras import ops
from torchkeras._errors import brief, unknown


class Format(NamedTuple):
    """Two points, or one and the size; from the centre or a corner; y first or x; in pixels or parts of the image."""

    sized: bool = False
    centered: bool = False
    y_first: bool = False
    relative: bool = False


FORMATS = {
    "xyxy": Format(),
    "yxyx": Format(y_first=True),
    "xywh": Format(sized=True),
    "center_xywh": Format(sized=True, centered=True),
    "center_yxhw": Format(sized=True, centered=True, y_first=True),
    "rel_xyxy": Format(relative=True),
    "rel_yxyx": Format(y_first=True, relative=True),
    "rel_xywh": Format(sized=True, relative=True),
    "rel_center_xywh": Format(sized=True, centered=True, relative=True),
}


def format_of(name: str) -> Format:
    """The format of that name.

    Raises:
        ValueError: there is none.
    """
    found = FORMATS.get(name.lower())
    if found is None:
        raise unknown("bounding box format", name, FORMATS)
    return found


def convert_format(
    boxes: Any, source: str, target: str, height: Any = None, width: Any = None, dtype: Any = "float32"
) -> Any:
    """The boxes in another format.

    Args:
        boxes: ``(..., 4)``; or a dict, whose ``"boxes"`` are converted.
        source, target: ``"xyxy"`` (left, top, right, bottom), ``"yxyx"``, ``"xywh"``, ``"center_xywh"``,
            ``"center_yxhw"``; with ``rel_`` before the first, second, third and fourth: in parts of the image.
        height, width: of the image, in pixels; needed between pixels and parts.
        dtype: of the result.

    Raises:
        ValueError: an unknown format, another shape, no size where one is needed.
    """
    if isinstance(boxes, dict):
        return {**boxes, "boxes": convert_format(boxes["boxes"], source, target, height, width, dtype)}
    before, after = format_of(source), format_of(target)
    boxes = ops.cast(ops.convert_to_tensor(boxes), dtype)
    if boxes.shape[-1] != 4:
        raise ValueError(f"convert_format: expected boxes of shape (..., 4), got {brief(boxes)}.")
    if before == after:
        return boxes
    corners = _corners(boxes, before)
    if before.relative != after.relative:
        if height is None or width is None:
            raise ValueError(
                f"convert_format: from {source!r} to {target!r} needs the image's size, got height={height} and "
                f"width={width}."
            )
        corners = _scaled(corners, height, width, after.relative)
    return _written(corners, after)


def split(boxes: Any) -> list[Any]:
    """The four numbers of each box, ``(..., 1)`` each."""
    return [boxes[..., index : index + 1] for index in range(4)]


def joined(*numbers: Any) -> Any:
    """What :func:`split` has parted."""
    return ops.concatenate(list(numbers), axis=-1)


def _corners(boxes: Any, given: Format) -> list[Any]:
    a, b, c, d = split(boxes)
    if given.y_first:
        a, b, c, d = b, a, d, c
    if given.centered:
        a, b = a - c / 2, b - d / 2
    return [a, b, a + c, b + d] if given.sized else [a, b, c, d]


def _scaled(corners: list[Any], height: Any, width: Any, down: bool) -> list[Any]:
    sizes = [_along(width, corners[0]), _along(height, corners[0])] * 2
    return [corner / size if down else corner * size for corner, size in zip(corners, sizes, strict=True)]


def _along(size: Any, like: Any) -> Any:
    """One number; or one for each image of the batch, ``(b, 1, 1)``."""
    size = ops.cast(ops.convert_to_tensor(size), like.dtype)
    return size if len(size.shape) == 0 else ops.reshape(size, (-1,) + (1,) * (len(like.shape) - 1))


def _written(corners: list[Any], wanted: Format) -> Any:
    left, top, right, bottom = corners
    if wanted.sized:
        right, bottom = right - left, bottom - top
        if wanted.centered:
            left, top = left + right / 2, top + bottom / 2
    return joined(top, left, bottom, right) if wanted.y_first else joined(left, top, right, bottom)


def clip_to_image_size(
    bounding_boxes: Any, height: Any = None, width: Any = None, bounding_box_format: str = "xyxy"
) -> Any:
    """The boxes cut off at the image's edges; the labels of those that lie outside become -1.

    Args:
        bounding_boxes: a dict of ``"boxes"``, ``(b, n, 4)``, and perhaps ``"labels"``, ``(b, n)``; or boxes alone.
        height, width: of the image, in pixels; not needed for formats in parts of the image.
        bounding_box_format: see :func:`convert_format`.

    Raises:
        ValueError: no size where one is needed.
    """
    if not isinstance(bounding_boxes, dict):
        return clip_to_image_size({"boxes": bounding_boxes}, height, width, bounding_box_format)["boxes"]
    given = format_of(bounding_box_format)
    if given.relative:
        height, width = 1, 1
    elif height is None or width is None:
        raise ValueError(
            f"clip_to_image_size: boxes in the format {bounding_box_format!r} need the image's size, got "
            f"height={height} and width={width}."
        )
    boxes = ops.convert_to_tensor(bounding_boxes["boxes"])
    corners = _corners(boxes, given)
    limits = [_along(width, boxes), _along(height, boxes)] * 2
    clipped = [ops.minimum(ops.maximum(x, 0), limit) for x, limit in zip(corners, limits, strict=True)]
    found = {**bounding_boxes, "boxes": ops.cast(_written(clipped, given), boxes.dtype)}
    if "labels" in bounding_boxes:
        left, top, right, bottom = clipped
        area = ((right - left) * (bottom - top))[..., 0]
        labels = ops.convert_to_tensor(bounding_boxes["labels"])
        found["labels"] = ops.where(area > 0, labels, ops.full_like(labels, -1))
    return found
