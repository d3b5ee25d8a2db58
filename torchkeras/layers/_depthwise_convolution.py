"""Convolutions of each channel by itself, alone or followed by a mix of the channels."""

from typing import Any, ClassVar

from torch import Tensor, nn

from torchkeras import _registry
from torchkeras._fields import fields
from torchkeras._variable import Layout
from torchkeras.activations import ActivationField
from torchkeras.constraints import ConstraintField
from torchkeras.initializers import InitializerField
from torchkeras.layers._convolution import BaseConv, StepConv1d
from torchkeras.layers._torch_layer import Weight
from torchkeras.layers._windows import Count, DataFormat, Padding
from torchkeras.regularizers import RegularizerField

__all__ = ["DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D"]


class DepthwiseLayout(Layout):
    """Keras ``(k..., c, multiplier)``, torch ``(c * multiplier, 1, k...)``: the filters of a channel in a row."""

    def __init__(self, multiplier: int) -> None:
        self.axes = f"k..cm->(cm)1k.. m={multiplier}"
        self.multiplier = multiplier

    def to_keras(self, tensor: Tensor) -> Tensor:
        return tensor.squeeze(1).unflatten(0, (-1, self.multiplier)).movedim((0, 1), (-2, -1))

    def to_torch(self, tensor: Tensor) -> Tensor:
        return tensor.movedim((-2, -1), (0, 1)).flatten(0, 1).unsqueeze(1)


class _PerChannel(BaseConv):
    """What depthwise and separable convolutions share."""

    depth_multiplier: int
    use_bias: bool

    def layout_of(self, row: Weight) -> Layout:
        return DepthwiseLayout(self.depth_multiplier) if row.fields == "depthwise" else row.layout

    def _depthwise_args(self, channels: int, bias: bool) -> dict[str, Any]:
        return {
            "in_channels": channels,
            "out_channels": channels * self.depth_multiplier,
            "kernel_size": self.kernel_size,
            "stride": self.strides,
            "padding": self._symmetric or 0,
            "dilation": self.dilation_rate,
            "groups": channels,
            "bias": bias,
        }


@fields
class _DepthwiseConv(_PerChannel):
    kernel_size: Any
    strides: Any = 1
    padding: Padding = "valid"
    depth_multiplier: Count = 1
    data_format: DataFormat = None
    dilation_rate: Any = 1
    activation: ActivationField = None
    use_bias: bool = True
    depthwise_initializer: InitializerField = "glorot_uniform"
    bias_initializer: InitializerField = "zeros"
    depthwise_regularizer: RegularizerField = None
    bias_regularizer: RegularizerField = None
    activity_regularizer: RegularizerField = None
    depthwise_constraint: ConstraintField = None
    bias_constraint: ConstraintField = None

    kernel = Weight("weight", fields="depthwise")
    bias = Weight("bias")

    def torch_args(self, input_shape: Any) -> dict[str, Any]:
        channels = self._channels(input_shape)
        self.compute_output_shape(input_shape)
        return self._depthwise_args(channels, self.use_bias)

    def _output_channels(self, input_shape: Any) -> int:
        channels = input_shape[-1 if self.data_format == "channels_last" else 1]
        return channels * self.depth_multiplier


@fields
class DepthwiseConv1D(_DepthwiseConv):
    """Filters of its own for each channel: ``(b, t, c) -> (b, t', c * depth_multiplier)``.

    Args:
        kernel_size, strides, dilation_rate: sizes along each axis; one integer stands for all axes.
        padding: ``"valid"`` (none) or ``"same"`` (``ceil(size / stride)`` outputs).
        depth_multiplier: how many filters each channel has.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default as ``keras.config`` says.
        activation: a function of the outputs, or its name.
        use_bias: whether a bias is added.
        depthwise_initializer, bias_initializer: how the weights begin.
        depthwise_regularizer, bias_regularizer: functions of the weights, added to the loss.
        activity_regularizer: a function of the outputs, added to the loss.
        depthwise_constraint, bias_constraint: projections of the weights after each step.
    """

    rank = 1
    torch_module = StepConv1d


@fields
class DepthwiseConv2D(_DepthwiseConv):
    """Filters of its own for each channel: ``(b, h, w, c) -> (b, h', w', c * depth_multiplier)``.

    Arguments as for :class:`DepthwiseConv1D`.
    """

    strides: Any = (1, 1)
    dilation_rate: Any = (1, 1)

    rank = 2
    torch_module = nn.Conv2d


class _SeparablePair(nn.Sequential):
    """The two convolutions, as one module."""

    conv: ClassVar[type[nn.Module]]

    def __init__(self, depthwise: dict[str, Any], filters: int, bias: bool) -> None:
        super().__init__()
        self.depthwise = self.conv(**depthwise)
        self.pointwise = self.conv(depthwise["out_channels"], filters, 1, bias=bias)


class _SeparablePair1d(_SeparablePair):
    conv = StepConv1d


class _SeparablePair2d(_SeparablePair):
    conv = nn.Conv2d


@fields
class _SeparableConv(_PerChannel):
    filters: Count
    kernel_size: Any
    strides: Any = 1
    padding: Padding = "valid"
    data_format: DataFormat = None
    dilation_rate: Any = 1
    depth_multiplier: Count = 1
    activation: ActivationField = None
    use_bias: bool = True
    depthwise_initializer: InitializerField = "glorot_uniform"
    pointwise_initializer: InitializerField = "glorot_uniform"
    bias_initializer: InitializerField = "zeros"
    depthwise_regularizer: RegularizerField = None
    pointwise_regularizer: RegularizerField = None
    bias_regularizer: RegularizerField = None
    activity_regularizer: RegularizerField = None
    depthwise_constraint: ConstraintField = None
    pointwise_constraint: ConstraintField = None
    bias_constraint: ConstraintField = None

    depthwise_kernel = Weight("depthwise.weight", fields="depthwise")

    def torch_args(self, input_shape: Any) -> dict[str, Any]:
        channels = self._channels(input_shape)
        self.compute_output_shape(input_shape)
        return {
            "depthwise": self._depthwise_args(channels, bias=False),
            "filters": self.filters,
            "bias": self.use_bias,
        }


@fields
class SeparableConv1D(_SeparableConv):
    """A convolution of each channel, then a mix of the channels: ``(b, t, c) -> (b, t', filters)``.

    Args:
        filters: the number of output channels.
        depth_multiplier: how many filters each channel has in the first step.
        depthwise_..., pointwise_...: for the kernels of the first and the second step.

    The other arguments are those of :class:`Conv1D`.
    """

    rank = 1
    torch_module = _SeparablePair1d
    pointwise_kernel = Weight("pointwise.weight", "kio->oik", fields="pointwise")
    bias = Weight("pointwise.bias")


@fields
class SeparableConv2D(_SeparableConv):
    """A convolution of each channel, then a mix of the channels: ``(b, h, w, c) -> (b, h', w', filters)``.

    Arguments as for :class:`SeparableConv1D`. Chollet, 2017, arXiv:1610.02357.
    """

    strides: Any = (1, 1)
    dilation_rate: Any = (1, 1)

    rank = 2
    torch_module = _SeparablePair2d
    pointwise_kernel = Weight("pointwise.weight", "hwio->oihw", fields="pointwise")
    bias = Weight("pointwise.bias")


_registry.catalogue("layers", DepthwiseConv1D, DepthwiseConv2D, SeparableConv1D, SeparableConv2D)
