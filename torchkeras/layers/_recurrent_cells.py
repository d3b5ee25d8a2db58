"""One step of a recurrence: SimpleRNNCell, LSTMCell, GRUCell."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras import _registry, _settings, activations
from torchkeras._dtypes import to_torch_dtype
from torchkeras._fields import PositiveInt, Rate, fields
from torchkeras._variable import Layout
from torchkeras.activations import ActivationField
from torchkeras.constraints import ConstraintField
from torchkeras.initializers import InitializerField
from torchkeras.layers._recurrent_modules import GruLayout, GruRecurrence, GruWeights, LstmRecurrence, Recurrence
from torchkeras.layers._torch_layer import TorchLayer, Weight
from torchkeras.random import SeedGenerator, dropout
from torchkeras.regularizers import RegularizerField

__all__ = ["GRUCell", "LSTMCell", "SimpleRNNCell"]


class Cell(TorchLayer):
    """What the cells share: ``call`` is one step; :meth:`project` and :meth:`step` are its two halves.

    The first half does not depend on the states, so a layer computes it for all steps at once; if the
    module is a :class:`Recurrence`, the layer may leave the whole sequence to it.
    """

    units: int
    state_count = 1
    dropout: float
    recurrent_dropout: float
    seed: int | None
    use_bias: bool
    activation: Any

    def __post_init__(self) -> None:
        self.seed_generator = SeedGenerator(self.seed)
        self._dropout_mask: Tensor | None = None
        self._recurrent_dropout_mask: Tensor | None = None

    @property
    def state_size(self) -> int | list[int]:
        """The sizes of the states."""
        return self.units if self.state_count == 1 else [self.units] * self.state_count

    @property
    def output_size(self) -> int:
        """The size of the output."""
        return self.units

    def get_initial_state(self, batch_size: int | None = None) -> list[Tensor]:
        """Zeros for each state: ``(batch_size, units)``."""
        dtype = to_torch_dtype(self.compute_dtype)
        shape: Any = (batch_size, self.units)
        return [torch.zeros(shape, dtype=dtype, device=_settings.device()) for _ in range(self.state_count)]

    def torch_args(self, input_shape: Any) -> dict[str, Any]:
        if input_shape[-1] is None:
            raise ValueError(f'{type(self).__name__} "{self.name}": the last axis of the input must be known.')
        return {"input_size": input_shape[-1], "hidden_size": self.units, "bias": self.use_bias}

    def make_module(self, **arguments: Any) -> None:
        super().make_module(**arguments)
        second_bias = self.module._buffers.get("bias_hh_l0")
        if second_bias is not None:
            second_bias.zero_()  # memory came without contents

    @property
    def has_kernel(self) -> bool:
        """Whether the module computes this cell's formula for a whole sequence."""
        return isinstance(self.module, Recurrence)

    def project(self, inputs: Tensor) -> Tensor:
        """The part of the gates that comes from the inputs: ``(..., n) -> (..., gates * units)``."""
        return F.linear(inputs, self.module.weight_ih_l0, self._input_bias())

    def _input_bias(self) -> Tensor | None:
        return self.module.bias_ih_l0 if self.use_bias else None

    def step(self, projected: Tensor, states: list[Tensor], kept: Tensor | None = None) -> list[Tensor]:
        """The new states, of which the first is the output. `kept` is the recurrent dropout's mask."""
        raise NotImplementedError

    def _call(self, inputs: Tensor, states: Any) -> tuple[Tensor, Any]:
        many = isinstance(states, (list, tuple))
        kept = None
        if self.training and self.dropout:
            inputs = inputs * self.get_dropout_mask(inputs)
        if self.training and self.recurrent_dropout:
            kept = self.get_recurrent_dropout_mask(states[0] if many else states)
        new = self.step(self.project(inputs), list(states) if many else [states], kept)
        return new[0], new if many else new[0]

    def compute_output_shape(self, input_shape: Any, states_shape: Any = None) -> Any:
        shape = (*input_shape[:-1], self.units)
        states = [shape] * self.state_count
        return shape, states if isinstance(states_shape, list) or self.state_count > 1 else shape

    # Dropout. A mask is kept until reset, so that all steps of a sequence share it.

    def draw_mask(self, like: Tensor, rate: float) -> Tensor:
        """Zeros and ``1 / (1 - rate)``, in the shape of `like`."""
        return dropout(torch.ones_like(like), rate, seed=None if self.seed is None else self.seed_generator)

    def get_dropout_mask(self, step_input: Tensor) -> Tensor:
        """The factors for the inputs."""
        if self._dropout_mask is None:
            self._dropout_mask = self.draw_mask(step_input, self.dropout)
        return self._dropout_mask

    def get_recurrent_dropout_mask(self, state: Tensor) -> Tensor:
        """The factors for the state."""
        if self._recurrent_dropout_mask is None:
            self._recurrent_dropout_mask = self.draw_mask(state, self.recurrent_dropout)
        return self._recurrent_dropout_mask

    def reset_dropout_mask(self) -> None:
        """Draw a new mask at the next step."""
        self._dropout_mask = None

    def reset_recurrent_dropout_mask(self) -> None:
        """Draw a new mask at the next step."""
        self._recurrent_dropout_mask = None


