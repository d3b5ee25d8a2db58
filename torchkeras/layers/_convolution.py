"""Convolutions. Channels-last tensors go into torch's modules as permuted views, without a copy (D3)."""

from typing import Annotated, Any, ClassVar

import torch.nn.functional as F
from torch import Tensor, nn

from torchkeras import _registry
from torchkeras._errors import brief
from torchkeras._fields import Kind, fields
from torchkeras._variable import Layout, Variable
from torchkeras.activations import ActivationField
from torchkeras.constraints import ConstraintField
from torchkeras.initializers import InitializerField
from torchkeras.layers._input_spec import InputSpec
from torchkeras.layers._torch_layer import TorchLayer, Weight
from torchkeras.layers._windows import (
    CausalPadding,
    Count,
    DataFormat,
    Padding,
    channel_axis,
    output_sizes,
    same_padding,
    spatial_shape,
    torch_pads,
    window_sizes,
    with_spatial,
)
from torchkeras.regularizers import RegularizerField

__all__ = ["Conv1D", "Conv2D", "Conv3D"]

AXES = {1: "batch, steps, channels", 2: "batch, height, width, channels", 3: "batch, depth, height, width, channels"}


class StepConv1d(nn.Conv1d):
    """``nn.Conv1d`` that takes a permuted channels-last tensor as it lies, as the 2-D kernels can.

    Measured on CPU: up to twice as fast as the 1-D kernel, which copies input, output and gradients.
    """

    def forward(self, x: Tensor) -> Tensor:
        if x.is_contiguous():
            return super().forward(x)
        stride, padding, dilation = (1, *self.stride), (0, *self.padding), (1, *self.dilation)
        weight = self.weight.unsqueeze(2)
        return F.conv2d(x.unsqueeze(2), weight, self.bias, stride, padding, dilation, self.groups).squeeze(2)


def _groups(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"The number of groups must be a positive integer. Received: {{field}}={brief(value)}.")
    return value


class BaseConv(TorchLayer):
    """What all convolutions share: sizes as tuples, the view that torch wants, padding, the output's shape."""

    rank: ClassVar[int]
    kernel_size: Any
    strides: Any
    dilation_rate: Any
    padding: str
    data_format: str
    activation: Any

    def __post_init__(self) -> None:
        for name in ("kernel_size", "strides", "dilation_rate"):
            setattr(self, name, window_sizes(self, name, getattr(self, name), self.rank))
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                f"{self._title()}: `strides > 1` not supported in conjunction with `dilation_rate > 1`. Received: "
                f"strides={self.strides} and dilation_rate={self.dilation_rate}"
            )
        last = self.data_format == "channels_last"
        axes = range(self.rank + 2)
        self._to_torch = (0, self.rank + 1, *axes[1:-1]) if last else None
        self._to_keras = (0, *axes[2:], 1)
        self._symmetric = self._fixed_padding()
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def _title(self) -> str:
        return f'{type(self).__name__} "{self.name}"'

    def _fixed_padding(self) -> tuple[int, ...] | None:
        """The padding on both sides where that is the same for all inputs, else None: the input is padded first."""
        if self.padding == "valid":
            return (0,) * self.rank
        totals = [(width - 1) * rate for width, rate in zip(self.kernel_size, self.dilation_rate, strict=True)]
        if self.padding == "same" and max(self.strides) == 1 and not any(total % 2 for total in totals):
            return tuple(total // 2 for total in totals)
        return None

    def _channels(self, input_shape: Any) -> int:
        """The number of input channels.

        Raises:
            ValueError: the input's rank is wrong, or the number is unknown.
        """
        if len(input_shape) != self.rank + 2:
            raise ValueError(
                f"{self._title()}: expected a {self.rank + 2}-D input ({self._axes()}), got shape {tuple(input_shape)}."
            )
        axis = channel_axis(self.data_format)
        if input_shape[axis] is None:
            raise ValueError(
                f"{self._title()}: the number of channels (axis {axis}) must be known, got shape {tuple(input_shape)}."
            )
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={axis: input_shape[axis]})
        return input_shape[axis]

    def _axes(self) -> str:
        names = AXES[self.rank]
        if self.data_format == "channels_last":
            return names
        batch, *sizes, channels = names.split(", ")
        return ", ".join([batch, channels, *sizes])

    def make_module(self, **arguments: Any) -> None:
        super().make_module(**arguments)
        if self._to_torch is None:
            return
        for weight in self.module.parameters():
            if weight.ndim > 1:  # the axes lie in memory as those of the tensors do, channels last
                weight.data = weight.data.movedim(1, -1).contiguous().movedim(-1, 1)

    def _fill(self, variable: Variable, value: Any) -> None:
        parameter = variable.tensor
        if self._to_torch is None or parameter.ndim < 3 or type(variable._layout) is not Layout:
            variable.assign(value)
            return
        # Keras has the first axis of torch's kernel last. One transposition of a matrix, which torch does in blocks,
        # and the kernel lies channels last; an axis at a time, as `copy_` does it, takes five times as long
        rows = value.to(parameter.dtype).reshape(-1, value.shape[-1]).t().contiguous()
        parameter.data = rows.view(value.shape[-1], *value.shape[:-1]).movedim(-1, 1)

    def call(self, inputs: Tensor) -> Tensor:
        if self._symmetric is None:
            inputs = self._pad(inputs)
        if self._to_torch is None:
            outputs = self.module(inputs)
        else:
            outputs = self.module(inputs.permute(self._to_torch)).permute(self._to_keras)
        return outputs if self.activation is None else self.activation(outputs)

    def _pad(self, inputs: Tensor) -> Tensor:
        sizes = spatial_shape(inputs.shape, self.data_format)
        if self.padding == "causal":
            pads: Any = (((self.kernel_size[0] - 1) * self.dilation_rate[0], 0),)
        else:
            pads = same_padding(sizes, self.kernel_size, self.strides, self.dilation_rate)
        numbers = torch_pads(pads)
        if not any(numbers):
            return inputs
        return F.pad(inputs, numbers if self._to_torch is None else [0, 0, *numbers])

    def compute_output_shape(self, input_shape: Any) -> Any:
        sizes = spatial_shape(input_shape, self.data_format)
        spatial = output_sizes(self, sizes, self.kernel_size, self.strides, self.dilation_rate, self.padding)
        return with_spatial(input_shape, spatial, self._output_channels(input_shape), self.data_format)

    def _output_channels(self, input_shape: Any) -> int:
        return self.filters


