"""Rotating, shifting, shearing and zooming one image at random, with NumPy's global generator."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from torchkeras._eras.preprocessing._rows import AXES, takes
from torchkeras._eras.preprocessing.image._warping import apply_affine_transform


@takes(*AXES)
def random_rotation(
    x: np.ndarray,
    rg: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
) -> np.ndarray:
    """One image, rotated by an angle of up to `rg` degrees either way.

    Args:
        x: an image with three axes.
        rg: the largest angle, in degrees.
        row_axis, col_axis, channel_axis, fill_mode, cval: as in `apply_affine_transform`.
        interpolation_order: of the splines that interpolate, 0 to 5.
    """
    theta = np.random.uniform(-rg, rg)
    axes = row_axis, col_axis, channel_axis
    return _warp(x, axes, fill_mode, cval, interpolation_order, theta=theta)


@takes(*AXES)
def random_shift(
    x: np.ndarray,
    wrg: float,
    hrg: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
) -> np.ndarray:
    """One image, shifted by up to `wrg` of its width and `hrg` of its height either way.

    Args:
        x: an image with three axes.
        wrg, hrg: the largest shifts, as fractions.
        row_axis, col_axis, channel_axis, fill_mode, cval: as in `apply_affine_transform`.
        interpolation_order: of the splines that interpolate, 0 to 5.
    """
    tx = np.random.uniform(-hrg, hrg) * x.shape[row_axis]
    ty = np.random.uniform(-wrg, wrg) * x.shape[col_axis]
    axes = row_axis, col_axis, channel_axis
    return _warp(x, axes, fill_mode, cval, interpolation_order, tx=tx, ty=ty)


@takes(*AXES)
def random_shear(
    x: np.ndarray,
    intensity: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
) -> np.ndarray:
    """One image, sheared by an angle of up to `intensity` degrees either way.

    Args:
        x: an image with three axes.
        intensity: the largest angle, in degrees.
        row_axis, col_axis, channel_axis, fill_mode, cval: as in `apply_affine_transform`.
        interpolation_order: of the splines that interpolate, 0 to 5.
    """
    shear = np.random.uniform(-intensity, intensity)
    axes = row_axis, col_axis, channel_axis
    return _warp(x, axes, fill_mode, cval, interpolation_order, shear=shear)


@takes(*AXES)
def random_zoom(
    x: np.ndarray,
    zoom_range: Sequence[float],
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
) -> np.ndarray:
    """One image, its height and width each zoomed by a factor within `zoom_range`.

    Args:
        x: an image with three axes.
        zoom_range: the smallest and the largest factor.
        row_axis, col_axis, channel_axis, fill_mode, cval: as in `apply_affine_transform`.
        interpolation_order: of the splines that interpolate, 0 to 5.

    Raises:
        ValueError: `zoom_range` is not two numbers.
    """
    if np.shape(zoom_range) != (2,):
        raise ValueError(f"`zoom_range` should be a tuple or list of two floats. Received: {zoom_range}")
    zx, zy = draw_zoom(zoom_range)
    axes = row_axis, col_axis, channel_axis
    return _warp(x, axes, fill_mode, cval, interpolation_order, zx=zx, zy=zy)


def draw_zoom(zoom_range: Sequence[float]) -> tuple[float, float]:
    """Two factors within the range; nothing is drawn if it allows 1 only."""
    low, high = zoom_range
    if low == 1 and high == 1:
        return 1, 1
    zx, zy = np.random.uniform(low, high, 2)
    return zx, zy


def _warp(x: Any, axes: tuple[int, int, int], fill_mode: str, cval: float, order: int, **warp: float) -> np.ndarray:
    rows, columns, channels = axes
    return apply_affine_transform(
        x,
        row_axis=rows,
        col_axis=columns,
        channel_axis=channels,
        fill_mode=fill_mode,
        cval=cval,
        order=order,
        **warp,
    )
