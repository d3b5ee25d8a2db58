"""Drawing how an image is to be changed, and changing it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from torchkeras._eras.preprocessing.image._colors import (
    apply_brightness_shift,
    apply_channel_shift,
    draw_brightness,
)
from torchkeras._eras.preprocessing.image._random_warping import draw_zoom
from torchkeras._eras.preprocessing.image._warping import apply_affine_transform, flip_axis

_WARPS = {"theta": 0, "tx": 0, "ty": 0, "shear": 0, "zx": 1, "zy": 1}


class Augmentation:
    """The part of `ImageDataGenerator` that changes images at random.

    Numbers come from NumPy's global generator, in Keras' order: the same seed gives the same images.
    """

    rotation_range: float
    width_shift_range: Any
    height_shift_range: Any
    brightness_range: Sequence[float] | None
    shear_range: float
    zoom_range: Sequence[float]
    channel_shift_range: float
    fill_mode: str
    cval: float
    horizontal_flip: bool
    vertical_flip: bool
    interpolation_order: int
    row_axis: int
    col_axis: int
    channel_axis: int

    def get_random_transform(self, img_shape: Sequence[int], seed: int | None = None) -> dict[str, Any]:
        """Draw the changes for one image.

        Args:
            img_shape: shape of the image, three axes.
            seed: for NumPy's global generator; by default that goes on as it stands.

        Returns:
            ``theta`` and ``shear`` in degrees, ``tx`` (heights) and ``ty`` (widths) in pixels, the factors ``zx``
            and ``zy``, ``flip_horizontal``, ``flip_vertical``, ``channel_shift_intensity`` and ``brightness``, the
            last two None where there is none. `apply_transform` takes it.
        """
        if seed is not None:
            np.random.seed(seed)
        # one entry after the other: each draws
        drawn: dict[str, Any] = {
            "theta": _either_way(self.rotation_range, 0),
            "tx": _draw_shift(self.height_shift_range, img_shape[self.row_axis - 1]),
            "ty": _draw_shift(self.width_shift_range, img_shape[self.col_axis - 1]),
            "shear": _either_way(self.shear_range, 0),
        }
        drawn["zx"], drawn["zy"] = draw_zoom(self.zoom_range)
        drawn["flip_horizontal"] = (np.random.random() < 0.5) * self.horizontal_flip
        drawn["flip_vertical"] = (np.random.random() < 0.5) * self.vertical_flip
        drawn["channel_shift_intensity"] = _either_way(self.channel_shift_range, None)
        drawn["brightness"] = None if self.brightness_range is None else draw_brightness(self.brightness_range)
        return drawn

    def apply_transform(self, x: np.ndarray, transform_parameters: dict[str, Any]) -> np.ndarray:
        """Change one image as told.

        Args:
            x: an image with three axes.
            transform_parameters: what `get_random_transform` gives, or some of it.
        """
        told = transform_parameters.get
        rows, columns, channels = self.row_axis - 1, self.col_axis - 1, self.channel_axis - 1
        x = apply_affine_transform(
            x,
            **{name: told(name, neutral) for name, neutral in _WARPS.items()},
            row_axis=rows,
            col_axis=columns,
            channel_axis=channels,
            fill_mode=self.fill_mode,
            cval=self.cval,
            order=self.interpolation_order,
        )
        intensity, brightness = told("channel_shift_intensity"), told("brightness")
        if intensity is not None:
            x = apply_channel_shift(x, intensity, channels)
        if told("flip_horizontal"):
            x = flip_axis(x, columns)
        if told("flip_vertical"):
            x = flip_axis(x, rows)
        if brightness is not None:
            x = apply_brightness_shift(x, brightness, scale=False)
        return x

    def random_transform(self, x: np.ndarray, seed: int | None = None) -> np.ndarray:
        """Change one image at random: ``(h, w, c) -> (h, w, c)``.

        Args:
            x: an image with three axes.
            seed: for NumPy's global generator; by default that goes on as it stands.
        """
        return self.apply_transform(x, self.get_random_transform(x.shape, seed))


def _either_way(largest: float, nothing: Any) -> Any:
    return np.random.uniform(-largest, largest) if largest else nothing


def _draw_shift(allowed: Any, size: int) -> float:
    """A shift in pixels: of the values in a list, of the integers below an integer, or up to a float either way.

    Where all are below 1, they are fractions of `size`.
    """
    if isinstance(allowed, (int, float)) and not allowed:
        return 0
    drawn: Any
    if isinstance(allowed, (float, np.floating)):
        drawn = np.random.uniform(-allowed, allowed)
    else:
        drawn = np.random.choice(allowed) * np.random.choice([-1, 1])
    return drawn * size if np.max(allowed) < 1 else drawn
