"""Layers that only move numbers: Flatten, Reshape, Permute, RepeatVector, UpSampling."""

import math
from typing import Annotated, Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras import _registry
from torchkeras._errors import brief
from torchkeras._fields import Kind, choice, fields, sizes
from torchkeras._symbolic import KerasTensor
from torchkeras.layers._input_spec import InputSpec
from torchkeras.layers._layer import Layer
from torchkeras.layers._windows import DataFormat, dtype_of_input

__all__ = ["Flatten", "Permute", "RepeatVector", "Reshape", "UpSampling1D", "UpSampling2D", "UpSampling3D"]


@fields
class Flatten(Layer):
    """All axes but the batch in one: ``(b, ...) -> (b, n)``.

    Args:
        data_format: with ``"channels_first"`` the channels are moved last before flattening, so that weights
            trained on channels-last images fit.
    """

    data_format: DataFormat = None

    compute_output_dtype = dtype_of_input

    _keeps_shape = True

    def __post_init__(self) -> None:
        self._build_at_init()
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs: Tensor) -> Tensor:
        if self.data_format == "channels_first" and inputs.ndim > 2:
            inputs = inputs.movedim(1, -1)
        return inputs.flatten(1) if inputs.ndim > 1 else inputs.unsqueeze(1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        rest = input_shape[1:]
        return (input_shape[0], None if None in rest else math.prod(rest))


@fields
class Reshape(Layer):
    """The same numbers in another shape: ``(b, ...) -> (b, *target_shape)``.

    Args:
        target_shape: the shape without the batch axis; one size may be -1, which takes what is left.

    Raises:
        ValueError: the numbers do not fit into the shape.
    """

    target_shape: Annotated[Any, Kind(lambda value: _target_shape(value))]

    compute_output_dtype = dtype_of_input

    def __post_init__(self) -> None:
        self._build_at_init()

    def call(self, inputs: Tensor) -> Tensor:
        try:
            return inputs.reshape(inputs.shape[0], *self.target_shape)
        except RuntimeError:
            self.compute_output_shape(tuple(inputs.shape))  # the same in our words
            raise

    def compute_output_shape(self, input_shape: Any) -> Any:
        target, rest = self.target_shape, input_shape[1:]
        if None in rest:
            return (input_shape[0], *(None if size == -1 else size for size in target))
        total, given = math.prod(rest), math.prod(size for size in target if size != -1)
        fits = total == given if -1 not in target else given and total % given == 0
        if not fits:
            raise ValueError(
                f'Reshape "{self.name}": an input of shape {tuple(input_shape)} has {total} numbers a sample, which do '
                f"not fit into the target shape {target}."
            )
        return (input_shape[0], *(total // given if size == -1 else size for size in target))

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:
        shape = self.compute_output_shape(inputs.shape)
        given = max(math.prod(size for size in self.target_shape if size != -1), 1)
        # stand-ins of unknown sizes need not fit, so what is left of them is rounded
        probes = [
            (probe[0], *(math.prod(probe[1:]) // given if size == -1 else size for size in self.target_shape))
            for probe in inputs._probes
        ]
        return KerasTensor(shape, inputs.dtype, probes=probes if None in shape else [shape])


def _target_shape(value: Any) -> tuple[int, ...]:
    value = (value,) if isinstance(value, int) else value
    try:
        shape = tuple(size.__index__() for size in value)
    except (TypeError, AttributeError):
        raise ValueError(f"expected a tuple of integers, got {brief(value)}.") from None
    if shape.count(-1) > 1:
        raise ValueError(f"There must be at most one unknown dimension (-1), got {{field}}={shape}.")
    if any(size < -1 for size in shape):
        raise ValueError(f"expected a tuple of non-negative integers, or -1 for what is left, got {{field}}={shape}.")
    return shape


@fields
class Permute(Layer):
    """The axes in another order, the batch first as before.

    Args:
        dims: the axes, counted from 1; ``(2, 1)`` swaps the first two after the batch.
    """

    dims: Annotated[Any, Kind(lambda value: _dims(value))]

    compute_output_dtype = dtype_of_input

    _keeps_shape = True

    def __post_init__(self) -> None:
        self._build_at_init()
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)

    def call(self, inputs: Tensor) -> Tensor:
        return inputs.permute(0, *self.dims)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (input_shape[0], *(input_shape[axis] for axis in self.dims))


def _dims(value: Any) -> tuple[int, ...]:
    dims = tuple(value)
    if sorted(dims) != list(range(1, len(dims) + 1)):
        raise ValueError(
            f"Invalid permutation argument `dims`: expected the axes 1 ... {len(dims)} in any order (axis 0, the "
            f"batch, stays), got {dims}."
        )
    return dims


def _times(value: Any) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"Expected an integer value for `{{field}}`, got {type(value)}.")
    if value.__index__() < 1:
        raise ValueError(f"`{{field}}` should be a positive integer, got {brief(value)}.")
    return value.__index__()


Times = Annotated[int, Kind(_times)]


@fields
class RepeatVector(Layer):
    """Each vector `n` times: ``(b, c) -> (b, n, c)``."""

    n: Times

    compute_output_dtype = dtype_of_input

    _keeps_shape = True

    def __post_init__(self) -> None:
        self._build_at_init()
        self.input_spec = InputSpec(ndim=2)

    def call(self, inputs: Tensor) -> Tensor:
        return inputs.unsqueeze(1).expand(-1, self.n, -1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (input_shape[0], self.n, input_shape[1])


class _UpSampling(Layer):
    """Each sample `size` times along each axis between batch and channels."""

    rank: ClassVar[int]
    size: Any
    data_format = "channels_last"
    compute_output_dtype = dtype_of_input

    _keeps_shape = True

    def __post_init__(self) -> None:
        self._build_at_init()
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self._first_axis = 1 if self.data_format == "channels_last" else 2

    def call(self, inputs: Tensor) -> Tensor:
        for axis, times in enumerate(self._factors(), start=self._first_axis):
            inputs = inputs.repeat_interleave(times, axis)
        return inputs

    def _factors(self) -> tuple[int, ...]:
        return self.size

    def compute_output_shape(self, input_shape: Any) -> Any:
        shape = list(input_shape)
        for axis, times in enumerate(self._factors(), start=self._first_axis):
            shape[axis] = None if shape[axis] is None else shape[axis] * times
        return tuple(shape)


@fields
class UpSampling1D(_UpSampling):
    """Each step `size` times: ``(b, t, c) -> (b, t * size, c)``."""

    size: Times = 2

    rank = 1

    def _factors(self) -> tuple[int, ...]:
        return (self.size,)


INTERPOLATIONS = ("bicubic", "bilinear", "lanczos3", "lanczos5", "nearest")


@fields
class UpSampling2D(_UpSampling):
    """Larger images: ``(b, h, w, c) -> (b, h * size[0], w * size[1], c)``.

    Args:
        size: the factors of height and width.
        data_format: ``"channels_last"`` or ``"channels_first"``.
        interpolation: ``"nearest"``, ``"bilinear"`` or ``"bicubic"``.
    """

    size: Annotated[Any, sizes(2)] = (2, 2)
    data_format: DataFormat = None
    interpolation: Annotated[str, choice(*INTERPOLATIONS)] = "nearest"

    rank = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.interpolation.startswith("lanczos"):
            raise ValueError(
                f'UpSampling2D "{self.name}": interpolation {self.interpolation!r} is not available with torch; use '
                "'bicubic'."
            )

    def call(self, inputs: Tensor) -> Tensor:
        last = self.data_format == "channels_last"
        images = inputs.permute(0, 3, 1, 2) if last else inputs
        wanted = [size * times for size, times in zip(images.shape[2:], self.size, strict=True)]
        if self.interpolation == "nearest":
            images = _nearest(images, wanted)
        elif images.is_floating_point():
            images = F.interpolate(images, size=wanted, mode=self.interpolation, align_corners=False)
        else:
            larger = F.interpolate(images.float(), size=wanted, mode=self.interpolation, align_corners=False)
            images = larger.round().to(images.dtype)
        return images.permute(0, 2, 3, 1) if last else images


def _nearest(images: Tensor, wanted: list[int]) -> Tensor:
    if images.is_floating_point() or images.dtype == torch.uint8:
        return F.interpolate(images, size=wanted, mode="nearest")
    repeats = [size // old for size, old in zip(wanted, images.shape[2:], strict=True)]
    return images.repeat_interleave(repeats[0], 2).repeat_interleave(repeats[1], 3)


@fields
class UpSampling3D(_UpSampling):
    """Larger volumes: ``(b, d, h, w, c) -> (b, d * size[0], h * size[1], w * size[2], c)``."""

    size: Annotated[Any, sizes(3)] = (2, 2, 2)
    data_format: DataFormat = None

    rank = 3


_registry.catalogue("layers", Flatten, Reshape, Permute, RepeatVector, UpSampling1D, UpSampling2D, UpSampling3D)
