"""Pooling over windows, over everything, and to a given size. Channels-last tensors go in as views (D3)."""

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

__all__ = [f"{kind}Pooling{rank}D" for kind in ("Max", "Average", "GlobalMax", "GlobalAverage") for rank in (1, 2, 3)]
__all__ += [f"Adaptive{kind}Pooling{rank}D" for kind in ("Max", "Average") for rank in (1, 2, 3)]


class _Pool(Layer):
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
class _WindowPool(_Pool):
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


@fields
class _GlobalPool(_Pool):
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
class _AdaptivePool(_Pool):
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


_registry.catalogue("layers", *(globals()[name] for name in __all__))
for _rank in (1, 2, 3):
    for _long, _short in {"MaxPooling": "MaxPool", "AveragePooling": "AvgPool"}.items():
        for _prefix in ("", "Global"):
            _item = globals()[f"{_prefix}{_long}{_rank}D"]
            _registry.catalogue("layers", **{f"{_prefix}{_short}{_rank}D": _item})
