"""Zeros around sequences, images and volumes."""

from typing import Any

from torchkeras import ops
from torchkeras._eras.backend._spellings import data_format_of, renamed


def temporal_padding(x: Any, padding: Any = (1, 1)) -> Any:
    """Zeros before and after: ``(b, t, d) -> (b, t + 2, d)``."""
    return ops.pad(x, [(0, 0), _pair(padding), (0, 0)])


def asymmetric_temporal_padding(x: Any, left_pad: int = 1, right_pad: int = 1) -> Any:
    """Keras 1's :func:`temporal_padding` with two numbers."""
    return temporal_padding(x, (left_pad, right_pad))


@renamed(dim_ordering="data_format")
def spatial_2d_padding(x: Any, padding: Any = ((1, 1), (1, 1)), data_format: str | None = None) -> Any:
    """Zeros above, below, left and right: ``(b, h, w, c) -> (b, h + 2, w + 2, c)``."""
    return _spatial(x, padding, data_format)


def asymmetric_spatial_2d_padding(
    x: Any,
    top_pad: int = 1,
    bottom_pad: int = 1,
    left_pad: int = 1,
    right_pad: int = 1,
    dim_ordering: str | None = None,
) -> Any:
    """Keras 1's :func:`spatial_2d_padding` with four numbers."""
    return _spatial(x, ((top_pad, bottom_pad), (left_pad, right_pad)), dim_ordering)


@renamed(dim_ordering="data_format")
def spatial_3d_padding(x: Any, padding: Any = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None) -> Any:
    """Zeros around volumes: ``(b, d, h, w, c) -> (b, d + 2, h + 2, w + 2, c)``."""
    return _spatial(x, padding, data_format)


def _spatial(x: Any, padding: Any, data_format: str | None) -> Any:
    widths = [_pair(width) for width in padding]
    if data_format_of(data_format) == "channels_last":
        return ops.pad(x, [(0, 0), *widths, (0, 0)])
    return ops.pad(x, [(0, 0), (0, 0), *widths])


def _pair(width: Any) -> tuple[int, int]:
    """Before and after; Keras 1 gave one number for both."""
    return (width, width) if isinstance(width, int) else tuple(width)


__all__ = ["asymmetric_spatial_2d_padding", "asymmetric_temporal_padding", "spatial_2d_padding", "spatial_3d_padding"]
__all__ += ["temporal_padding"]
