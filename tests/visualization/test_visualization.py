"""Galleries show the pixels and titles that Keras' show; boxes, which Keras draws with OpenCV, are in place."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import matplotlib as mpl
import numpy as np
import pytest
import torch

mpl.use("Agg")

import matplotlib.pyplot as plt

from torchkeras import visualization

IMAGES = np.random.default_rng(0).integers(0, 255, (4, 8, 10, 3)).astype("float32")
MASKS = np.random.default_rng(1).integers(-1, 3, (4, 8, 10, 1))
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(autouse=True)
def kept_open(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Figures stay to be looked at; no window opens."""
    close = plt.close
    monkeypatch.setattr(plt, "close", lambda *_: None)
    monkeypatch.setattr(plt, "show", lambda *_, **__: SHOWN.append(1))
    SHOWN.clear()
    yield
    close("all")


SHOWN: list[int] = []


def figure(call: Any) -> dict[str, Any]:
    """What the newest figure shows after `call`."""
    call()
    found = plt.figure(plt.get_fignums()[-1])
    return {
        "size": found.get_size_inches().tolist(),
        "images": [np.asarray(axes.images[0].get_array()).tolist() for axes in found.axes if axes.images],
        "titles": [axes.get_title() for axes in found.axes],
        "frames": [axes.axison for axes in found.axes],
        "places": [np.round(axes.get_position().bounds, 3).tolist() for axes in found.axes],
        "legends": [[text.get_text() for text in legend.get_texts()] for legend in found.legends],
    }


GALLERIES: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("plot_image_gallery", (IMAGES,), {}),
    ("plot_image_gallery", (IMAGES,), {"rows": 1, "cols": 3, "scale": 3}),
    ("plot_image_gallery", (IMAGES / 255,), {"value_range": (0, 1)}),
    ("plot_image_gallery", (IMAGES.astype("uint8"),), {"show": True}),
    ("plot_image_gallery", (IMAGES,), {"y_true": [0, 1, 1, 0], "label_map": {0: "cat", 1: "dog"}}),
    (
        "plot_image_gallery",
        (IMAGES,),
        {"y_true": [0, 1, 1, 0], "y_pred": np.array([0, 0, 1, 1]), "label_map": {0: "cat", 1: "dog"}},
    ),
    ("plot_segmentation_mask_gallery", (IMAGES, 3), {"y_true": MASKS, "y_pred": MASKS[::-1]}),
    ("plot_segmentation_mask_gallery", (IMAGES, 3), {"y_true": MASKS, "alpha": 0.3, "ignore_index": 1}),
    ("plot_segmentation_mask_gallery", (IMAGES, 3), {"y_pred": MASKS}),
    ("plot_bounding_box_gallery", (IMAGES, "xyxy"), {}),
]


