"""Images side by side, drawn by matplotlib."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from torchkeras import ops
from torchkeras.visualization._drawing import Color, draw_bounding_boxes, draw_segmentation_masks
from torchkeras.visualization._images import as_arrays, as_bytes


def plot_image_gallery(
    images: Any,
    y_true: Any = None,
    y_pred: Any = None,
    label_map: Mapping[Any, str] | None = None,
    rows: int | None = None,
    cols: int | None = None,
    value_range: tuple[float, float] = (0, 255),
    scale: float = 2,
    path: Any = None,
    show: bool | None = None,
    transparent: bool = True,
    dpi: int = 60,
    legend_handles: Any = None,
    data_format: str | None = None,
) -> None:
    """Show a batch of images in a grid, or write it to a file.

    Args:
        images: the batch.
        y_true, y_pred: labels that are written above each image, by `label_map`.
        label_map: the text of each label.
        rows, cols: of the grid; by default as nearly a square as holds all images.
        value_range: the images' smallest and largest value.
        scale: inches an image.
        path: a file to write to.
        show: whether to show it; by default where there is no `path`.
        transparent, dpi: of the file.
        legend_handles: matplotlib's, for a legend below.
        data_format: of the images.

    Raises:
        ValueError: labels without `label_map`; `path` and ``show=True``; other shapes.
        ImportError: matplotlib is missing.
    """
    if path is not None and show:
        raise ValueError("plot_image_gallery: give either `path` or `show=True`, not both.")
    if label_map is None and (y_true is not None or y_pred is not None):
        raise ValueError("plot_image_gallery: y_true and y_pred need a `label_map`, the texts of the labels.")
    arrays = as_bytes(as_arrays(images, data_format, "plot_image_gallery"), value_range)
    titles = _titles(len(arrays), y_true, y_pred, label_map or {})
    plt = _pyplot()
    rows, cols = _grid(len(arrays), rows, cols)
    size = (cols * scale, rows * scale)
    figure, axes = plt.subplots(nrows=rows, ncols=cols, figsize=size, layout="tight", squeeze=False)
    figure.subplots_adjust(wspace=0, hspace=0)
    for index, place in enumerate(axes.flat):
        place.axis("off")
        if index < len(arrays):
            place.imshow(arrays[index], cmap="gray" if arrays.shape[-1] == 1 else None)
            place.set_title(titles[index])
            place.margins(x=0, y=0)
    if legend_handles is not None:
        figure.legend(handles=legend_handles, loc="lower center")
    if path is not None:
        figure.savefig(path, pad_inches=0, bbox_inches="tight", transparent=transparent, dpi=dpi)
        plt.close(figure)
    elif show or show is None:
        plt.show()
        plt.close(figure)


def _pyplot() -> Any:
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError("keras.visualization draws with matplotlib: `pip install matplotlib`.") from error
    return plt


def _grid(count: int, rows: int | None, cols: int | None) -> tuple[int, int]:
    if rows is None:
        rows = math.ceil(math.sqrt(count)) if cols is None else math.ceil(count / cols)
    return max(1, rows), max(1, cols if cols is not None else math.ceil(count / rows))


def _titles(count: int, y_true: Any, y_pred: Any, texts: Mapping[Any, str]) -> list[str]:
    titles = [""] * count
    for word, labels in (("Label", y_true), ("Pred", y_pred)):
        if labels is not None:
            for index, label in enumerate(np.reshape(ops.convert_to_numpy(labels), -1)[:count]):
                titles[index] = f"{titles[index]}  {word}: {texts.get(label.item(), label)}".strip()
    return titles


def plot_bounding_box_gallery(
    images: Any,
    bounding_box_format: str,
    y_true: Any = None,
    y_pred: Any = None,
    value_range: tuple[float, float] = (0, 255),
    true_color: Color = (0, 188, 212),
    pred_color: Color = (255, 235, 59),
    line_thickness: int = 2,
    font_scale: float = 1.0,
    text_thickness: int | None = None,
    class_mapping: Mapping[int, str] | None = None,
    ground_truth_mapping: Mapping[int, str] | None = None,
    prediction_mapping: Mapping[int, str] | None = None,
    legend: bool = False,
    legend_handles: Any = None,
    rows: int | None = None,
    cols: int | None = None,
    data_format: str | None = None,
    **kwargs: Any,
) -> None:
    """Show a batch of images with their true and predicted boxes.

    Args:
        images: the batch.
        bounding_box_format: see :func:`keras.utils.bounding_boxes.convert_format`.
        y_true, y_pred: boxes as :func:`draw_bounding_boxes` takes them.
        value_range: the images' smallest and largest value.
        true_color, pred_color: of the boxes.
        line_thickness, font_scale, text_thickness: see :func:`draw_bounding_boxes`; the thickness of the text is that
            of the lines by default.
        class_mapping: the texts of the labels; those of the true and the predicted ones may have their own.
        ground_truth_mapping, prediction_mapping: these.
        legend: whether a legend tells the colors.
        legend_handles: matplotlib's, in place of these or, with `legend`, behind them.
        rows, cols: of the grid.
        data_format: of the images.
        **kwargs: go to :func:`plot_image_gallery`.
    """
    drawn = as_bytes(as_arrays(images, data_format, "plot_bounding_box_gallery"), value_range)
    for boxes, color, names in (
        (y_true, true_color, ground_truth_mapping or class_mapping),
        (y_pred, pred_color, prediction_mapping or class_mapping),
    ):
        if boxes is not None:
            drawn = draw_bounding_boxes(
                drawn,
                boxes,
                bounding_box_format,
                names,
                color,
                line_thickness,
                line_thickness if text_thickness is None else text_thickness,
                font_scale,
                "channels_last",
            )
    handles = _color_handles(true_color, pred_color) if legend else []
    handles += list(legend_handles or [])
    plot_image_gallery(
        drawn, rows=rows, cols=cols, legend_handles=handles or None, data_format="channels_last", **kwargs
    )


def _color_handles(true_color: Color, pred_color: Color) -> list[Any]:
    _pyplot()
    from matplotlib.patches import Patch

    named = (("Ground Truth", true_color), ("Prediction", pred_color))
    return [Patch(color=(red / 255, green / 255, blue / 255), label=name) for name, (red, green, blue) in named]


def plot_segmentation_mask_gallery(
    images: Any,
    num_classes: int,
    value_range: tuple[float, float] = (0, 255),
    y_true: Any = None,
    y_pred: Any = None,
    color_mapping: Mapping[int, Color] | None = None,
    blend: bool = True,
    alpha: float = 0.8,
    ignore_index: int = -1,
    data_format: str | None = None,
    **kwargs: Any,
) -> None:
    """Show each image of a batch in a row with its true and its predicted mask.

    Args:
        images: the batch.
        num_classes: how many classes there are.
        value_range: the images' smallest and largest value.
        y_true, y_pred: masks; this and the next four as :func:`draw_segmentation_masks` takes them.
        color_mapping, blend, alpha, ignore_index, data_format: likewise.
        **kwargs: go to :func:`plot_image_gallery`.
    """
    plain = as_bytes(as_arrays(images, data_format, "plot_segmentation_mask_gallery"), value_range)
    columns = [plain]
    for masks in (y_true, y_pred):
        if masks is not None:
            masks = as_arrays(masks, data_format, "plot_segmentation_mask_gallery")
            columns.append(
                draw_segmentation_masks(
                    plain, masks, num_classes, color_mapping, alpha, blend, ignore_index, "channels_last"
                )
            )
    shown = np.stack(columns, axis=1).reshape(-1, *plain.shape[1:])  # image, true, predicted; image, ...
    plot_image_gallery(shown, rows=len(plain), cols=len(columns), data_format="channels_last", **kwargs)
