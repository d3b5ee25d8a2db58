"""Convolutions whose filters differ from place to place, which Keras 3 dropped."""

from typing import Annotated, Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras._eras._arguments import takes_old_arguments
from torchkeras._eras._marks import legacy
from torchkeras._errors import brief
from torchkeras._fields import Kind, fields
from torchkeras._shapes import count
from torchkeras.activations import ActivationField
from torchkeras.constraints import ConstraintField
from torchkeras.initializers import InitializerField
from torchkeras.layers import InputSpec, Layer
from torchkeras.layers._windows import (
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

__all__ = ["LocallyConnected1D", "LocallyConnected2D"]


def _implementation(value: Any) -> int:
    if value not in (1, 2, 3):
        raise ValueError(f"expected 1, 2 or 3, got {brief(value)}.")
    return value


@fields
class _LocallyConnected(Layer):
    """What both ranks share: patches of the input, each multiplied by a kernel of its own."""

    filters: Count
    kernel_size: Any
    strides: Any = 1
    padding: Padding = "valid"
    data_format: DataFormat = None
    activation: ActivationField = None
    use_bias: bool = True
    kernel_initializer: InitializerField = "glorot_uniform"
    bias_initializer: InitializerField = "zeros"
    kernel_regularizer: RegularizerField = None
    bias_regularizer: RegularizerField = None
    activity_regularizer: RegularizerField = None
    kernel_constraint: ConstraintField = None
    bias_constraint: ConstraintField = None
    implementation: Annotated[int, Kind(_implementation)] = 1

    rank: ClassVar[int]

    def __post_init__(self) -> None:
        self.kernel_size = window_sizes(self, "kernel_size", self.kernel_size, self.rank)
        self.strides = window_sizes(self, "strides", self.strides, self.rank)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def build(self, input_shape: Any) -> None:
        channels = input_shape[channel_axis(self.data_format)]
        places = spatial_shape(self.compute_output_shape(input_shape), self.data_format)
        if None in (channels, *places):
            raise ValueError(
                f'{type(self).__name__} "{self.name}": the sizes of the input must be known, as each place has weights '
                f"of its own; got shape {tuple(input_shape)}."
            )
        self.kernel = self.add_weight(
            (count(places), count(self.kernel_size) * channels, self.filters),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                (*places, self.filters),
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )

    def call(self, inputs: Tensor) -> Tensor:
        sizes = self._output_sizes(inputs.shape)
        patches = self._patches(inputs)  # (b, places, kernel size * channels)
        outputs = torch.einsum("bpk,pkf->bpf", patches, self.kernel.value)
        outputs = outputs.reshape(len(inputs), *sizes, self.filters)
        last = self.data_format == "channels_last"
        outputs = outputs if last else outputs.movedim(-1, 1)
        if self.bias is not None:
            bias = self.bias.value
            # Keras 2 reads the same numbers in another order here, it does not turn the axes
            outputs = outputs + (bias if last else bias.reshape(self.filters, *sizes))
        return outputs if self.activation is None else self.activation(outputs)

    def _patches(self, x: Tensor) -> Tensor:
        """What each place sees, the axes in the order that Keras' kernels have them."""
        last = self.data_format == "channels_last"
        x = x.movedim(-1, 1) if last else x
        if self.padding == "same":
            ones = (1,) * self.rank
            x = F.pad(x, torch_pads(same_padding(x.shape[2:], self.kernel_size, self.strides, ones)))
        for axis, (size, step) in enumerate(zip(self.kernel_size, self.strides, strict=True), start=2):
            x = x.unfold(axis, size, step)  # (b, c, places…, kernel…)
        x = x.movedim(1, -1 if last else self.rank + 1)  # channels after the kernel's axes, or before them
        return x.reshape(len(x), count(x.shape[1 : self.rank + 1]), -1)

    def _output_sizes(self, shape: Any) -> tuple[Any, ...]:
        sizes = spatial_shape(shape, self.data_format)
        return output_sizes(self, sizes, self.kernel_size, self.strides, (1,) * self.rank, self.padding)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return with_spatial(input_shape, self._output_sizes(input_shape), self.filters, self.data_format)


@takes_old_arguments
@legacy("layers")
@fields
class LocallyConnected1D(_LocallyConnected):
    """A convolution along one axis that shares no weights between places: ``(b, t, c) -> (b, t', filters)``.

    Args:
        filters: the number of output channels.
        kernel_size, strides: sizes along each axis; one integer stands for all axes.
        padding: ``"valid"`` or ``"same"``.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default as ``keras.config`` says.
        activation: a function of the outputs, or its name.
        use_bias: whether a bias, another one at each place, is added.
        kernel_initializer, bias_initializer: how the weights begin.
        kernel_regularizer, bias_regularizer: functions of the weights, added to the loss.
        activity_regularizer: a function of the outputs, added to the loss.
        kernel_constraint, bias_constraint: projections of the weights after each step.
        implementation: 1, 2 or 3; accepted, as the results are equal. The weights always lie as those of
            Keras' implementation 1: ``(places, kernel size * channels, filters)``.

    Raises:
        ValueError: a size of the input is unknown, or the kernel does not fit into it.
    """

    rank = 1


@takes_old_arguments
@legacy("layers")
@fields
class LocallyConnected2D(_LocallyConnected):
    """The same for images: ``(b, h, w, c) -> (b, h', w', filters)``. Arguments as for :class:`LocallyConnected1D`."""

    strides: Any = (1, 1)

    rank = 2
