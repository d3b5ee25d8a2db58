"""What the small networks share: widths that are multiples, padding before a stride, weights for several sizes."""

import dataclasses
import warnings
from collections.abc import Sequence

from torchkeras._symbolic import KerasTensor
from torchkeras.applications._application import Options, channel_axis
from torchkeras.applications._weights import IMAGENET


def divisible(width: float, divisor: int = 8) -> int:
    """The multiple of `divisor` nearest to `width`, the next one where that would lose more than a tenth."""
    found = nearest_multiple(width, divisor)
    return found + divisor if found < 0.9 * width else found


def nearest_multiple(width: float, divisor: int = 8) -> int:
    """The multiple of `divisor` nearest to `width`, and at least `divisor`."""
    return max(divisor, int(width + divisor / 2) // divisor * divisor)


def padding_before_stride(
    x: KerasTensor, kernel: int, unknown_is_odd: bool = False
) -> tuple[tuple[int, int], tuple[int, int]]:
    """How much to pad so that a strided, unpadded convolution sees the pixels that TensorFlow's ``"same"`` would."""
    axis = channel_axis()
    height, width = (x.shape[1], x.shape[2]) if axis == 3 else (x.shape[2], x.shape[3])
    odd = [unknown_is_odd if size is None else size % 2 == 1 for size in (height, width)]
    top, left = (kernel // 2 - (0 if one else 1) for one in odd)
    return (top, kernel // 2), (left, kernel // 2)


def trained_size(options: Options, sizes: Sequence[int]) -> int:
    """The image size whose ImageNet weights serve: that of the images if there are such, else 224."""
    shape = options.input_shape
    rows, columns = _size(shape) if shape is not None else (None, None)
    if rows is not None and rows == columns and rows in sizes:
        return rows
    if options.weights == IMAGENET and (shape is not None or not options.include_top):
        warnings.warn(
            f"{options.name}: there are ImageNet weights for square images of {', '.join(map(str, sizes))}, not for "
            f"input_shape={shape}; those of 224 are loaded.",
            stacklevel=4,
        )
    return 224


def _size(shape: Sequence[int | None]) -> tuple[int | None, int | None]:
    rows, columns = shape[:2] if channel_axis() == 3 else shape[1:]
    return rows, columns


def named(options: Options, prefix: str, alpha: float, size: int) -> Options:
    """The options with the automatic name ``prefix_alpha_size``, unless there is a name."""
    if options.name is not None:
        return options
    if options.weights == IMAGENET or (options.include_top and options.input_shape is None):
        rows: int | None = size
    else:
        rows = None if options.input_shape is None else _size(options.input_shape)[0]
    return dataclasses.replace(options, name=f"{prefix}_{alpha:0.2f}_{rows}")


def check_multiplier(options: Options, argument: str, value: float, trained: Sequence[float]) -> None:
    """Raise a ValueError where ImageNet's weights are wanted for a `value` that none were `trained` with."""
    if options.weights == IMAGENET and value not in trained:
        raise ValueError(
            f"{options.name or 'MobileNet'}: there are ImageNet weights for {argument} in {trained}, got "
            f"{argument}={value}. Pass one of these, or weights=None."
        )
