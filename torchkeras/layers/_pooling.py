"""Pooling over windows. Channels-last tensors go in as views (D3)."""

from typing import Annotated, Any, ClassVar

import torch.nn.functional as F
from torch import Tensor

from torchkeras import _registry
from torchkeras._fields import Kind, fields
from torchkeras.layers._input_spec import InputSpec
from torchkeras.layers._layer import Layer
from torchkeras.layers._windows import (
    DataFormat,
    Padding,
    dtype_of_input,
    output_sizes,
    same_padding,
    spatial_shape,
    window_sizes,
    with_spatial,
)

__all__ = [
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
]


class BasePool(Layer):
    """What all pooling layers share: no weights, and the view that torch wants."""

    rank: ClassVar[int]
    data_format: str
    compute_output_dtype = dtype_of_input

    def __post_init__(self) -> None:
        self._build_at_init()
        self.input_spec = InputSpec(ndim=self.rank + 2)
        axes = range(self.rank + 2)
        self._to_torch = (0, self.rank + 1, *axes[1:-1]) if self.data_format == "channels_last" else None
        self._to_keras = (0, *axes[2:], 1)

    def call(self, inputs: Tensor) -> Tensor:
        if self._to_torch is None:
            return self._pool(inputs)
        return self._pool(inputs.permute(self._to_torch)).permute(self._to_keras)

    def _pool(self, x: Tensor) -> Tensor:
        """The computation, with channels second."""
        raise NotImplementedError

    def compute_output_shape(self, input_shape: Any) -> Any:
        last = self.data_format == "channels_last"
        spatial = self._output_sizes(spatial_shape(input_shape, self.data_format))
        return with_spatial(input_shape, spatial, input_shape[-1 if last else 1], self.data_format)

    def _output_sizes(self, sizes: tuple[Any, ...]) -> tuple[Any, ...]:
        raise NotImplementedError


@fields
class _WindowPool(BasePool):
    """Pooling over windows.

    ``padding="same"`` never copies the input: what TensorFlow's rule adds at the end only is left to torch's
    `ceil_mode`, or, for steps of one, added on both sides with the first output dropped.
    """

    pool_size: Any
    strides: Any = None
    padding: Padding = "valid"
    data_format: DataFormat = None
    name: Annotated[Any, Kind(inherited=True)] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.pool_size = window_sizes(self, "pool_size", self.pool_size, self.rank)
        self.strides = (
            self.pool_size if self.strides is None else window_sizes(self, "strides", self.strides, self.rank)
        )
        self._none, self._ones = (0,) * self.rank, (1,) * self.rank

    def call(self, inputs: Tensor) -> Tensor:
        try:
            return super().call(inputs)
        except RuntimeError:
            self.compute_output_shape(tuple(inputs.shape))  # the same in our words
            raise

    def _pool(self, x: Tensor) -> Tensor:
        if self.padding == "valid":
            return self._function(x, self._none, False)
        pads = same_padding(x.shape[2:], self.pool_size, self.strides, self._ones)
        shifted = [stride == 1 and before != after for stride, (before, after) in zip(self.strides, pads, strict=True)]
        padding = [after if shift else before for shift, (before, after) in zip(shifted, pads, strict=True)]
        out = self._function(x, padding, True)
        for axis, shift in enumerate(shifted, start=2):
            if shift:
                out = out.narrow(axis, 1, out.shape[axis] - 1)
        return out

    def _function(self, x: Tensor, padding: Any, ceil_mode: bool) -> Tensor:
        raise NotImplementedError

    def _output_sizes(self, sizes: tuple[Any, ...]) -> tuple[Any, ...]:
        return output_sizes(self, sizes, self.pool_size, self.strides, self._ones, self.padding)


_MAX = (F.max_pool1d, F.max_pool2d, F.max_pool3d)
_AVERAGE = (F.avg_pool1d, F.avg_pool2d, F.avg_pool3d)


class _MaxPool(_WindowPool):
    def _function(self, x: Tensor, padding: Any, ceil_mode: bool) -> Tensor:
        return _MAX[self.rank - 1](x, self.pool_size, self.strides, padding, ceil_mode=ceil_mode)


class _AveragePool(_WindowPool):
    def _function(self, x: Tensor, padding: Any, ceil_mode: bool) -> Tensor:
        if self.rank == 3 and x.dtype.itemsize < 4 and x.device.type == "cpu":  # torch has no such kernel
            return self._function(x.float(), padding, ceil_mode).to(x.dtype)
        # padded places do not count, as in TensorFlow
        return _AVERAGE[self.rank - 1](x, self.pool_size, self.strides, padding, ceil_mode, count_include_pad=False)


@fields
class MaxPooling1D(_MaxPool):
    """The largest number of each window: ``(b, t, c) -> (b, t', c)``.

    Args:
        pool_size: the window's size along each axis; one integer stands for all axes.
        strides: from window to window; `pool_size` by default.
        padding: ``"valid"`` (only windows that fit) or ``"same"`` (``ceil(size / stride)`` windows).
        data_format: ``"channels_last"`` or ``"channels_first"``.
    """

    pool_size: Any = 2
    rank = 1


@fields
class MaxPooling2D(_MaxPool):
    """The largest number of each window: ``(b, h, w, c) -> (b, h', w', c)``. Arguments as for :class:`MaxPooling1D`."""

    pool_size: Any = (2, 2)
    rank = 2


@fields
class MaxPooling3D(_MaxPool):
    """The largest number of each window: ``(b, d, h, w, c) -> (b, d', h', w', c)``. As :class:`MaxPooling1D`."""

    pool_size: Any = (2, 2, 2)
    rank = 3


@fields
class AveragePooling1D(_AveragePool):
    """The mean of each window: ``(b, t, c) -> (b, t', c)``. Arguments as for :class:`MaxPooling1D`."""

    rank = 1


@fields
class AveragePooling2D(_AveragePool):
    """The mean of each window: ``(b, h, w, c) -> (b, h', w', c)``. Arguments as for :class:`MaxPooling1D`."""

    rank = 2


@fields
class AveragePooling3D(_AveragePool):
    """The mean of each window: ``(b, d, h, w, c) -> (b, d', h', w', c)``. As :class:`MaxPooling1D`."""

    rank = 3


_registry.catalogue(
    "layers", MaxPooling1D, MaxPooling2D, MaxPooling3D, AveragePooling1D, AveragePooling2D, AveragePooling3D
)
