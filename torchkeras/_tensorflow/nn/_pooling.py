"""Pooling, and blocks of pixels as channels."""

from typing import Any

from torchkeras import ops
from torchkeras._tensorflow._rows import Function, own, publish
from torchkeras._tensorflow.nn._convolutions import Sizes, data_format_of, padded, spatial


def _pool(function: Function, x: Any, ksize: Sizes, strides: Sizes, padding: Any, data_format: str | None) -> Any:
    form = data_format_of(data_format)
    rank, first = len(x.shape) - 2, form == "channels_first"
    x, padding = padded(x, padding)
    return function(x, spatial(ksize, rank, first), spatial(strides, rank, first), padding, form)


def _row(function: Function, what: str) -> Function:
    def pool(
        input: Any = None,
        ksize: Sizes = None,
        strides: Sizes = None,
        padding: Any = "VALID",
        data_format: str | None = None,
        value: Any = None,
    ) -> Any:
        return _pool(function, value if input is None else input, ksize, strides, padding, data_format)

    pool.__doc__ = f"The {what} of each window of `ksize`: ``(b, …, c) -> (b, …', c)``."
    return own(pool)


max_pool = max_pool1d = max_pool2d = max_pool3d = _row(ops.max_pool, "largest element")
avg_pool = avg_pool1d = avg_pool2d = avg_pool3d = _row(ops.average_pool, "mean")


@own
def pool(
    input: Any,
    window_shape: Sizes,
    pooling_type: str,
    strides: Sizes = None,
    padding: Any = "VALID",
    data_format: str | None = None,
    dilations: Sizes = None,
) -> Any:
    """:func:`max_pool` or :func:`avg_pool`, by `pooling_type` ``"MAX"`` or ``"AVG"``."""
    function = ops.max_pool if pooling_type.upper() == "MAX" else ops.average_pool
    return _pool(function, input, window_shape, strides, padding, data_format)


@own
def depth_to_space(input: Any, block_size: int, data_format: str = "NHWC") -> Any:
    """Channels become blocks of pixels: ``(b, h, w, c) -> (b, h * n, w * n, c / n²)``."""
    return ops.depth_to_space(input, block_size, data_format_of(data_format))


@own
def space_to_depth(input: Any, block_size: int, data_format: str = "NHWC") -> Any:
    """Blocks of pixels become channels: ``(b, h, w, c) -> (b, h / n, w / n, c * n²)``."""
    return ops.space_to_depth(input, block_size, data_format_of(data_format))


publish(globals())
