"""Rotating, shifting, shearing, zooming and mirroring one image. SciPy loads on first use."""

from typing import Any

import numpy as np

from torchkeras._eras.preprocessing._rows import AXES, takes


def _ndimage() -> Any:
    try:
        from scipy import ndimage
    except ImportError as error:
        raise ImportError(
            "Rotating, shifting, shearing and zooming images needs SciPy: `pip install scipy`."
        ) from error
    return ndimage


def apply_affine_transform(
    x: np.ndarray,
    theta: float = 0,
    tx: float = 0,
    ty: float = 0,
    shear: float = 0,
    zx: float = 1,
    zy: float = 1,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    order: int = 1,
) -> np.ndarray:
    """One image, rotated, shifted, sheared and zoomed about its middle; the shape stays.

    Args:
        x: an image with three axes.
        theta: angle of rotation, in degrees.
        tx: shift along the columns, in pixels.
        ty: shift along the rows, in pixels.
        shear: angle of shearing, in degrees.
        zx: zoom along the columns: 2 shows twice as much of the plane, so things get smaller.
        zy: zoom along the rows.
        row_axis, col_axis, channel_axis: where `x` has its height, width and channels.
        fill_mode: what is seen outside: ``"nearest"``, ``"constant"`` (which is `cval`), ``"reflect"``, ``"wrap"``.
        order: of the splines that interpolate, 0 to 5; 1 is linear.

    Raises:
        ValueError: `x` has not three axes, or the axes given are not its three.
        ImportError: SciPy is not installed.
    """
    _check_axes(x, row_axis, col_axis, channel_axis)
    if (theta, tx, ty, shear, zx, zy) == (0, 0, 0, 0, 1, 1):
        return x
    matrix = _rotation(theta) @ _shift(tx, ty) @ _shear(shear) @ np.diag([zx, zy, 1.0])
    matrix = transform_matrix_offset_center(matrix, x.shape[row_axis], x.shape[col_axis])
    if row_axis < col_axis:  # x and y of the plane are its columns and rows; Keras takes the middle before this, too
        matrix = matrix[[1, 0, 2]][:, [1, 0, 2]]
    return apply_transform(x, matrix, channel_axis, fill_mode, cval, order)


@takes(*AXES)
def apply_transform(
    x: np.ndarray,
    transform_matrix: np.ndarray,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    order: int = 1,
) -> np.ndarray:
    """One image, each of its channels seen through a homogeneous 3 by 3 matrix.

    Args:
        x: an image with three axes.
        transform_matrix: maps places in the result to places in `x`, rows first, in pixels.
        channel_axis, fill_mode, cval, order: as in `apply_affine_transform`.
    """
    warp = _ndimage().affine_transform
    linear, offset = transform_matrix[:2, :2], transform_matrix[:2, 2]
    planes = np.moveaxis(x, channel_axis, 0)
    warped = [warp(plane, linear, offset, order=order, mode=fill_mode, cval=cval) for plane in planes]
    return np.stack(warped, axis=channel_axis)


def _check_axes(x: np.ndarray, *axes: int) -> None:
    if x.ndim != 3:
        raise ValueError(f"Expected one image with three axes (multi-channel, 2-D), got an array of shape {x.shape}.")
    if sorted(axes) != [0, 1, 2] and {axis % 3 for axis in axes} != {0, 1, 2}:
        raise ValueError(f"Expected `row_axis`, `col_axis` and `channel_axis` to be three different axes, got {axes}.")


def _rotation(degrees: float) -> np.ndarray:
    cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])


def _shift(rows: float, columns: float) -> np.ndarray:
    return np.array([[1, 0, rows], [0, 1, columns], [0, 0, 1]])


def _shear(degrees: float) -> np.ndarray:
    angle = np.deg2rad(degrees)
    return np.array([[1, -np.sin(angle), 0], [0, np.cos(angle), 0], [0, 0, 1]])


def transform_matrix_offset_center(matrix: np.ndarray, x: int, y: int) -> np.ndarray:
    """The homogeneous 3 by 3 `matrix`, made to act about the middle of an image of `x` rows and `y` columns."""
    middle = (x / 2 - 0.5, y / 2 - 0.5)
    return _shift(*middle) @ matrix @ _shift(-middle[0], -middle[1])


def flip_axis(x: Any, axis: int) -> np.ndarray:
    """`x` mirrored along `axis`."""
    return np.flip(np.asarray(x), axis)