@fields
class _Conv(BaseConv):
    """A convolution whose filters see all channels, or all of their group."""

    filters: Count
    kernel_size: Any
    strides: Any = 1
    padding: Padding = "valid"
    data_format: DataFormat = None
    dilation_rate: Any = 1
    groups: Annotated[int, Kind(_groups)] = 1
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
        if self.filters % self.groups:
            raise ValueError(
                f"{self._title()}: The number of filters must be evenly divisible by the number of groups. Received: "
                f"groups={self.groups}, filters={self.filters}."
            )

    def torch_args(self, input_shape: Any) -> dict[str, Any]:
        channels = self._channels(input_shape)
        if channels % self.groups:
            raise ValueError(
                f"{self._title()}: The number of input channels must be evenly divisible by the number of groups. "
                f"Received: groups={self.groups}, input channels={channels} (shape {tuple(input_shape)})."
            )
        self.compute_output_shape(input_shape)
        return {
            "in_channels": channels,
            "out_channels": self.filters,
            "kernel_size": self.kernel_size,
            "stride": self.strides,
            "padding": self._symmetric or 0,
            "dilation": self.dilation_rate,
            "groups": self.groups,
            "bias": self.use_bias,
        }


@fields
class Conv1D(_Conv):
    """A convolution along one axis: ``(b, t, c) -> (b, t', filters)``.

    Args:
        filters: the number of output channels.
        kernel_size, strides, dilation_rate: sizes along each axis; one integer stands for all axes.
        padding: ``"valid"`` (none), ``"same"`` (``ceil(size / stride)`` outputs), in 1-D also ``"causal"``
            (no output depends on later inputs).
        data_format: ``"channels_last"`` or ``"channels_first"``; by default as ``keras.config`` says.
        groups: into how many groups channels and filters are split.
        activation: a function of the outputs, or its name.
        use_bias: whether a bias is added.
        kernel_initializer, bias_initializer: how the weights begin.
        kernel_regularizer, bias_regularizer: functions of the weights, added to the loss.
        activity_regularizer: a function of the outputs, added to the loss.
        kernel_constraint, bias_constraint: projections of the weights after each step.

    Raises:
        ValueError: the input has the wrong rank or unknown channels, or the kernel does not fit into it.
    """

    padding: CausalPadding = "valid"

    rank = 1
    torch_module = StepConv1d
    kernel = Weight("weight", "kio->oik")
    bias = Weight("bias")


@fields
class Conv2D(_Conv):
    """A convolution of images: ``(b, h, w, c) -> (b, h', w', filters)``. Arguments as for :class:`Conv1D`."""

    strides: Any = (1, 1)
    dilation_rate: Any = (1, 1)

    rank = 2
    torch_module = nn.Conv2d
    kernel = Weight("weight", "hwio->oihw")
    bias = Weight("bias")


@fields
class Conv3D(_Conv):
    """A convolution of volumes: ``(b, d, h, w, c) -> (b, d', h', w', filters)``. Arguments as for :class:`Conv1D`."""

    strides: Any = (1, 1, 1)
    dilation_rate: Any = (1, 1, 1)

    rank = 3
    torch_module = nn.Conv3d
    kernel = Weight("weight", "dhwio->oidhw")
    bias = Weight("bias")


_registry.catalogue("layers", Conv1D, Conv2D, Conv3D)
