"""ConvLSTM1D, 2D and 3D: an LSTM whose matrix products are convolutions."""

from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from torchkeras import _registry, _settings
from torchkeras._dtypes import to_torch_dtype
from torchkeras._fields import PositiveInt, Rate, fields
from torchkeras._variable import Layout
from torchkeras.activations import ActivationField
from torchkeras.constraints import ConstraintField
from torchkeras.initializers import InitializerField
from torchkeras.layers._input_spec import InputSpec
from torchkeras.layers._recurrent_cell import Cell
from torchkeras.layers._recurrent_layers import CellRNN
from torchkeras.layers._torch_layer import Weight
from torchkeras.layers._windows import (
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

__all__ = ["ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"]

_CONVOLUTIONS: tuple[Any, ...] = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
_LAYOUTS = (Layout("wio->oiw"), Layout("hwio->oihw"), Layout("dhwio->oidhw"))


class _Convolutions(nn.Module):
    """The convolution of the inputs, with the bias, and that of the state."""

    def __init__(self, rank: int, channels: int, filters: int, kernel_size: Any, bias: bool, **more: Any) -> None:
        super().__init__()
        odd = all(size % 2 for size in kernel_size)  # else the state is padded first, more at the end
        convolution = _CONVOLUTIONS[rank - 1]
        self.inputs = convolution(channels, 4 * filters, kernel_size, bias=bias, **more)
        half = tuple(size // 2 if odd else 0 for size in kernel_size)
        self.state = convolution(filters, 4 * filters, kernel_size, padding=half, bias=False)


@fields
class ConvLSTMCell(Cell):
    """One step (Shi et al. 2015): the gates of an LSTM are convolutions of the input and of the state."""

    filters: PositiveInt
    kernel_size: Any
    strides: Any = 1
    padding: Padding = "valid"
    data_format: DataFormat = None
    dilation_rate: Any = 1
    activation: ActivationField = "tanh"
    recurrent_activation: ActivationField = "sigmoid"
    use_bias: bool = True
    kernel_initializer: InitializerField = "glorot_uniform"
    recurrent_initializer: InitializerField = "orthogonal"
    bias_initializer: InitializerField = "zeros"
    unit_forget_bias: bool = True
    kernel_regularizer: RegularizerField = None
    recurrent_regularizer: RegularizerField = None
    bias_regularizer: RegularizerField = None
    kernel_constraint: ConstraintField = None
    recurrent_constraint: ConstraintField = None
    bias_constraint: ConstraintField = None
    dropout: Rate = 0.0
    recurrent_dropout: Rate = 0.0
    seed: int | None = None

    rank: ClassVar[int]
    state_count = 2
    has_kernel = False
    torch_module = _Convolutions
    kernel = Weight("inputs.weight")
    recurrent_kernel = Weight("state.weight", fields="recurrent")
    bias = Weight("inputs.bias")

    def layout_of(self, row: Weight) -> Layout:
        return row.layout if row.name == "bias" else _LAYOUTS[self.rank - 1]

    def build(self, input_shape: Any) -> None:
        sizes = spatial_shape(input_shape, self.data_format)
        if None in sizes:
            raise ValueError(
                "ConvLSTM layers only support static input shapes for the spatial dimension. Received invalid input "
                f"shape: input_shape={tuple(input_shape)}"
            )
        window = (self.kernel_size, self.strides, self.dilation_rate)
        self._sizes = output_sizes(self, sizes, *window, self.padding)
        self._pads = torch_pads(same_padding(sizes, *window)) if self.padding == "same" else None
        odd = all(size % 2 for size in self.kernel_size)
        ones = (1,) * self.rank
        self._state_pads = None if odd else torch_pads(same_padding(self._sizes, self.kernel_size, ones, ones))
        super().build(input_shape)
        if self.use_bias and self.unit_forget_bias:
            with torch.no_grad():
                self.module.inputs.bias[self.filters : 2 * self.filters] = 1

    def torch_args(self, input_shape: Any) -> dict[str, Any]:
        return {
            "rank": self.rank,
            "channels": input_shape[channel_axis(self.data_format)],
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "bias": self.use_bias,
            "stride": self.strides,
            "dilation": self.dilation_rate,
        }

    @property
    def state_size(self) -> list[int]:
        """The number of channels of both states."""
        return [self.filters, self.filters]

    @property
    def output_size(self) -> int:
        """The number of channels."""
        return self.filters

    def state_shape(self, batch_size: Any) -> tuple[Any, ...]:
        return with_spatial((batch_size,), self._sizes, self.filters, self.data_format)

    def get_initial_state(self, batch_size: int | None = None) -> list[Tensor]:
        """Zeros for both states, of the output's shape."""
        like: Any = {"dtype": to_torch_dtype(self.compute_dtype), "device": _settings.device()}
        return [torch.zeros(self.state_shape(batch_size), **like) for _ in range(2)]

    def call(self, inputs: Tensor, states: Any, training: bool = False) -> Any:
        return self._call(inputs, states)

    def project(self, inputs: Tensor) -> Tensor:
        lead = inputs.shape[: -self.rank - 1]  # of a single step the batch, else batch and time
        images = self._channels_first(inputs.flatten(0, len(lead) - 1))
        gates = self.module.inputs(images if self._pads is None else F.pad(images, self._pads))
        return self._as_keras(gates).unflatten(0, lead)

    def step(self, projected: Tensor, states: list[Tensor], kept: Tensor | None = None) -> list[Tensor]:
        state = states[0] if kept is None else states[0] * kept
        state = self._channels_first(state)
        state = self.module.state(state if self._state_pads is None else F.pad(state, self._state_pads))
        gates = projected + self._as_keras(state)
        i, f, candidate, o = gates.chunk(4, channel_axis(self.data_format))
        gate = self.recurrent_activation
        carry = gate(f) * states[1] + gate(i) * self.activation(candidate)
        return [gate(o) * self.activation(carry), carry]

    def _channels_first(self, x: Tensor) -> Tensor:
        return x.movedim(-1, 1) if self.data_format == "channels_last" else x

    def _as_keras(self, x: Tensor) -> Tensor:
        return x.movedim(1, -1) if self.data_format == "channels_last" else x


class ConvLSTMCell1D(ConvLSTMCell):
    """Over signals."""

    rank = 1


class ConvLSTMCell2D(ConvLSTMCell):
    """Over images."""

    rank = 2


class ConvLSTMCell3D(ConvLSTMCell):
    """Over volumes."""

    rank = 3


@fields
class ConvLSTM(CellRNN):
    """A convolutional LSTM: ``(b, t, ..., c) -> (b, ..., filters)``, or with the time axis if ``return_sequences``.

    Args:
        filters: the number of output channels.
        kernel_size, strides, dilation_rate: of the convolution of the inputs, one integer or one for each axis.
        padding: ``"valid"`` or ``"same"``.
        data_format: ``"channels_last"`` or ``"channels_first"``.
        activation, ..., stateful: as in LSTM.
    """

    filters: PositiveInt
    kernel_size: Any
    strides: Any = 1
    padding: Padding = "valid"
    data_format: DataFormat = None
    dilation_rate: Any = 1
    activation: ActivationField = "tanh"
    recurrent_activation: ActivationField = "sigmoid"
    use_bias: bool = True
    kernel_initializer: InitializerField = "glorot_uniform"
    recurrent_initializer: InitializerField = "orthogonal"
    bias_initializer: InitializerField = "zeros"
    unit_forget_bias: bool = True
    kernel_regularizer: RegularizerField = None
    recurrent_regularizer: RegularizerField = None
    bias_regularizer: RegularizerField = None
    activity_regularizer: RegularizerField = None
    kernel_constraint: ConstraintField = None
    recurrent_constraint: ConstraintField = None
    bias_constraint: ConstraintField = None
    dropout: Rate = 0.0
    recurrent_dropout: Rate = 0.0
    seed: int | None = None
    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    stateful: bool = False

    cell_name = "conv_lstm_cell"
    cell_class: ClassVar[type[ConvLSTMCell]]
    unroll = False

    def __post_init__(self) -> None:
        rank = self.cell_class.rank
        for name in ("kernel_size", "strides", "dilation_rate"):
            setattr(self, name, window_sizes(self, name, getattr(self, name), rank))
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                "Specifying `strides > 1` is not compatible with `dilation_rate > 1`. Please provide `strides=1` or "
                f"`dilation_rate=1`. Received: strides={self.strides} and dilation_rate={self.dilation_rate}"
            )
        super().__post_init__()
        self.input_spec = InputSpec(ndim=rank + 3)

    def _checked(self, given: Any) -> list[Any]:
        return list(given)

    def compute_output_shape(self, sequences_shape: Any, initial_state_shape: Any = None) -> Any:
        batch, steps, *step = sequences_shape
        sizes = spatial_shape((batch, *step), self.data_format)
        sizes = output_sizes(self, sizes, self.kernel_size, self.strides, self.dilation_rate, self.padding)
        state = with_spatial((batch,), sizes, self.filters, self.data_format)
        output = (batch, steps, *state[1:]) if self.return_sequences else state
        return (output, state, state) if self.return_state else output

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "unroll": False}


class ConvLSTM1D(ConvLSTM):
    """Over signals: ``(b, t, w, c) -> (b, w', filters)``. Arguments: those of Conv1D and LSTM."""

    cell_class = ConvLSTMCell1D


class ConvLSTM2D(ConvLSTM):
    """Over images: ``(b, t, h, w, c) -> (b, h', w', filters)``. Arguments: those of Conv2D and LSTM."""

    cell_class = ConvLSTMCell2D


class ConvLSTM3D(ConvLSTM):
    """Over volumes: ``(b, t, d, h, w, c) -> (b, d', h', w', filters)``. Arguments: those of Conv3D and LSTM."""

    cell_class = ConvLSTMCell3D


_registry.catalogue("layers", ConvLSTM1D, ConvLSTM2D, ConvLSTM3D)
