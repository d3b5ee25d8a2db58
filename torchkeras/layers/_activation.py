"""Activation functions as layers, with their parameters."""

import functools
from typing import Annotated, Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras import _registry, activations
from torchkeras._errors import brief, deprecated
from torchkeras._fields import Kind, fields
from torchkeras.constraints import ConstraintField
from torchkeras.initializers import InitializerField
from torchkeras.layers._input_spec import InputSpec
from torchkeras.layers._layer import Layer
from torchkeras.regularizers import RegularizerField

__all__ = ["ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax"]


def _not_negative(value: Any) -> float:
    value = value.get("value", value) if isinstance(value, dict) else value  # old configs hold an array's form
    if value is None or isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        raise ValueError(f"{{field}} of a ReLU layer cannot be None or a negative value. Received: {brief(value)}")
    return value


def _slope(value: Any) -> float:
    try:
        return _not_negative(value)
    except ValueError:
        raise ValueError(
            "The {field} value of a Leaky ReLU layer cannot be None or a negative value. Expected a float. "
            f"Received: {brief(value)}"
        ) from None


def _largest(value: Any) -> float | None:
    if value is not None and not value >= 0:
        raise ValueError(f"{{field}} of a ReLU layer cannot be a negative value. Received: {brief(value)}")
    return value


NotNegative = Annotated[float, Kind(_not_negative)]


class _Activation(Layer):
    """A function of each number; any shape."""

    supports_masking = True

    def __post_init__(self) -> None:
        self._build_at_init()

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


@fields
class ReLU(_Activation):
    """``max(x, 0)``, or with other arguments as :func:`keras.activations.relu`.

    Args:
        max_value: the largest output; none by default.
        negative_slope: the slope below `threshold`.
        threshold: where the function begins.
    """

    max_value: Annotated[float | None, Kind(_largest)] = None
    negative_slope: NotNegative = 0.0
    threshold: NotNegative = 0.0

    def call(self, inputs: Tensor) -> Tensor:
        return activations.relu(inputs, self.negative_slope, self.max_value, self.threshold)


def _takes_alpha(cls: Any) -> Any:
    """Let the constructor know `alpha`, the name of `negative_slope` in Keras 2, as today's Keras does."""
    made = cls.__init__

    @functools.wraps(made)
    def constructor(self: Any, *args: Any, **kwargs: Any) -> None:
        if "alpha" in kwargs:
            deprecated("LeakyReLU: `alpha=` is now called `negative_slope=`.")
            kwargs["negative_slope"] = kwargs.pop("alpha")
        made(self, *args, **kwargs)

    cls.__init__ = constructor
    return cls


@_takes_alpha
@fields
class LeakyReLU(_Activation):
    """`x` where positive, ``negative_slope * x`` elsewhere. Maas et al., 2013."""

    negative_slope: Annotated[float, Kind(_slope)] = 0.3

    def call(self, inputs: Tensor) -> Tensor:
        return F.leaky_relu(inputs, self.negative_slope)


@fields
class ELU(_Activation):
    """`x` where positive, ``alpha * (exp(x) - 1)`` elsewhere. Clevert et al., 2016, arXiv:1511.07289."""

    alpha: float = 1.0

    def call(self, inputs: Tensor) -> Tensor:
        return F.elu(inputs, self.alpha)


@fields
class Softmax(_Activation):
    """Positive numbers that sum to 1 along `axis`, or along several axes together.

    Args:
        axis: an axis, or a tuple of them.

    Called with a `mask`, a boolean tensor of the input's shape, it leaves 0 where that is False.
    """

    axis: Any = -1

    def call(self, inputs: Tensor, mask: Any = None) -> Tensor:
        axis = self.axis if isinstance(self.axis, int) else tuple(self.axis)
        if mask is None:
            return activations.softmax(inputs, axis)
        self._check_mask(inputs, mask)
        keep = mask.to(torch.bool)
        smallest = torch.finfo(inputs.dtype).min
        return activations.softmax(torch.where(keep, inputs, smallest), axis) * keep

    def _check_mask(self, inputs: Tensor, mask: Tensor) -> None:
        sizes = zip(reversed(mask.shape), reversed(inputs.shape), strict=False)
        if mask.ndim > inputs.ndim or any(size not in (1, wanted) for size, wanted in sizes):
            raise ValueError(
                f'Softmax "{self.name}": the `mask` must be broadcastable to `inputs` and must not have more '
                f"dimensions. Received: inputs.shape={tuple(inputs.shape)}, mask.shape={tuple(mask.shape)}"
            )


def _shared_axes(value: Any) -> list[int] | None:
    if value is None:
        return None
    return [value] if isinstance(value, int) else list(value)


@fields
class PReLU(_Activation):
    """`x` where positive, ``alpha * x`` elsewhere, with an `alpha` that is learned. He et al., 2015, arXiv:1502.01852.

    Args:
        alpha_initializer, alpha_regularizer, alpha_constraint: of the weight.
        shared_axes: axes (counted from 1) along which `alpha` is one number, such as ``[1, 2]`` for images.
    """

    alpha_initializer: InitializerField = "Zeros"
    alpha_regularizer: RegularizerField = None
    alpha_constraint: ConstraintField = None
    shared_axes: Annotated[Any, Kind(_shared_axes)] = None

    def __post_init__(self) -> None:
        """Nothing yet: the weight's shape is the input's."""

    def build(self, input_shape: Any) -> None:
        shared = self.shared_axes or []
        shape = [1 if axis in shared else size for axis, size in enumerate(input_shape) if axis]
        if None in shape:
            raise ValueError(
                f'PReLU "{self.name}": the size of each axis that is not in `shared_axes` must be known, got shape '
                f"{tuple(input_shape)} and shared_axes={self.shared_axes}."
            )
        self.alpha = self.add_weight(
            shape,
            self.alpha_initializer,
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
            name="alpha",
        )
        known = {axis: size for axis, size in enumerate(input_shape) if axis and axis not in shared}
        self.input_spec = InputSpec(ndim=len(input_shape), axes=known)
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        return torch.where(inputs > 0, inputs, self.alpha.value * inputs)


_registry.catalogue("layers", ReLU, LeakyReLU, PReLU, ELU, Softmax)
