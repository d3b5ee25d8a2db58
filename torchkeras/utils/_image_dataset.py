"""Images in directories as a data set."""

from typing import Any

import torch.nn.functional as F
from torch import Tensor

from torchkeras import ops
from torchkeras._errors import unknown
from torchkeras._pipeline import AUTOTUNE, Dataset
from torchkeras._shapes import normalize_tuple
from torchkeras.utils._directory import Order, checked_format, datasets, with_loaded
from torchkeras.utils._image import _data_format
from torchkeras.utils._image_bytes import decode

ENDINGS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")
_CHANNELS = {"rgb": 3, "rgba": 4, "grayscale": 1}
_INTERPOLATIONS = ("bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic")


def image_dataset_from_directory(
    directory: Any,
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Any = None,
    color_mode: str = "rgb",
    batch_size: int | None = 32,
    image_size: Any = (256, 256),
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    interpolation: str = "bilinear",
    follow_links: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    data_format: str | None = None,
    format: str = "tf",
    verbose: bool = True,
) -> Any:
    """Batches of images from a directory, with labels: ``(b, h, w, c)`` from 0 to 255, float32 (uint8 if "nearest").

    Args:
        directory: with a subdirectory for each class, or with the images themselves.
        labels: ``"inferred"`` from the subdirectories; a list of integers, one a file in the order of their paths;
            None for images alone.
        label_mode: ``"int"``: ``(b,)`` integers; ``"categorical"``: ``(b, classes)`` one-hot; ``"binary"``:
            ``(b, 1)`` zeros and ones; None for images alone.
        class_names: the subdirectories in the order of their labels; sorted by default.
        color_mode: ``"rgb"``, ``"rgba"`` or ``"grayscale"``.
        batch_size: images a batch; None for single images.
        image_size: ``(height, width)`` in pixels that images are resized to.
        shuffle: another order each epoch; else that of the paths.
        seed: for the order, and for which files go to which subset.
        validation_split: the fraction of files that is held out.
        subset: ``"training"``, ``"validation"``, or ``"both"`` for the two data sets.
        interpolation: ``"bilinear"``, ``"nearest"``, ``"bicubic"``, ``"area"``, ``"lanczos3"`` or ``"lanczos5"``.
        follow_links: go into linked subdirectories.
        crop_to_aspect_ratio: cut the longer sides off before resizing, so that nothing is distorted.
        pad_to_aspect_ratio: add black borders on both sides before resizing, so that nothing is distorted. (Keras on
            TensorFlow adds them at the bottom and at the right here, and on both sides in ``ops.image.resize``.)
        data_format: ``"channels_last"`` or ``"channels_first"``; by default that of the settings.
        format: ``"tf"``, which here needs no TensorFlow. ``"grain"`` is refused.
        verbose: say how many files there are.

    Returns:
        The data set, with `class_names` and `file_paths`. Its files are read while it is iterated.

    Raises:
        ValueError: an argument that makes no sense, or a directory without images.
    """
    checked_format(format)
    if color_mode not in _CHANNELS:
        raise ValueError(
            f'`color_mode` must be one of {{"rgb", "rgba", "grayscale"}}. Received: color_mode={color_mode}'
        )
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ValueError("Only one of `pad_to_aspect_ratio`, `crop_to_aspect_ratio` can be set to `True`.")
    size = normalize_tuple(image_size, 2, "image_size")
    first = _data_format(data_format) == "channels_first"
    resize = resizer(interpolation, size, crop_to_aspect_ratio, pad_to_aspect_ratio)

    def load(path: str) -> Tensor:
        with open(path, "rb") as file:
            image = resize(decode(file.read(), _CHANNELS[color_mode]))
        return image.permute(2, 0, 1) if first else image

    def finish(dataset: Dataset) -> Dataset:
        return batched(dataset.map(with_loaded(load), num_parallel_calls=AUTOTUNE), batch_size)

    wanted = Order(
        "images", ENDINGS, directory, labels, label_mode, class_names, shuffle, seed,
        validation_split, subset, follow_links, verbose,
    )  # fmt: skip
    return datasets(wanted, finish)


def batched(dataset: Dataset, batch_size: int | None) -> Dataset:
    """In batches, if wanted, made ahead."""
    return (dataset if batch_size is None else dataset.batch(batch_size)).prefetch(AUTOTUNE)


def resizer(interpolation: str, size: tuple[int, ...], crop: bool = False, pad: bool = False) -> Any:
    """A function that resizes an image: ``(h, w, c) -> (*size, c)``, float32; the pixels as they are for nearest."""
    if interpolation not in _INTERPOLATIONS:
        raise unknown("interpolation", interpolation, _INTERPOLATIONS)
    if interpolation in ("gaussian", "mitchellcubic"):
        raise ValueError(f"`interpolation`: {interpolation!r} is not served; take 'bicubic' or 'lanczos3'.")

    def resize(image: Tensor) -> Tensor:
        image = image if interpolation == "nearest" else image.float()
        if interpolation == "area" and not (crop or pad):
            return F.interpolate(image.permute(2, 0, 1)[None], size, mode="area")[0].permute(1, 2, 0)
        kind = "bilinear" if interpolation == "area" else interpolation
        return ops.image.resize(
            image, size, kind, crop_to_aspect_ratio=crop, pad_to_aspect_ratio=pad, data_format="channels_last"
        )

    return resize
