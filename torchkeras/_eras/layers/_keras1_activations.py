"""Activations with parameters that Keras 1 and 2 had as layers."""

from typing import Annotated, Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras._eras._marks import legacy
from torchkeras._errors import brief
from torchkeras._fields import Kind, fields
from torchkeras.initializers import InitializerField
from torchkeras.layers import Layer

__all__ = ["ParametricSoftplus", "SReLU", "ThresholdedReLU"]


def _not_negative(value: Any) -> float:
    if isinstance(value, bool) or not hasattr(value, "__float__") or not float(value) >= 0:
        raise ValueError(f"expected a number of at least 0, got {brief(value)}.")
    return float(value)


class _Activation(Layer):
    """A function of each number; any shape."""

    supports_masking = True

    def compute_output_shape(self, input_shape: Any) -> Any:
        return tuple(input_shape)


@legacy("layers")
@fields
class ThresholdedReLU(_Activation):
    """`x` where greater than `theta`, else 0. Konda et al., 2014, arXiv:1402.3337."""

    theta: Annotated[float, Kind(_not_negative)] = 1.0

    def call(self, inputs: Tensor) -> Tensor:
        return F.threshold(inputs, self.theta, 0.0)


class _Parametric(_Activation):
    """Parameters with one value for each place, or one along each of ``shared_axes``."""

    shared_axes: Any

    def _parameter(self, input_shape: Any, name: str, initializer: Any) -> Any:
        shape = list(input_shape[1:])
        for axis in self.shared_axes or ():
            shape[axis - 1] = 1
        if None in shape:
            raise ValueError(
                f'{type(self).__name__} "{self.name}": the sizes of the input must be known along all axes that '
                f"`shared_axes` does not name; got shape {tuple(input_shape)}."
            )
        return self.add_weight(tuple(shape), initializer=initializer, name=name)


@legacy("layers")
@fields
class ParametricSoftplus(_Parametric):
    """``alpha * log(1 + exp(beta * x))``, both of them trained.

    Args:
        alpha_init, beta_init: with which numbers they begin.
        shared_axes: axes along which they are the same.
    """

    alpha_init: float = 0.2
    beta_init: float = 5.0
    shared_axes: Any = None

    def build(self, input_shape: Any) -> None:
        self.alphas = self._parameter(input_shape, "alphas", _constant(self.alpha_init))
        self.betas = self._parameter(input_shape, "betas", _constant(self.beta_init))

    def call(self, inputs: Tensor) -> Tensor:
        return self.alphas.value * F.softplus(self.betas.value * inputs)


@legacy("layers")
@fields
class SReLU(_Parametric):
    """Three straight pieces, all of them trained. Jin et al., 2015, arXiv:1512.07030.

    ``t_l + a_l (x - t_l)`` below ``t_l``, ``t_r + a_r (x - t_r)`` above ``t_r``, and `x` between. The upper threshold
    is stored as its distance from the lower one, whose absolute value counts.

    Args:
        t_left_init, a_left_init, t_right_init, a_right_init: how the four begin.
        shared_axes: axes along which they are the same.
    """

    t_left_init: InitializerField = "zeros"
    a_left_init: InitializerField = "glorot_uniform"
    t_right_init: InitializerField = "glorot_uniform"
    a_right_init: InitializerField = "ones"
    shared_axes: Any = None

    def build(self, input_shape: Any) -> None:
        for name in ("t_left", "a_left", "t_right", "a_right"):
            setattr(self, name, self._parameter(input_shape, name, getattr(self, f"{name}_init")))

    def call(self, inputs: Tensor) -> Tensor:
        lower, left, right = self.t_left.value, self.a_left.value, self.a_right.value
        upper = lower + self.t_right.value.abs()
        below = lower + left * (inputs - lower)
        above = upper + right * (inputs - upper)
        return torch.where(inputs < lower, below, torch.where(inputs > upper, above, inputs))


def _constant(value: float) -> Any:
    return lambda shape, dtype=None: torch.full(shape, value)
