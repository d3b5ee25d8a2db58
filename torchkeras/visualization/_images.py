"""Images as arrays of bytes, which is what all pictures are made of."""

from typing import Any

import numpy as np

from torchkeras import config, ops
from torchkeras._errors import brief


def as_arrays(images: Any, data_format: str | None, owner: str) -> np.ndarray:
    """A batch of images with the channels last, ``(b, h, w, c)``.

    Raises:
        ValueError: another number of axes.
    """
    array = np.asarray(ops.convert_to_numpy(images))
    if array.ndim != 4:
        raise ValueError(f"{owner}: expected a batch of images with 4 axes, got {brief(array)}.")
    first = (data_format or config.image_data_format()) == "channels_first"
    return array.transpose(0, 2, 3, 1) if first else array


def as_bytes(images: np.ndarray, value_range: tuple[float, float] = (0, 255)) -> np.ndarray:
    """The images with `value_range` stretched to 0..255; values outside are cut off."""
    low, high = value_range
    scaled = (images.astype("float32") - low) / (high - low) * 255
    return np.clip(scaled, 0, 255).astype("uint8")
