"""Boxes are converted, moved and compared as Keras does it, and in every format."""

import re
from typing import Any

import keras
import numpy as np
import pytest
import torch

import torchkeras
from torchkeras.utils import bounding_boxes

FORMATS = ["xyxy", "yxyx", "xywh", "center_xywh", "center_yxhw", "rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh"]
BOXES = np.array([[[10, 20, 30, 60], [0, 5, 50, 100], [-10, -5, 250, 90]]], "float32")
OTHERS = np.array([[[12, 10, 35, 66], [-1, -1, -1, -1], [0, 5, 51, 98]]], "float32")
SIZE = {"height": 100, "width": 200}
KERAS = keras.utils.bounding_boxes


def array(value: Any) -> np.ndarray:
    return value.detach().numpy() if isinstance(value, torch.Tensor) else np.asarray(value)


def same(got: Any, expected: Any) -> None:
    assert tuple(got.shape) == tuple(expected.shape)
    np.testing.assert_allclose(array(got), array(expected), rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("source", FORMATS)
@pytest.mark.parametrize("target", FORMATS)
def test_formats(source: str, target: str) -> None:
    for boxes in (BOXES, BOXES[0], BOXES[0, 0], torch.tensor(BOXES)):
        expected = KERAS.convert_format(torch.as_tensor(boxes), source, target, **SIZE)
        got = bounding_boxes.convert_format(boxes, source, target, **SIZE)
        same(got, expected)
        assert got.dtype == expected.dtype == torch.float32


def test_the_boxes_of_a_dict_are_converted() -> None:
    given = {"boxes": BOXES, "labels": "any"}
    got = bounding_boxes.convert_format(given, "xyxy", "xywh", dtype="float64")
    same(got["boxes"], KERAS.convert_format(BOXES, "xyxy", "xywh"))
    assert got["labels"] == "any" and got["boxes"].dtype == torch.float64


def test_images_of_a_batch_may_have_sizes_of_their_own() -> None:
    two = np.repeat(BOXES, 2, axis=0)
    got = bounding_boxes.convert_format(two, "xyxy", "rel_xyxy", height=np.array([100, 50]), width=np.array([200, 10]))
    same(got[0], bounding_boxes.convert_format(BOXES[0], "xyxy", "rel_xyxy", height=100, width=200))
    same(got[1], bounding_boxes.convert_format(BOXES[0], "xyxy", "rel_xyxy", height=50, width=10))


@pytest.mark.parametrize("name", ["xyxy", "rel_xyxy"])
def test_clipping(name: str) -> None:
    boxes = OTHERS / 60 if name == "rel_xyxy" else BOXES
    given = {"boxes": boxes, "labels": np.array([[1, 2, 3]])}
    expected = KERAS.clip_to_image_size(dict(given), height=15, width=90, bounding_box_format=name)
    got = bounding_boxes.clip_to_image_size(given, height=15, width=90, bounding_box_format=name)
    for key in ("boxes", "labels"):
        same(got[key], expected[key])
    assert (got["labels"] == -1).any() and (got["labels"] > 0).any()


@pytest.mark.parametrize("name", FORMATS)
def test_clipping_in_every_format(name: str) -> None:
    clipped = bounding_boxes.clip_to_image_size(BOXES, 55, 40)
    given = bounding_boxes.convert_format(BOXES, "xyxy", name, 55, 40)
    got = bounding_boxes.clip_to_image_size(given, 55, 40, bounding_box_format=name)
    same(bounding_boxes.convert_format(got, name, "xyxy", 55, 40), clipped)


@pytest.mark.parametrize("arguments", [{}, {"use_masking": True}, {"use_masking": True, "mask_val": -2}], ids=str)
@pytest.mark.parametrize("name", FORMATS)
def test_intersection_over_union(name: str, arguments: dict[str, Any]) -> None:
    shape = {"image_shape": (100, 200, 3)} if name.startswith("rel") else {}
    one, two = BOXES, OTHERS
    pairs = [(one, two), (one[0], two[0]), (two, one[:, :2])]
    if not arguments:  # Keras masks only where both or none have a batch axis
        pairs += [(one, two[0]), (one[0], two)]
    for first, second in pairs:
        expected = KERAS.compute_iou(first, second, name, **arguments, **shape)
        same(bounding_boxes.compute_iou(first, second, name, **arguments, **shape), expected)


@pytest.mark.parametrize("name", [name for name in FORMATS if "rel" not in name])
def test_complete_intersection_over_union(name: str) -> None:
    given = [np.abs(boxes[:, [0, 2]]) + [[0, 0, 60, 90]] for boxes in (BOXES, OTHERS)]
    for first, second in (given, (given[0][0], given[1][0, :1])):
        same(bounding_boxes.compute_ciou(first, second, name), KERAS.compute_ciou(first, second, name))


def test_complete_intersection_over_union_in_parts_of_the_image() -> None:
    one, two = (bounding_boxes.convert_format(boxes, "xyxy", "rel_xywh", **SIZE) for boxes in (BOXES, BOXES + 3))
    got = bounding_boxes.compute_ciou(one, two, "rel_xywh", image_shape=(100, 200, 3))
    same(got, bounding_boxes.compute_ciou(BOXES, BOXES + 3, "xyxy"))


AFFINE = [
    (30, 0, 0, 1, 0, 0),
    (0, 0.1, -0.2, 1, 0, 0),
    (0, 0, 0, 1.7, 0, 0),
    (0, 0, 0, 1, 10, 7),
    (-20, 0.1, 0.2, 1.3, 5, -7),
]


@pytest.mark.parametrize("numbers", AFFINE, ids=str)
@pytest.mark.parametrize("center", [{}, {"center_x": 0.1, "center_y": 0.7}], ids=["middle", "elsewhere"])
def test_affine_transform(numbers: tuple[float, ...], center: dict[str, float]) -> None:
    each = [np.array([number], "float32") for number in numbers]
    expected = KERAS.affine_transform(BOXES, *each, 100, 200, **center)
    same(bounding_boxes.affine_transform(BOXES, *each, 100, 200, **center), expected)
    same(bounding_boxes.affine_transform(BOXES, *numbers, 100, 200, **center), expected)
    other = bounding_boxes.convert_format(BOXES, "xyxy", "rel_xywh", **SIZE)
    moved = bounding_boxes.affine_transform(other, *numbers, 100, 200, **center, bounding_box_format="rel_xywh")
    same(bounding_boxes.convert_format(moved, "rel_xywh", "xyxy", **SIZE), expected)


@pytest.mark.parametrize("dtype", ["float32", "int32"])
def test_cropping_and_padding(dtype: str) -> None:
    boxes = BOXES.astype(dtype)
    for got, expected in (
        (bounding_boxes.crop(boxes, 5, 6, 30, 40), KERAS.crop(boxes, 5, 6, 30, 40)),
        (bounding_boxes.pad(boxes, 5, 6), KERAS.pad(boxes, 5, 6)),
    ):
        same(got, expected)
        assert got.dtype == expected.dtype


@pytest.mark.parametrize("name", FORMATS[:5])
def test_cropping_and_padding_in_every_format_of_pixels(name: str) -> None:
    given = bounding_boxes.convert_format(BOXES, "xyxy", name)
    cropped, padded = bounding_boxes.crop(given, 5, 6, 30, 40, name), bounding_boxes.pad(given, 5, 6, 0, 0, name)
    same(bounding_boxes.convert_format(cropped, name, "xyxy"), bounding_boxes.crop(BOXES, 5, 6, 30, 40))
    same(bounding_boxes.convert_format(padded, name, "xyxy"), bounding_boxes.pad(BOXES, 5, 6))


ANCHORS = np.array([[0, 0, 20, 20], [10, 10, 40, 60], [5, 6, 90, 99]], "float32")


@pytest.mark.parametrize("encoding", ["center_yxhw", "center_xywh"])
@pytest.mark.parametrize("variance", [None, [0.1, 0.1, 0.2, 0.2]])
@pytest.mark.parametrize("name", ["xyxy", "center_xywh", "rel_xyxy"])
def test_deltas(name: str, variance: Any, encoding: str) -> None:
    rest = {"variance": variance, "image_shape": (100, 200, 3)}
    for boxes in (BOXES, BOXES[0]):
        deltas = bounding_boxes.encode_box_to_deltas(ANCHORS, boxes, name, name, encoding, **rest)
        same(deltas, KERAS.encode_box_to_deltas(ANCHORS, boxes, name, name, encoding, **rest))
        got = bounding_boxes.decode_deltas_to_boxes(ANCHORS, deltas, name, "xywh", encoding, **rest)
        given = (torch.tensor(ANCHORS), torch.as_tensor(array(deltas)))
        same(got, KERAS.decode_deltas_to_boxes(*given, name, "xywh", encoding, **rest))
        same(bounding_boxes.convert_format(got, "xywh", name, **SIZE), boxes)


def test_deltas_of_several_levels() -> None:
    levels = {"a": ANCHORS[:1], "b": ANCHORS[1:]}
    got = bounding_boxes.decode_deltas_to_boxes(levels, levels, "xyxy", "xyxy", variance=[0.01] * 4)
    for key, anchors in levels.items():
        same(got[key], bounding_boxes.decode_deltas_to_boxes(anchors, anchors, "xyxy", "xyxy", variance=[0.01] * 4))


def test_symbolic_boxes() -> None:
    boxes = torchkeras.Input((3, 4))
    model = torchkeras.Model(boxes, bounding_boxes.compute_iou(boxes, torch.tensor(OTHERS[0]), "xyxy"))
    same(model(BOXES), bounding_boxes.compute_iou(BOXES, OTHERS[0], "xyxy"))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: bounding_boxes.convert_format(BOXES, "xyxy", "xywhh"), "'xywhh'. Did you mean 'xywh'?"),
        (lambda: bounding_boxes.convert_format(BOXES[..., :3], "xyxy", "xywh"), "got Tensor of shape (1, 3, 3)"),
        (lambda: bounding_boxes.convert_format(BOXES, "xyxy", "rel_xyxy"), "got height=None and width=None"),
        (lambda: bounding_boxes.clip_to_image_size(BOXES), "need the image's size"),
        (lambda: bounding_boxes.compute_iou(BOXES, BOXES, "rel_xyxy"), "need `image_shape`"),
        (lambda: bounding_boxes.compute_iou(BOXES[0, 0], BOXES, "xyxy"), "got Tensor of shape (4,)"),
        (lambda: bounding_boxes.crop(BOXES, 1, 2, 3, 4, "rel_xyxy"), "'rel_xyxy') can't be moved by pixels"),
        (lambda: bounding_boxes.encode_box_to_deltas(ANCHORS, ANCHORS, "xyxy", "xyxy", "xyxy"), "got 'xyxy'"),
        (lambda: bounding_boxes.encode_box_to_deltas(ANCHORS, ANCHORS, "xyxy", "xyxy", variance=[1]), "shape (1,)"),
    ],
)
def test_what_does_not_fit_is_said(call: Any, message: str) -> None:
    with pytest.raises((ValueError, NotImplementedError), match=re.escape(message)):
        call()