@pytest.mark.parametrize(("name", "arguments", "options"), GALLERIES, ids=lambda value: str(value)[:40])
def test_galleries_are_keras(name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
    expected = figure(lambda: getattr(keras.visualization, name)(*arguments, **options))
    got = figure(lambda: getattr(visualization, name)(*arguments, **options))
    difference = np.abs(np.array(got.pop("images"), int) - np.array(expected.pop("images"), int))
    assert difference.max() <= 1  # bytes that were rounded in another order
    assert got == expected
    assert len(SHOWN) == 2


def test_legends_are_keras() -> None:
    handles = [mpl.patches.Patch(color="red", label="red ones")]
    expected = figure(lambda: keras.visualization.plot_image_gallery(IMAGES, legend_handles=handles))
    got = figure(lambda: visualization.plot_image_gallery(IMAGES, legend_handles=handles))
    assert got["legends"] == expected["legends"] == [["red ones"]]


@pytest.mark.parametrize("options", [{}, {"rows": 2}, {"cols": 2}], ids=str)
@pytest.mark.parametrize("count", [1, 2, 3, 5, 7])
def test_the_grid_holds_all_images(count: int, options: dict[str, int]) -> None:
    images = np.repeat(IMAGES, 2, axis=0)[:count]
    assert len(figure(lambda: visualization.plot_image_gallery(images, **options))["images"]) == count


def test_channels_first_and_tensors() -> None:
    expected = figure(lambda: visualization.plot_image_gallery(IMAGES))
    first = torch.tensor(IMAGES.transpose(0, 3, 1, 2))
    assert figure(lambda: visualization.plot_image_gallery(first, data_format="channels_first")) == expected


def test_a_gallery_is_written(tmp_path: Path) -> None:
    visualization.plot_image_gallery(IMAGES, path=tmp_path / "gallery.png", dpi=50)
    assert plt.imread(tmp_path / "gallery.png").ndim == 3
    assert SHOWN == []


@pytest.mark.parametrize(
    "options",
    [
        {"num_classes": 3},
        {"num_classes": 5, "alpha": 0.25},
        {"num_classes": 3, "blend": False},
        {"num_classes": 3, "ignore_index": 1},
        {"num_classes": 3, "color_mapping": {0: (1, 2, 3), 1: (255, 0, 0), 2: (9, 99, 200)}},
    ],
    ids=str,
)
def test_masks_are_drawn_as_keras_does(options: dict[str, Any]) -> None:
    expected = keras.ops.convert_to_numpy(keras.visualization.draw_segmentation_masks(IMAGES, MASKS, **options))
    for masks in (MASKS, MASKS[..., 0], torch.tensor(MASKS)):
        got = visualization.draw_segmentation_masks(IMAGES, masks, **options)
        assert got.dtype == np.uint8
        assert np.abs(got.astype(float) - expected).max() <= 1


def test_colors_of_many_classes_are_keras() -> None:
    masks = np.arange(21).reshape(1, 1, 21, 1)
    expected = keras.visualization.draw_segmentation_masks(np.zeros((1, 1, 21, 3)), masks, num_classes=21, alpha=1.0)
    got = visualization.draw_segmentation_masks(np.zeros((1, 1, 21, 3)), masks, alpha=1.0)
    np.testing.assert_array_equal(got, expected)


BOXES = {
    "boxes": np.array([[[2, 1, 7, 6], [0, 0, 9, 7]], [[1, 1, 3, 3], [0, 0, 5, 5]]], "float32"),
    "labels": np.array([[0, -1], [1, -1]]),
}


def test_boxes_are_where_they_belong() -> None:
    black = np.zeros((2, 8, 10, 3), "uint8")
    got = visualization.draw_bounding_boxes(black, BOXES, "xyxy", color=(255, 0, 9), line_thickness=1)
    assert got.shape == black.shape and got.dtype == np.uint8
    expected = np.zeros((8, 10), bool)
    expected[[1, 6], 2:8] = True
    expected[1:7, [2, 7]] = True
    np.testing.assert_array_equal(got[0, ..., 0] == 255, expected)
    assert set(map(tuple, got.reshape(-1, 3))) == {(0, 0, 0), (255, 0, 9)}
    assert (black == 0).all()


def test_boxes_of_other_formats_and_orders() -> None:
    expected = visualization.draw_bounding_boxes(IMAGES[:2], BOXES, "xyxy")
    other = {**BOXES, "boxes": torch.tensor(BOXES["boxes"][..., [1, 0, 3, 2]])}
    first = IMAGES[:2].transpose(0, 3, 1, 2)
    np.testing.assert_array_equal(
        visualization.draw_bounding_boxes(first, other, "yxyx", data_format="channels_first"), expected
    )


def test_labels_are_written() -> None:
    black = np.zeros((2, 40, 60, 3), "uint8")
    boxes = {**BOXES, "boxes": BOXES["boxes"] + 20}
    plain = visualization.draw_bounding_boxes(black, boxes, "xyxy")
    named = visualization.draw_bounding_boxes(black, boxes, "xyxy", {0: "cat", 1: "dog"})
    sure = visualization.draw_bounding_boxes(
        black, {**boxes, "confidences": np.array([[0.5, 0], [0.25, 0]])}, "xyxy", {0: "cat", 1: "dog"}
    )
    assert (plain > 0).sum() < (named > 0).sum() < (sure > 0).sum()


def test_a_gallery_of_boxes() -> None:
    options = {"class_mapping": {0: "cat", 1: "dog"}, "legend": True}
    got = figure(
        lambda: visualization.plot_bounding_box_gallery(IMAGES[:2], "xyxy", y_true=BOXES, y_pred=BOXES, **options)
    )
    assert got["legends"] == [["Ground Truth", "Prediction"]]
    pixels = np.array(got["images"])
    assert (pixels[0, 1, 2:8] == (255, 235, 59)).all()  # the prediction lies above


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda v: v.plot_image_gallery(IMAGES[0]), ValueError, "got ndarray of shape (8, 10, 3)"),
        (lambda v: v.plot_image_gallery(IMAGES, y_true=[1] * 4), ValueError, "need a `label_map`"),
        (lambda v: v.plot_image_gallery(IMAGES, path="x.png", show=True), ValueError, "either `path` or `show=True`"),
        (lambda v: v.draw_segmentation_masks(IMAGES, MASKS * 1.0), TypeError, "expected masks of integers"),
        (lambda v: v.draw_segmentation_masks(IMAGES, MASKS, num_classes=2), ValueError, "the class 2, but num_classes"),
        (lambda v: v.draw_bounding_boxes(IMAGES, BOXES["boxes"], "xyxy"), ValueError, "with 'boxes' and 'labels'"),
    ],
)
def test_what_does_not_fit_is_said(call: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        call(visualization)
