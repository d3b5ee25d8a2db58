"""Transposed convolutions: the gradient of a convolution as a layer, which makes its input larger."""

from typing import Any

from torch import Tensor, nn

from torchkeras import _registry
from torchkeras._fields import fields
from torchkeras._shapes import normalize_tuple
from torchkeras.activations import ActivationField
from torchkeras.constraints import ConstraintField
from torchkeras.initializers import InitializerField
from torchkeras.layers._convolution import BaseConv
from torchkeras.layers._torch_layer import Weight
from torchkeras.layers._windows import Count, DataFormat, Padding, spatial_shape, with_spatial
from torchkeras.regularizers import RegularizerField

__all__ = ["Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"]


@fields
class _ConvTranspose(BaseConv):
    filters: Count
    kernel_size: Any
    strides: Any = 1
    padding: Padding = "valid"
    output_padding: Any = None
    data_format: DataFormat = None
    dilation_rate: Any = 1
    activation: ActivationField = None
    use_bias: bool = True
    kernel_initializer: InitializerField = "glorot_uniform"
    bias_initializer: InitializerField = "zeros"
    kernel_regularizer: RegularizerField = None
    bias_regularizer: RegularizerField = None
    activity_regularizer: RegularizerField = None
    kernel_constraint: ConstraintField = None
    bias_constraint: ConstraintField = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.output_padding is not None:
            self.output_padding = normalize_tuple(self.output_padding, self.rank, "output_padding", zero=True)
            if any(extra >= step for extra, step in zip(self.output_padding, self.strides, strict=True)):
                raise ValueError(
                    f"{self._title()}: `output_padding` must be strictly less than `strides`, got "
                    f"output_padding={self.output_padding} and strides={self.strides}."
                )
        self._widths = [
            (width - 1) * rate + 1 for width, rate in zip(self.kernel_size, self.dilation_rate, strict=True)
        ]
        self._cut = [self._ends(axis) for axis in range(self.rank)]

    def _ends(self, axis: int) -> tuple[int, int]:
        """How much of the full result, ``(n - 1) * stride + width`` long, goes at each end; negative: is added."""
        width, stride = self._widths[axis], self.strides[axis]
        extra = None if self.output_padding is None else self.output_padding[axis]
        if self.padding == "same":
            total = width - stride if extra is None else 2 * (width // 2) - extra
            before = max(total, 0) // 2
            return before, total - before
        return 0, min(width - stride, 0) if extra is None else -extra

    def _fixed_padding(self) -> tuple[int, ...]:
        return (0,) * self.rank  # the input is never padded

    def torch_args(self, input_shape: Any) -> dict[str, Any]:
        return {
            "in_channels": self._channels(input_shape),
            "out_channels": self.filters,
            "kernel_size": self.kernel_size,
            "stride": self.strides,
            # torch cuts `padding` at both ends and adds `output_padding` at the end
            "padding": tuple(before for before, _ in self._cut),
            "output_padding": tuple(max(before - after, 0) for before, after in self._cut),
            "dilation": self.dilation_rate,
            "bias": self.use_bias,
        }

    def call(self, inputs: Tensor) -> Tensor:
        x = inputs if self._to_torch is None else inputs.permute(self._to_torch)
        x = self.module(x)
        for axis, (before, after) in enumerate(self._cut, start=2):
            if after > before:
                x = x.narrow(axis, 0, x.shape[axis] - (after - before))
        x = x if self._to_torch is None else x.permute(self._to_keras)
        return x if self.activation is None else self.activation(x)

    def compute_output_shape(self, input_shape: Any) -> Any:
        sizes = spatial_shape(input_shape, self.data_format)
        spatial = [
            None if size is None else (size - 1) * stride + width - before - after
            for size, stride, width, (before, after) in zip(sizes, self.strides, self._widths, self._cut, strict=True)
        ]
        return with_spatial(input_shape, spatial, self.filters, self.data_format)


@fields
class Conv1DTranspose(_ConvTranspose):
    """A transposed convolution along one axis: ``(b, t, c) -> (b, t * stride, filters)`` with ``padding="same"``.

    Args:
        filters: the number of output channels.
        kernel_size, strides, dilation_rate: sizes along each axis; one integer stands for all axes.
        padding: ``"valid"`` (all that the kernel reaches) or ``"same"`` (``size * stride`` outputs).
        output_padding: how much longer the output is than the shortest one possible, less than `strides`.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default as ``keras.config`` says.
        activation: a function of the outputs, or its name.
        use_bias: whether a bias is added.
        kernel_initializer, bias_initializer: how the weights begin.
        kernel_regularizer, bias_regularizer: functions of the weights, added to the loss.
        activity_regularizer: a function of the outputs, added to the loss.
        kernel_constraint, bias_constraint: projections of the weights after each step.
    """

    rank = 1
    torch_module = nn.ConvTranspose1d
    kernel = Weight("weight", "koi->iok")
    bias = Weight("bias")


@fields
class Conv2DTranspose(_ConvTranspose):
    """A transposed convolution of images: ``(b, h, w, c) -> (b, h * stride, w * stride, filters)`` with
    ``padding="same"``. Arguments as for :class:`Conv1DTranspose`."""

    strides: Any = (1, 1)
    dilation_rate: Any = (1, 1)

    rank = 2
    torch_module = nn.ConvTranspose2d
    kernel = Weight("weight", "hwoi->iohw")
    bias = Weight("bias")


@fields
class Conv3DTranspose(_ConvTranspose):
    """A transposed convolution of volumes: ``(b, d, h, w, c) -> (b, d', h', w', filters)``.

    Arguments as for :class:`Conv1DTranspose`.
    """

    strides: Any = (1, 1, 1)
    data_format: DataFormat = None
    dilation_rate: Any = (1, 1, 1)

    rank = 3
    torch_module = nn.ConvTranspose3d
    kernel = Weight("weight", "dhwoi->iodhw")
    bias = Weight("bias")


_registry.catalogue("layers", Conv1DTranspose, Conv2DTranspose, Conv3DTranspose)