@fields
class SimpleRNNCell(Cell):
    """``h' = activation(x @ kernel + h @ recurrent_kernel + bias)``: ``(b, n), (b, units) -> (b, units)``.

    Args:
        units: the size of output and state.
        activation: a function or its name.
        use_bias: whether a bias is added.
        kernel_initializer, recurrent_initializer, bias_initializer: how the weights begin.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: functions of the weights, added to the loss.
        kernel_constraint, recurrent_constraint, bias_constraint: projections of the weights after each step.
        dropout, recurrent_dropout: the share of inputs, and of the state, that training zeroes.
        seed: of the dropout.
    """

    units: PositiveInt
    activation: ActivationField = "tanh"
    use_bias: bool = True
    kernel_initializer: InitializerField = "glorot_uniform"
    recurrent_initializer: InitializerField = "orthogonal"
    bias_initializer: InitializerField = "zeros"
    kernel_regularizer: RegularizerField = None
    recurrent_regularizer: RegularizerField = None
    bias_regularizer: RegularizerField = None
    kernel_constraint: ConstraintField = None
    recurrent_constraint: ConstraintField = None
    bias_constraint: ConstraintField = None
    dropout: Rate = 0.0
    recurrent_dropout: Rate = 0.0
    seed: int | None = None

    torch_module = Recurrence
    kernel = Weight("weight_ih_l0", "io->oi")
    recurrent_kernel = Weight("weight_hh_l0", "io->oi", fields="recurrent")
    bias = Weight("bias_ih_l0")

    def torch_args(self, input_shape: Any) -> dict[str, Any]:
        mode = "RNN_RELU" if self.activation is activations.relu else "RNN_TANH"
        return {"mode": mode, **super().torch_args(input_shape)}

    @property
    def has_kernel(self) -> bool:
        return self.activation is activations.tanh or self.activation is activations.relu

    def call(self, sequence: Tensor, states: Any, training: bool = False) -> Any:
        return self._call(sequence, states)

    def step(self, projected: Tensor, states: list[Tensor], kept: Tensor | None = None) -> list[Tensor]:
        state = states[0] if kept is None else states[0] * kept
        return [self.activation(projected + F.linear(state, self.module.weight_hh_l0))]


@fields
class LSTMCell(Cell):
    """One step of a long short-term memory: ``(b, n), [(b, units), (b, units)] -> (b, units)``.

    With the gates ``i, f, o = recurrent_activation(...)``: ``c' = f * c + i * activation(...)`` and
    ``h' = o * activation(c')`` (Hochreiter and Schmidhuber 1997). The states are ``[h, c]``.

    Args:
        units: the size of output and states.
        activation, recurrent_activation: functions, or their names, of the candidate and of the gates.
        use_bias: whether a bias is added.
        kernel_initializer, recurrent_initializer, bias_initializer: how the weights begin.
        unit_forget_bias: whether the forget gate's bias begins as 1.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: functions of the weights, added to the loss.
        kernel_constraint, recurrent_constraint, bias_constraint: projections of the weights after each step.
        dropout, recurrent_dropout: the share of inputs, and of the state, that training zeroes.
        seed: of the dropout.
    """

    units: PositiveInt
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

    torch_module = LstmRecurrence
    state_count = 2
    kernel = Weight("weight_ih_l0", "io->oi")
    recurrent_kernel = Weight("weight_hh_l0", "io->oi", fields="recurrent")
    bias = Weight("bias_ih_l0")

    def torch_args(self, input_shape: Any) -> dict[str, Any]:
        return {"mode": "LSTM", **super().torch_args(input_shape)}

    def make_module(self, **arguments: Any) -> None:
        super().make_module(**arguments)
        if self.use_bias and self.unit_forget_bias:
            with torch.no_grad():
                self.module.bias_ih_l0[self.units : 2 * self.units] = 1

    @property
    def has_kernel(self) -> bool:
        return self.activation is activations.tanh and self.recurrent_activation is activations.sigmoid

    def call(self, inputs: Tensor, states: Any, training: bool = False) -> Any:
        return self._call(inputs, states)

    def step(self, projected: Tensor, states: list[Tensor], kept: Tensor | None = None) -> list[Tensor]:
        state = states[0] if kept is None else states[0] * kept
        gates = projected + F.linear(state, self.module.weight_hh_l0)
        i, f, candidate, o = gates.chunk(4, -1)
        gate = self.recurrent_activation
        carry = gate(f) * states[1] + gate(i) * self.activation(candidate)
        return [gate(o) * self.activation(carry), carry]


