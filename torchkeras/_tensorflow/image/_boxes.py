"""Boxes in images: corners are ``(top, left, bottom, right)``."""

from typing import Any

import torch
from torch import Tensor

from torchkeras._tensorflow import _sizes
from torchkeras._tensorflow._rows import own, own_op, publish
from torchkeras.ops._op import tensor


@own
def non_max_suppression(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: float = 0.5,
    score_threshold: float = float("-inf"),
) -> Tensor:
    """The numbers of the best boxes, without those that overlap a better one: ``(n, 4), (n,) -> (kept,)`` int32."""
    corners, rates = tensor(boxes).float().cpu(), tensor(scores).float().cpu()
    order = [
        number for number in rates.argsort(descending=True, stable=True).tolist() if rates[number] > score_threshold
    ]
    overlaps = _overlaps(corners)
    kept: list[int] = []
    for number in order:
        if len(kept) == int(max_output_size):
            break
        if not any(overlaps[number, other] > iou_threshold for other in kept):
            kept.append(number)
    return torch.tensor(kept, dtype=torch.int32)


def _overlaps(boxes: Tensor) -> Tensor:
    """Intersection over union of each box with each: ``(n, n)``."""
    low, high = torch.minimum(boxes[:, :2], boxes[:, 2:]), torch.maximum(boxes[:, :2], boxes[:, 2:])
    area = (high - low).prod(1)
    shared = (torch.minimum(high[:, None], high) - torch.maximum(low[:, None], low)).clamp(min=0).prod(-1)
    union = area[:, None] + area - shared
    return torch.where(union > 0, shared / union, 0)


@own_op
def crop_and_resize(
    image: Any,
    boxes: Any,
    box_indices: Any,
    crop_size: Any,
    method: str = "bilinear",
    extrapolation_value: float = 0.0,
) -> Tensor:
    """Parts of images in one size: ``(b, h, w, c), (n, 4), (n,) -> (n, *crop_size, c)``, float32.

    Args:
        image: a batch.
        boxes: corners, from 0 for the first row or column to 1 for the last one.
        box_indices: the image of each box.
        crop_size: height and width.
        method: ``"bilinear"`` or ``"nearest"``.
        extrapolation_value: for what lies beyond the image.
    """
    if method not in ("bilinear", "nearest"):
        raise ValueError(f"crop_and_resize: `method` must be 'bilinear' or 'nearest', got {method!r}.")
    x, corners = tensor(image).float(), tensor(boxes).float()
    height, width = (int(size) for size in _sizes.static(crop_size))
    rows = _places(corners[:, 0], corners[:, 2], height, x.shape[1])
    columns = _places(corners[:, 1], corners[:, 3], width, x.shape[2])
    picked = x[tensor(box_indices).long()]
    weights = [_weights(places, size, method) for places, size in ((rows, x.shape[1]), (columns, x.shape[2]))]
    found = torch.einsum("nih,nhwc,njw->nijc", weights[0], picked, weights[1])
    inside = _within(rows, x.shape[1])[:, :, None] & _within(columns, x.shape[2])[:, None]
    return torch.where(inside[..., None], found, extrapolation_value)


def _places(start: Tensor, end: Tensor, count: int, size: int) -> Tensor:
    """Where the pixels of a crop lie along an axis: ``(n, count)``."""
    if count == 1:
        return (0.5 * (start + end) * (size - 1))[:, None]
    steps = torch.arange(count, device=start.device) / (count - 1)
    return (start[:, None] + steps * (end - start)[:, None]) * (size - 1)


def _within(places: Tensor, size: int) -> Tensor:
    return (places >= 0) & (places <= size - 1)


def _weights(places: Tensor, size: int, method: str) -> Tensor:
    """How much of each pixel of an axis each place takes: ``(n, count, size)``."""
    pixels = torch.arange(size, device=places.device)
    if method == "nearest":
        return ((places + 0.5).floor()[..., None] == pixels).float()
    return (1 - (places[..., None] - pixels).abs()).clamp(min=0)


@own_op
def draw_bounding_boxes(images: Any, boxes: Any, colors: Any = None) -> Tensor:
    """Images with boxes drawn in: ``(b, h, w, c), (b, n, 4)``, corners from 0 to 1; red if no colors are given."""
    out = tensor(images).float().clone()
    height, width, channels = out.shape[1:]
    shades = tensor([[1.0, 0.0, 0.0, 1.0]] if colors is None else colors).float()[:, :channels]
    for number, of_image in enumerate(tensor(boxes).tolist()):
        for place, (top, left, bottom, right) in enumerate(of_image):
            shade = shades[place % len(shades)]
            rows = slice(max(0, int(top * (height - 1))), min(height - 1, int(bottom * (height - 1))) + 1)
            columns = slice(max(0, int(left * (width - 1))), min(width - 1, int(right * (width - 1))) + 1)
            for edge in (rows.start, rows.stop - 1):
                out[number, edge, columns] = shade
            for edge in (columns.start, columns.stop - 1):
                out[number, rows, edge] = shade
    return out


publish(globals())
