"""Zeros around the input, or its border cut away."""

from typing import Annotated, Any, ClassVar

import torch.nn.functional as F
from torch import Tensor

from torchkeras import _registry
from torchkeras._errors import brief
from torchkeras._fields import Kind, fields
from torchkeras.layers._input_spec import InputSpec
from torchkeras.layers._layer import Layer
from torchkeras.layers._windows import DataFormat, Pads, dtype_of_input, torch_pads

__all__ = ["Cropping1D", "Cropping2D", "Cropping3D", "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D"]


def _pairs(rank: int) -> Kind:
    """``2``, ``(1, 2)`` or ``((1, 1), (2, 2))``: how many before and after, on each of `rank` axes."""

    def convert(value: Any) -> Pads:
        per_axis = (value,) * rank if isinstance(value, int) else tuple(value) if hasattr(value, "__len__") else ()
        if rank == 1 and not isinstance(value, int):  # Keras writes the only pair without brackets around it
            per_axis = (per_axis,)
        if len(per_axis) != rank:
            raise ValueError(f"expected an integer or {rank} pairs (before, after), got {brief(value)}.")
        return tuple(_pair(item, value) for item in per_axis)

    return Kind(convert, lambda pads: pads[0] if rank == 1 else pads)


def _pair(item: Any, value: Any) -> tuple[int, int]:
    pair = (item, item) if isinstance(item, int) else tuple(item) if isinstance(item, list | tuple) else ()
    if len(pair) != 2 or any(isinstance(n, bool) or not isinstance(n, int) or n < 0 for n in pair):
        raise ValueError(f"expected non-negative integers or pairs (before, after) of them, got {brief(value)}.")
    return pair


class _Border(Layer):
    rank: ClassVar[int]
    data_format = "channels_last"
    compute_output_dtype = dtype_of_input

    _keeps_shape = True

    def __post_init__(self) -> None:
        self._build_at_init()
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self._axis = 1 if self.data_format == "channels_last" else 2
        skipped = [0, 0] if self._axis == 1 else []
        self._numbers = skipped + [self._sign * n for n in torch_pads(self._pads())]

    _sign = 1

    def _pads(self) -> Pads:
        raise NotImplementedError

    def call(self, inputs: Tensor) -> Tensor:
        return F.pad(inputs, self._numbers)

    def compute_output_shape(self, input_shape: Any) -> Any:
        shape = list(input_shape)
        for axis, (before, after) in enumerate(self._pads(), start=self._axis):
            if shape[axis] is not None:
                shape[axis] += self._sign * (before + after)
        return tuple(shape)


class _ZeroPadding(_Border):
    padding: Any

    def _pads(self) -> Pads:
        return self.padding


class _Cropping(_Border):
    cropping: Any
    _sign = -1

    def _pads(self) -> Pads:
        return self.cropping

    def call(self, inputs: Tensor) -> Tensor:
        for axis, (before, after) in enumerate(self.cropping, start=self._axis):
            size = inputs.shape[axis]
            if before + after >= size:
                raise self._too_much(tuple(inputs.shape))
            inputs = inputs.narrow(axis, before, size - before - after)
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        shape = super().compute_output_shape(input_shape)
        if any(size is not None and size <= 0 for size in shape[1:]):
            raise self._too_much(tuple(input_shape))
        return shape

    def _too_much(self, shape: tuple[Any, ...]) -> ValueError:
        return ValueError(
            f'{type(self).__name__} "{self.name}": `cropping` parameter of `{type(self).__name__}` layer must be '
            f"smaller than the input. Values in `cropping` argument should be smaller than the corresponding spatial "
            f"dimension of the input. Received: cropping={self.cropping}, input_shape={shape}."
        )


@fields
class ZeroPadding1D(_ZeroPadding):
    """Zeros before and after: ``(b, t, c) -> (b, before + t + after, c)``.

    Args:
        padding: how many on each side, or a pair (before, after).
        data_format: ``"channels_last"`` or ``"channels_first"``.
    """

    padding: Annotated[Any, _pairs(1)] = 1
    data_format: DataFormat = None

    rank = 1


@fields
class ZeroPadding2D(_ZeroPadding):
    """Zeros around images: ``(b, h, w, c) -> (b, h + top + bottom, w + left + right, c)``.

    Args:
        padding: one number for all sides, one for each axis, or ``((top, bottom), (left, right))``.
        data_format: ``"channels_last"`` or ``"channels_first"``.
    """

    padding: Annotated[Any, _pairs(2)] = (1, 1)
    data_format: DataFormat = None

    rank = 2


@fields
class ZeroPadding3D(_ZeroPadding):
    """Zeros around volumes; `padding` as for :class:`ZeroPadding2D`, for three axes."""

    padding: Annotated[Any, _pairs(3)] = ((1, 1), (1, 1), (1, 1))
    data_format: DataFormat = None

    rank = 3


@fields
class Cropping1D(_Cropping):
    """The steps without the first and last ones: ``(b, t, c) -> (b, t - before - after, c)``.

    Args:
        cropping: how many on each side, or a pair (before, after).
    """

    cropping: Annotated[Any, _pairs(1)] = (1, 1)

    rank = 1


@fields
class Cropping2D(_Cropping):
    """Images without their border; `cropping` and `data_format` as for :class:`ZeroPadding2D`."""

    cropping: Annotated[Any, _pairs(2)] = ((0, 0), (0, 0))
    data_format: DataFormat = None

    rank = 2


@fields
class Cropping3D(_Cropping):
    """Volumes without their border; `cropping` as for :class:`ZeroPadding2D`, for three axes."""

    cropping: Annotated[Any, _pairs(3)] = ((1, 1), (1, 1), (1, 1))
    data_format: DataFormat = None

    rank = 3


_registry.catalogue("layers", ZeroPadding1D, ZeroPadding2D, ZeroPadding3D, Cropping1D, Cropping2D, Cropping3D)
