"""Functions that lay elements out anew, join them or pick some."""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from torchkeras import ops
from torchkeras._eras.backend._sizes import Sizes, int_shape, is_shape, known, numbers
from torchkeras._eras.backend._spellings import data_format_of, renamed
from torchkeras.ops._op import op, tensor

# axis -> axis, with the defaults of Keras 2


@renamed(dim="axis")
def expand_dims(x: Any, axis: int = -1) -> Any:
    """A new axis of size 1."""
    return ops.expand_dims(x, axis)


def squeeze(x: Any, axis: int) -> Any:
    """`x` without an axis of size 1."""
    return ops.squeeze(x, axis)


def permute_dimensions(x: Any, pattern: Sequence[int]) -> Any:
    """The axes in the order of `pattern`."""
    return ops.transpose(x, tuple(pattern))


def transpose(x: Any) -> Any:
    """The axes in reversed order."""
    return ops.transpose(x)


def reverse(x: Any, axes: Any) -> Any:
    """The elements along `axes` in reversed order."""
    return ops.flip(x, axes)


def flatten(x: Any) -> Any:
    """One axis."""
    return ops.reshape(x, (-1,))


def gather(reference: Any, indices: Any) -> Any:
    """The slices of `reference` at `indices`: ``(n, ...), (...) -> (..., ...)``."""
    return ops.take(reference, indices, 0)


@renamed(nb_classes="num_classes")
def one_hot(indices: Any, num_classes: int) -> Any:
    """1 at the index and 0 elsewhere: ``(...) -> (..., num_classes)``."""
    return ops.one_hot(indices, num_classes)


def concatenate(tensors: Any, axis: int = -1) -> Any:
    """`tensors` one after the other along `axis`; parts of shapes give a shape."""
    if is_shape(tensors):
        return Sizes(size for part in tensors for size in part)
    return ops.concatenate(tensors, axis)


def stack(x: Any, axis: int = 0) -> Any:
    """Tensors along a new axis; sizes give a shape."""
    if isinstance(x, (list, tuple)) and all(isinstance(item, int) for item in x):
        return Sizes(x)
    return ops.stack(x, axis)


pack = stack  # Keras 1


def repeat_elements(x: Any, rep: int, axis: int) -> Any:
    """Each slice along `axis` `rep` times: ``aabb``."""
    return ops.repeat(x, rep, axis)


def repeat(x: Any, n: int) -> Any:
    """``(b, d) -> (b, n, d)``."""
    if len(int_shape(x)) != 2:
        raise ValueError(f"K.repeat: expected a tensor with two axes (batch, size), got shape {int_shape(x)}.")
    return ops.repeat(ops.expand_dims(x, 1), n, 1)


# Own (sizes that only running tells)


def reshape(x: Any, shape: Any) -> Any:
    """The elements in a new shape; a size may be -1, a tensor, or one of ``K.shape(other)``."""
    return ops.reshape(x, tuple(shape)) if known(shape) else _reshaped(x, shape)


@op
def _reshaped(x: Any, shape: Any) -> Tensor:
    x, sizes = tensor(x), numbers(shape)
    if x.is_meta and sizes.count(-1) == 0 and math.prod(sizes) != x.numel():
        sizes = _fitted(x, shape, sizes)
    return x.reshape(sizes)


def _fitted(x: Tensor, shape: Any, sizes: tuple[int, ...]) -> tuple[int, ...]:
    """Only the shape is asked for, and a size that was not known at the time did not fit: it takes what is left."""
    held = [index for index, item in enumerate(shape) if isinstance(item, Tensor)] or [0]
    rest = math.prod(size for index, size in enumerate(sizes) if index != held[0])
    return tuple(x.numel() // rest if index == held[0] else size for index, size in enumerate(sizes))


def tile(x: Any, n: Any) -> Any:
    """`x` side by side, `n` times along each axis."""
    return ops.tile(x, n) if isinstance(n, int) or known(n) else _tiled(x, n)


@op
def _tiled(x: Any, n: Any) -> Tensor:
    return torch.tile(tensor(x), numbers(n))


def batch_flatten(x: Any) -> Any:
    """``(b, ...) -> (b, n)``."""
    sizes = int_shape(x)[1:]
    return _flattened(x) if None in sizes else ops.reshape(x, (-1, math.prod(sizes)))  # type: ignore[arg-type]


@op
def _flattened(x: Any) -> Tensor:
    x = tensor(x)
    return x.reshape(x.shape[0], math.prod(x.shape[1:]))


def slice(x: Any, start: Any, size: Any) -> Any:
    """The part of `size` that begins at `start`."""
    return ops.slice(x, start, size)


# Images


@renamed(dim_ordering="data_format")
def resize_images(
    x: Any, height_factor: int, width_factor: int, data_format: str | None = None, interpolation: str = "nearest"
) -> Any:
    """Images made larger by whole factors: ``(b, h, w, c) -> (b, h * height_factor, w * width_factor, c)``."""
    last = data_format_of(data_format) == "channels_last"
    rows, columns = (1, 2) if last else (2, 3)
    if interpolation == "nearest":
        return ops.repeat(ops.repeat(x, height_factor, rows), width_factor, columns)
    if interpolation != "bilinear":
        raise ValueError(f"K.resize_images: `interpolation` must be 'nearest' or 'bilinear', got {interpolation!r}.")
    sizes = int_shape(x)
    if sizes[rows] is None or sizes[columns] is None:
        raise ValueError(f"K.resize_images: height and width must be known for 'bilinear', got shape {sizes}.")
    wanted = (sizes[rows] * height_factor, sizes[columns] * width_factor)  # type: ignore[operator]
    return ops.image.resize(x, wanted, interpolation="bilinear", data_format=data_format_of(data_format))


@renamed(dim_ordering="data_format")
def resize_volumes(
    x: Any, depth_factor: int, height_factor: int, width_factor: int, data_format: str | None = None
) -> Any:
    """Volumes made larger by whole factors: ``(b, d, h, w, c) -> (b, d * depth_factor, ...)``."""
    first = 1 if data_format_of(data_format) == "channels_last" else 2
    for axis, factor in enumerate((depth_factor, height_factor, width_factor), first):
        x = ops.repeat(x, factor, axis)
    return x


__all__ = ["batch_flatten", "concatenate", "expand_dims", "flatten", "gather", "one_hot", "pack", "permute_dimensions"]
__all__ += ["repeat", "repeat_elements", "reshape", "resize_images", "resize_volumes", "reverse", "slice", "squeeze"]
__all__ += ["stack", "tile", "transpose"]
