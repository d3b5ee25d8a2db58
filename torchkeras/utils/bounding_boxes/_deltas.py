"""What a detector predicts: boxes as differences from anchors (Ren et al., https://arxiv.org/abs/1506.01497)."""

from typing import Any

from torchkeras import ops
from torchkeras.utils.bounding_boxes._formats import convert_format

_ENCODINGS = ("center_xywh", "center_yxhw")


def encode_box_to_deltas(
    anchors: Any,
    boxes: Any,
    anchor_format: str,
    box_format: str,
    encoding_format: str = "center_yxhw",
    variance: Any = None,
    image_shape: Any = None,
) -> Any:
    """The boxes as seen from the anchors: shifts in parts of the anchors' sizes, logarithms of the sizes' ratios.

    Args:
        anchors: ``(n, 4)`` or ``(b, n, 4)``.
        boxes: likewise.
        anchor_format, box_format: their formats; see :func:`convert_format`.
        encoding_format: the order of the result, ``"center_yxhw"`` or ``"center_xywh"``.
        variance: four numbers by which the result is divided.
        image_shape: height, width and channels of the image, for formats in parts of it.

    Raises:
        ValueError: an unknown format; not four variances.
    """
    anchors, boxes = (
        _centered(values, name, encoding_format, image_shape)
        for values, name in ((anchors, anchor_format), (boxes, box_format))
    )
    shifts = (boxes[..., :2] - anchors[..., :2]) / anchors[..., 2:]
    ratios = ops.log(boxes[..., 2:] / anchors[..., 2:])
    deltas = ops.concatenate([shifts, ratios], axis=-1)
    return deltas if variance is None else deltas / _four(variance, deltas)


def decode_deltas_to_boxes(
    anchors: Any,
    boxes_delta: Any,
    anchor_format: str,
    box_format: str,
    encoded_format: str = "center_yxhw",
    variance: Any = None,
    image_shape: Any = None,
) -> Any:
    """The boxes that :func:`encode_box_to_deltas` has encoded.

    Args:
        anchors: ``(n, 4)`` or ``(b, n, 4)``; or a dict of them, by level.
        boxes_delta: likewise.
        anchor_format, box_format: of the anchors and of the result.
        encoded_format: of `boxes_delta`, ``"center_yxhw"`` or ``"center_xywh"``.
        variance: four numbers by which `boxes_delta` is multiplied.
        image_shape: height, width and channels of the image, for formats in parts of it.

    Raises:
        ValueError: an unknown format; not four variances.
    """
    rest = (anchor_format, box_format, encoded_format, variance, image_shape)
    if isinstance(anchors, dict):
        return {level: decode_deltas_to_boxes(anchors[level], boxes_delta[level], *rest) for level in anchors}
    anchors = _centered(anchors, anchor_format, encoded_format, image_shape)
    deltas = ops.cast(ops.convert_to_tensor(boxes_delta), anchors.dtype)
    if variance is not None:
        deltas = deltas * _four(variance, deltas)
    centers = deltas[..., :2] * anchors[..., 2:] + anchors[..., :2]
    boxes = ops.concatenate([centers, ops.exp(deltas[..., 2:]) * anchors[..., 2:]], axis=-1)
    return convert_format(boxes, encoded_format, box_format, **_size(image_shape))


def _centered(boxes: Any, name: str, wanted: str, image_shape: Any) -> Any:
    if wanted not in _ENCODINGS:
        raise ValueError(f"Expected the encoding to be one of {_ENCODINGS}, got {wanted!r}.")
    return convert_format(boxes, name, wanted, **_size(image_shape))


def _size(image_shape: Any) -> dict[str, Any]:
    return {} if image_shape is None else {"height": image_shape[0], "width": image_shape[1]}


def _four(variance: Any, like: Any) -> Any:
    variance = ops.cast(ops.convert_to_tensor(variance), like.dtype)
    if tuple(variance.shape) != (4,):
        raise ValueError(f"Expected a `variance` of four numbers, got the shape {tuple(variance.shape)}.")
    return variance