@fields
class GRUCell(Cell):
    """One step of a gated recurrent unit: ``(b, n), (b, units) -> (b, units)``.

    With the gates ``z, r = recurrent_activation(...)``: ``h' = z * h + (1 - z) * activation(...)`` (Cho et al. 2014).

    Args:
        units: the size of output and state.
        activation, recurrent_activation: functions, or their names, of the candidate and of the gates.
        use_bias: whether a bias is added.
        kernel_initializer, recurrent_initializer, bias_initializer: how the weights begin.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: functions of the weights, added to the loss.
        kernel_constraint, recurrent_constraint, bias_constraint: projections of the weights after each step.
        dropout, recurrent_dropout: the share of inputs, and of the state, that training zeroes.
        reset_after: whether the reset gate acts after the matrix product, as in cuDNN.
        seed: of the dropout.
    """

    units: PositiveInt
    activation: ActivationField = "tanh"
    recurrent_activation: ActivationField = "sigmoid"
    use_bias: bool = True
    kernel_initializer: InitializerField = "glorot_uniform"
    recurrent_initializer: InitializerField = "orthogonal"
    bias_initializer: InitializerField = "zeros"
    kernel_regularizer: RegularizerField = None
    recurrent_regularizer: RegularizerField = None
    bias_regularizer: RegularizerField = None
    kernel_constraint: ConstraintField = None
    recurrent_constraint: ConstraintField = None
    bias_constraint: ConstraintField = None
    dropout: Rate = 0.0
    recurrent_dropout: Rate = 0.0
    reset_after: bool = True
    seed: int | None = None

    kernel = Weight("weight_ih_l0", GruLayout(0, Layout("io->oi")))
    recurrent_kernel = Weight("weight_hh_l0", GruLayout(0, Layout("io->oi")), fields="recurrent")
    bias = Weight("bias_l0", GruLayout(-1))

    def torch_args(self, input_shape: Any) -> dict[str, Any]:
        mode = {"mode": "GRU"} if self.reset_after else {}
        return {**mode, **super().torch_args(input_shape)}

    def torch_module(self, **arguments: Any) -> Any:
        """The torch module, by ``reset_after``."""
        return (GruRecurrence if self.reset_after else GruWeights)(**arguments)

    @property
    def has_kernel(self) -> bool:
        plain = self.activation is activations.tanh and self.recurrent_activation is activations.sigmoid
        return plain and self.reset_after

    def _input_bias(self) -> Tensor | None:
        bias = self.module.bias_l0 if self.use_bias else None
        return bias[0] if bias is not None and self.reset_after else bias

    def call(self, inputs: Tensor, states: Any, training: bool = False) -> Any:
        return self._call(inputs, states)

    def step(self, projected: Tensor, states: list[Tensor], kept: Tensor | None = None) -> list[Tensor]:
        state = states[0] if kept is None else states[0] * kept
        z, candidate = (self._after if self.reset_after else self._before)(projected, state)
        return [z * states[0] + (1 - z) * self.activation(candidate)]

    def _after(self, projected: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        bias = self.module.bias_l0[1] if self.use_bias else None
        recurrent = F.linear(state, self.module.weight_hh_l0, bias)
        (r, z, candidate), (r_h, z_h, candidate_h) = projected.chunk(3, -1), recurrent.chunk(3, -1)
        r, z = self.recurrent_activation(r + r_h), self.recurrent_activation(z + z_h)
        return z, candidate + r * candidate_h

    def _before(self, projected: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        weight = self.module.weight_hh_l0
        r, z, candidate = projected.chunk(3, -1)
        r_h, z_h = F.linear(state, weight[: 2 * self.units]).chunk(2, -1)
        r, z = self.recurrent_activation(r + r_h), self.recurrent_activation(z + z_h)
        return z, candidate + F.linear(r * state, weight[2 * self.units :])


_registry.catalogue("layers", SimpleRNNCell, LSTMCell, GRUCell)
