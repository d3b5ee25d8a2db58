"""Dense layers of Keras 1: a gate past the layer, a maximum of several layers, one for each step."""

from typing import Any

import torch
from torch import Tensor

from torchkeras import layers
from torchkeras._eras._marks import legacy, old_name
from torchkeras._fields import PositiveInt, fields
from torchkeras.activations import ActivationField
from torchkeras.constraints import ConstraintField
from torchkeras.initializers import InitializerField
from torchkeras.regularizers import RegularizerField

__all__ = ["Highway", "MaxoutDense", "TimeDistributedDense"]


class _Keras1Layer(layers.Layer):
    """Weights under Keras 1's names: ``W`` and ``b``, with arguments such as ``W_regularizer``, ``b_constraint``."""

    def _weight(self, name: str, shape: Any, initializer: Any) -> Any:
        family = name[0]  # "W_carry" has the arguments of "W"
        return self.add_weight(
            shape,
            initializer=initializer,
            regularizer=getattr(self, f"{family}_regularizer"),
            constraint=getattr(self, f"{family}_constraint"),
            name=name,
        )


@legacy("layers")
@fields
class Highway(_Keras1Layer):
    """``g * activation(x W + b) + (1 - g) * x``, the gate ``g = sigmoid(x W_carry + b_carry)``: ``(b, n) -> (b, n)``.

    Srivastava et al., 2015, arXiv:1505.00387. ``b_carry`` begins with ones.

    Args:
        init: how the kernels begin.
        activation: a function, or its name.
        W_regularizer, b_regularizer, activity_regularizer: penalties, added to the loss.
        W_constraint, b_constraint: projections of the weights after each step.
        bias: whether there are biases.
    """

    init: InitializerField = "glorot_uniform"
    activation: ActivationField = None
    W_regularizer: RegularizerField = None
    b_regularizer: RegularizerField = None
    activity_regularizer: RegularizerField = None
    W_constraint: ConstraintField = None
    b_constraint: ConstraintField = None
    bias: bool = True

    def build(self, input_shape: Any) -> None:
        size = input_shape[-1]
        self.W = self._weight("W", (size, size), self.init)
        self.W_carry = self._weight("W_carry", (size, size), self.init)
        self.b = self._weight("b", (size,), "zeros") if self.bias else None
        self.b_carry = self._weight("b_carry", (size,), "ones") if self.bias else None

    def call(self, inputs: Tensor) -> Tensor:
        gate, outputs = inputs @ self.W_carry.value, inputs @ self.W.value
        if self.b is not None and self.b_carry is not None:
            gate, outputs = gate + self.b_carry.value, outputs + self.b.value
        gate = torch.sigmoid(gate)
        outputs = outputs if self.activation is None else self.activation(outputs)
        return gate * outputs + (1 - gate) * inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        return tuple(input_shape)


@legacy("layers")
@fields
class MaxoutDense(_Keras1Layer):
    """The maximum of `nb_feature` linear layers: ``(b, n) -> (b, output_dim)``.

    Goodfellow et al., 2013, arXiv:1302.4389.

    Args:
        output_dim: the number of outputs.
        nb_feature: of how many linear layers the maximum is taken.
        init: how the kernels begin.
        W_regularizer, b_regularizer, activity_regularizer: penalties, added to the loss.
        W_constraint, b_constraint: projections of the weights after each step.
        bias: whether there are biases.
    """

    output_dim: PositiveInt
    nb_feature: PositiveInt = 4
    init: InitializerField = "glorot_uniform"
    W_regularizer: RegularizerField = None
    b_regularizer: RegularizerField = None
    activity_regularizer: RegularizerField = None
    W_constraint: ConstraintField = None
    b_constraint: ConstraintField = None
    bias: bool = True

    def build(self, input_shape: Any) -> None:
        self.W = self._weight("W", (self.nb_feature, input_shape[-1], self.output_dim), self.init)
        self.b = self._weight("b", (self.nb_feature, self.output_dim), "zeros") if self.bias else None

    def call(self, inputs: Tensor) -> Tensor:
        outputs = torch.einsum("...n,kno->...ko", inputs, self.W.value)
        return (outputs if self.b is None else outputs + self.b.value).amax(-2)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape[:-1], self.output_dim)


@old_name("TimeDistributedDense", "TimeDistributed(Dense(...))")
def TimeDistributedDense(
    output_dim: int, *args: Any, input_dim: int | None = None, input_length: int | None = None, **kwargs: Any
) -> Any:
    """A ``Dense`` on each step: ``(b, t, n) -> (b, t, output_dim)``; other arguments are those of ``Dense``."""
    if input_dim is not None:
        kwargs["input_shape"] = (input_length, input_dim)
    return layers.Dense(output_dim, *args, **kwargs)
