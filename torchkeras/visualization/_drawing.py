"""Boxes and masks drawn into images."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from torchkeras import ops
from torchkeras._errors import brief
from torchkeras.utils.bounding_boxes import convert_format
from torchkeras.visualization._images import as_arrays, as_bytes

Color = tuple[int, int, int]


def draw_bounding_boxes(
    images: Any,
    bounding_boxes: Any,
    bounding_box_format: str,
    class_mapping: Mapping[int, str] | None = None,
    color: Color = (128, 128, 128),
    line_thickness: int = 2,
    text_thickness: int = 1,
    font_scale: float = 1.0,
    data_format: str | None = None,
) -> np.ndarray:
    """The images with their boxes, ``(b, h, w, 3)`` of bytes; drawn by Pillow.

    Args:
        images: a batch, with values of 0 to 255.
        bounding_boxes: a dict of ``"boxes"``, ``(b, n, 4)``, ``"labels"``, ``(b, n)``, of which -1 stands for no box,
            and perhaps ``"confidences"``, ``(b, n)``.
        bounding_box_format: see :func:`keras.utils.bounding_boxes.convert_format`.
        class_mapping: the texts of the labels; without it only boxes are drawn.
        color: red, green and blue of 0 to 255.
        line_thickness, text_thickness: in pixels.
        font_scale: 1 for letters about 11 pixels high.
        data_format: of the images, ``"channels_last"`` or ``"channels_first"``.

    Raises:
        ValueError: other shapes, no labels.
        ImportError: Pillow is missing.
    """
    arrays = as_bytes(as_arrays(images, data_format, "draw_bounding_boxes"))
    if not isinstance(bounding_boxes, dict) or not {"boxes", "labels"} <= bounding_boxes.keys():
        raise ValueError(
            f"draw_bounding_boxes: expected a dict with 'boxes' and 'labels', got {brief(bounding_boxes)}."
        )
    height, width = arrays.shape[1:3]
    labels = ops.convert_to_numpy(bounding_boxes["labels"])
    sure = bounding_boxes.get("confidences")
    sure = [None] * len(arrays) if sure is None else ops.convert_to_numpy(sure)
    boxes = convert_format(bounding_boxes["boxes"], bounding_box_format, "xyxy", height, width)
    corners = ops.convert_to_numpy(boxes)
    drawn = []
    for index, image in enumerate(arrays):
        texts = _texts(labels[index], sure[index], class_mapping)
        drawn.append(_with_boxes(image, corners[index], texts, color, line_thickness, text_thickness, font_scale))
    return np.stack(drawn)


def _texts(labels: Any, confidences: Any, names: Mapping[int, str] | None) -> list[str | None]:
    """What is written at each box; None where there is no box."""
    texts: list[str | None] = []
    for index, label in enumerate(int(one) for one in np.reshape(labels, -1)):
        text = "" if names is None else str(names.get(label, label))
        if text and confidences is not None:
            text = f"{text} | {float(np.reshape(confidences, -1)[index]):.2f}"
        texts.append(None if label == -1 else text)
    return texts


def _with_boxes(
    image: np.ndarray, boxes: Any, texts: list[str | None], color: Color, line: int, text_line: int, scale: float
) -> np.ndarray:
    try:
        from PIL import Image, ImageDraw, ImageFont
    except ImportError as error:
        raise ImportError("draw_bounding_boxes draws with Pillow: `pip install pillow`.") from error
    picture = Image.fromarray(np.broadcast_to(image, (*image.shape[:2], 3)).copy())
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(size=max(1.0, 11 * scale))
    for box, text in zip(boxes, texts, strict=True):
        if text is None:
            continue
        left, top, right, bottom = (round(float(x)) for x in box)
        if right >= left and bottom >= top:
            pen.rectangle((left, top, right, bottom), outline=tuple(color), width=line)
        if text:
            place = (left, max(0, top - round(13 * scale) - line))
            pen.text(place, text, fill=tuple(color), font=font, stroke_width=text_line - 1)
    return np.asarray(picture)


def draw_segmentation_masks(
    images: Any,
    segmentation_masks: Any,
    num_classes: int | None = None,
    color_mapping: Mapping[int, Color] | None = None,
    alpha: float = 0.8,
    blend: bool = True,
    ignore_index: int = -1,
    data_format: str | None = None,
) -> np.ndarray:
    """The images with their masks in colors, ``(b, h, w, 3)`` of bytes.

    Args:
        images: a batch, with values of 0 to 255.
        segmentation_masks: the class of each pixel, integers ``(b, h, w, 1)`` or ``(b, h, w)``.
        num_classes: how many classes there are; by default as many as the masks show.
        color_mapping: colors of classes; the others keep the default ones.
        alpha: how much of the color covers the image, 0 to 1.
        blend: whether the image shines through.
        ignore_index: a class that is not drawn, as none below 0 is.
        data_format: of images and masks.

    Raises:
        ValueError: other shapes; a class above `num_classes`.
        TypeError: masks that are no integers.
    """
    arrays = as_arrays(images, data_format, "draw_segmentation_masks").astype("float32")
    masks = _masks(segmentation_masks, data_format)
    known = int(masks.max()) + 1 if num_classes is None else num_classes
    if masks.max() >= known:
        raise ValueError(
            f"draw_segmentation_masks: the masks hold the class {masks.max()}, but num_classes is {known}."
        )
    colors = np.array([(i, i * 127 % 255, i * 31 % 255) for i in range(max(known, 1))], "float32") % 256
    for index, color in (color_mapping or {}).items():
        if 0 <= index < len(colors):
            colors[index] = color
    drawn = (masks >= 0) & (masks != ignore_index)
    painted = colors[np.where(drawn, masks, 0)]
    if blend:
        painted = arrays * (1 - alpha) + painted * alpha
    return np.clip(np.where(drawn[..., None], painted, arrays), 0, 255).astype("uint8")


def _masks(masks: Any, data_format: str | None) -> np.ndarray:
    """``(b, h, w)``."""
    array = np.asarray(ops.convert_to_numpy(masks))
    if not np.issubdtype(array.dtype, np.integer):
        raise TypeError(f"draw_segmentation_masks: expected masks of integers, the classes, got {brief(array)}.")
    if array.ndim == 3:
        return array
    return as_arrays(array, data_format, "draw_segmentation_masks")[..., 0]
