"""Changing the brightness and the channels of one image. Pillow loads on first use."""

from collections.abc import Sequence

import numpy as np

from torchkeras._eras.preprocessing._rows import AXES, takes
from torchkeras.utils._image import array_to_img, img_to_array


def apply_channel_shift(x: np.ndarray, intensity: float, channel_axis: int = 0) -> np.ndarray:
    """One image with `intensity` added to every value, cut off at its smallest and largest one.

    Args:
        x: an image with three axes.
        intensity: what to add.
        channel_axis: accepted and of no effect, as all channels move alike.
    """
    return np.clip(x + intensity, x.min(), x.max())


@takes(*AXES)
def random_channel_shift(x: np.ndarray, intensity_range: float, channel_axis: int = 0) -> np.ndarray:
    """One image, its values moved by up to `intensity_range` up or down; see `apply_channel_shift`."""
    return apply_channel_shift(x, np.random.uniform(-intensity_range, intensity_range), channel_axis)


def apply_brightness_shift(x: np.ndarray, brightness: float, scale: bool = True) -> np.ndarray:
    """One image, its brightness multiplied by `brightness`, in steps of 1/255: ``(h, w, c) -> (h, w, c)``.

    Args:
        x: an image with three axes.
        brightness: 0 is black, 1 leaves the image as it is.
        scale: stretch the values to 0..255 first, and leave them there. Otherwise values outside of 0..255 are
            stretched for the change only.

    Raises:
        ImportError: Pillow is not installed.
    """
    low, high = x.min(), x.max()
    outside = bool(low < 0 or high > 255)
    image = array_to_img(x, scale=scale or outside)
    from PIL import ImageEnhance  # after `array_to_img`, which tells what to do where Pillow lacks

    changed = img_to_array(ImageEnhance.Brightness(image).enhance(brightness))
    if outside and not scale:
        changed = changed / 255 * (high - low) + low
    return changed


def random_brightness(x: np.ndarray, brightness_range: Sequence[float], scale: bool = True) -> np.ndarray:
    """One image, its brightness multiplied by a factor within `brightness_range`; see `apply_brightness_shift`.

    Raises:
        ValueError: `brightness_range` is not two numbers.
    """
    return apply_brightness_shift(x, draw_brightness(brightness_range), scale)


def draw_brightness(brightness_range: Sequence[float]) -> float:
    """A factor within the range."""
    if np.shape(brightness_range) != (2,):
        raise ValueError(f"`brightness_range` should be a tuple or list of two floats. Received: {brightness_range}")
    low, high = brightness_range
    return np.random.uniform(low, high)
