"""Pooling over everything, and to a given size."""

from typing import Any

import torch.nn.functional as F
from torch import Tensor

from torchkeras import _registry
from torchkeras._fields import fields
from torchkeras.layers._pooling import BasePool
from torchkeras.layers._windows import DataFormat, window_sizes

__all__ = [
    "AdaptiveAveragePooling1D",
    "AdaptiveAveragePooling2D",
    "AdaptiveAveragePooling3D",
    "AdaptiveMaxPooling1D",
    "AdaptiveMaxPooling2D",
    "AdaptiveMaxPooling3D",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
]


@fields
class _GlobalPool(BasePool):
    data_format: DataFormat = None
    keepdims: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        first = 1 if self.data_format == "channels_last" else 2
        self._dims = tuple(range(first, first + self.rank))

    def compute_output_shape(self, input_shape: Any) -> Any:
        if self.keepdims:
            return super().compute_output_shape(input_shape)
        return (input_shape[0], input_shape[-1 if self.data_format == "channels_last" else 1])

    def _output_sizes(self, sizes: tuple[Any, ...]) -> tuple[Any, ...]:
        return (1,) * self.rank


class _GlobalMaxPool(_GlobalPool):
    def call(self, inputs: Tensor) -> Tensor:
        return inputs.amax(self._dims, keepdim=self.keepdims)


class _GlobalAveragePool(_GlobalPool):
    def call(self, inputs: Tensor) -> Tensor:
        return inputs.mean(self._dims, keepdim=self.keepdims)


@fields
class GlobalMaxPooling1D(_GlobalMaxPool):
    """The largest number of each channel: ``(b, t, c) -> (b, c)``, or ``(b, 1, c)`` with `keepdims`."""

    rank = 1


@fields
class GlobalMaxPooling2D(_GlobalMaxPool):
    """The largest number of each channel: ``(b, h, w, c) -> (b, c)``, or ``(b, 1, 1, c)`` with `keepdims`."""

    rank = 2


@fields
class GlobalMaxPooling3D(_GlobalMaxPool):
    """The largest number of each channel: ``(b, d, h, w, c) -> (b, c)``, or ``(b, 1, 1, 1, c)`` with `keepdims`."""

    rank = 3


@fields
class GlobalAveragePooling1D(_GlobalAveragePool):
    """The mean of each channel over the unmasked steps: ``(b, t, c) -> (b, c)``, or ``(b, 1, c)`` with `keepdims`."""

    rank = 1
    supports_masking = True
    produces_mask = False

    def call(self, inputs: Tensor, mask: Any = None) -> Tensor:
        if mask is None:
            return super().call(inputs)
        weights = mask.to(inputs.dtype).unsqueeze(2 if self.data_format == "channels_last" else 1)
        sums = (inputs * weights).sum(self._dims, keepdim=self.keepdims)
        return sums / weights.sum(self._dims, keepdim=self.keepdims).clamp(min=1)  # 0 where nothing is left

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        return None  # the axis of steps is gone


@fields
class GlobalAveragePooling2D(_GlobalAveragePool):
    """The mean of each channel: ``(b, h, w, c) -> (b, c)``, or ``(b, 1, 1, c)`` with `keepdims`."""

    rank = 2


@fields
class GlobalAveragePooling3D(_GlobalAveragePool):
    """The mean of each channel: ``(b, d, h, w, c) -> (b, c)``, or ``(b, 1, 1, 1, c)`` with `keepdims`."""

    rank = 3


@fields
class _AdaptivePool(BasePool):
    output_size: Any
    data_format: DataFormat = None

    _keeps_shape = True

    def __post_init__(self) -> None:
        super().__post_init__()
        self.output_size = window_sizes(self, "output_size", self.output_size, self.rank)

    def _output_sizes(self, sizes: tuple[Any, ...]) -> tuple[Any, ...]:
        return self.output_size


class _AdaptiveMaxPool(_AdaptivePool):
    def _pool(self, x: Tensor) -> Tensor:
        return (F.adaptive_max_pool1d, F.adaptive_max_pool2d, F.adaptive_max_pool3d)[self.rank - 1](x, self.output_size)


class _AdaptiveAveragePool(_AdaptivePool):
    def _pool(self, x: Tensor) -> Tensor:
        return (F.adaptive_avg_pool1d, F.adaptive_avg_pool2d, F.adaptive_avg_pool3d)[self.rank - 1](x, self.output_size)


@fields
class AdaptiveMaxPooling1D(_AdaptiveMaxPool):
    """The largest number of each of `output_size` windows: ``(b, t, c) -> (b, output_size, c)``.

    Args:
        output_size: how many windows along each axis; one integer stands for all axes.
        data_format: ``"channels_last"`` or ``"channels_first"``.
    """

    rank = 1


@fields
class AdaptiveMaxPooling2D(_AdaptiveMaxPool):
    """The largest number of each window: ``(b, h, w, c) -> (b, *output_size, c)``. As :class:`AdaptiveMaxPooling1D`."""

    rank = 2


@fields
class AdaptiveMaxPooling3D(_AdaptiveMaxPool):
    """The largest number of each window: ``(b, d, h, w, c) -> (b, *output_size, c)``, as in one dimension."""

    rank = 3


@fields
class AdaptiveAveragePooling1D(_AdaptiveAveragePool):
    """The mean of each window: ``(b, t, c) -> (b, output_size, c)``. See :class:`AdaptiveMaxPooling1D`."""

    rank = 1


@fields
class AdaptiveAveragePooling2D(_AdaptiveAveragePool):
    """The mean of each window: ``(b, h, w, c) -> (b, *output_size, c)``. See :class:`AdaptiveMaxPooling1D`."""

    rank = 2


@fields
class AdaptiveAveragePooling3D(_AdaptiveAveragePool):
    """The mean of each window: ``(b, d, h, w, c) -> (b, *output_size, c)``. See :class:`AdaptiveMaxPooling1D`."""

    rank = 3


_registry.catalogue(
    "layers",
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    GlobalMaxPooling3D,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAveragePooling3D,
)
_registry.catalogue(
    "layers",
    AdaptiveMaxPooling1D,
    AdaptiveMaxPooling2D,
    AdaptiveMaxPooling3D,
    AdaptiveAveragePooling1D,
    AdaptiveAveragePooling2D,
    AdaptiveAveragePooling3D,
)
