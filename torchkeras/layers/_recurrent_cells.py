"""One step of a recurrence: SimpleRNNCell, LSTMCell, GRUCell."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras import _registry, activations
from torchkeras._fields import PositiveInt, Rate, fields
from torchkeras._variable import Layout
from torchkeras.activations import ActivationField
from torchkeras.constraints import ConstraintField
from torchkeras.initializers import InitializerField
from torchkeras.layers._recurrent_cell import Cell
from torchkeras.layers._recurrent_modules import GruLayout, GruRecurrence, GruWeights, LstmRecurrence, Recurrence
from torchkeras.layers._torch_layer import Weight
from torchkeras.regularizers import RegularizerField

__all__ = ["GRUCell", "LSTMCell", "SimpleRNNCell"]


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
