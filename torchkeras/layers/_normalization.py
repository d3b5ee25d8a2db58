"""Normalization within a sample: Layer-, Group-, RMS- and UnitNormalization."""

import warnings
from typing import Annotated, Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from torchkeras import _registry, initializers
from torchkeras._errors import brief
from torchkeras._fields import Kind, fields
from torchkeras.constraints import ConstraintField
from torchkeras.initializers import InitializerField
from torchkeras.layers._input_spec import InputSpec
from torchkeras.layers._layer import Layer
from torchkeras.layers._torch_layer import TorchLayer, Weight
from torchkeras.regularizers import RegularizerField

__all__ = ["GroupNormalization", "LayerNormalization", "RMSNormalization", "UnitNormalization"]


def _axes(value: Any) -> Any:
    """One axis, or a list of them."""
    items = list(value) if isinstance(value, (list, tuple)) else [value]
    if not items or any(isinstance(item, bool) or not isinstance(item, int) for item in items):
        raise TypeError(
            f"Expected an int or a list/tuple of ints for the argument '{{field}}', but received: {brief(value)}"
        )
    return items if isinstance(value, (list, tuple)) else value


AxesField = Annotated[Any, Kind(_axes)]


def _keep(module: Any, scale: bool, center: bool) -> None:
    """Torch has scale and shift together, Keras each by itself."""
    if not scale:
        module.weight = None
    if not center:
        module.bias = None


def _wide(*tensors: Any) -> Any:
    """The tensors in one dtype, at least float32: sums of squares need its range."""
    wide = torch.float64 if any(x is not None and x.dtype is torch.float64 for x in tensors) else torch.float32
    return [x if x is None or x.dtype is wide else x.to(wide) for x in tensors]


class _LayerNorm(nn.LayerNorm):
    def __init__(self, shape: Any, eps: float, scale: bool, center: bool) -> None:
        super().__init__(shape, eps)
        _keep(self, scale, center)

    def forward(self, x: Tensor) -> Tensor:
        x, weight, bias = _wide(x, self.weight, self.bias)
        return F.layer_norm(x, self.normalized_shape, weight, bias, self.eps)


class _GroupNorm(nn.GroupNorm):
    def __init__(self, groups: int, channels: int, eps: float, scale: bool, center: bool) -> None:
        super().__init__(groups, channels, eps)
        _keep(self, scale, center)

    def forward(self, x: Tensor) -> Tensor:
        if not x.requires_grad and torch.is_grad_enabled() and not x.is_contiguous():
            # torch 2.13 on CPU: the backward pass of a channels-last input that needs no gradient ends in a segfault
            x = x.contiguous()
        if x.ndim == 3 and not x.is_contiguous():  # the kernel for four axes takes channels-last tensors as they lie
            return self.forward(x.unsqueeze(2)).squeeze(2)
        x, weight, bias = _wide(x, self.weight, self.bias)
        if weight is None and bias is not None:  # torch has no gradient of a shift without a scale
            return F.group_norm(x, self.num_groups, eps=self.eps) + bias.view(-1, *(1,) * (x.ndim - 2))
        return F.group_norm(x, self.num_groups, weight, bias, self.eps)


class _OverAxes(TorchLayer):
    """Statistics over `axis`. Torch wants those axes last: others are moved there and back, as views."""

    axis: Any
    epsilon: float
    supports_masking = True

    def _torch_axes(self, input_shape: Any) -> list[int]:
        rank = len(input_shape)
        given = [self.axis] if isinstance(self.axis, int) else self.axis
        axes = sorted({axis % rank for axis in given if -rank <= axis < rank})
        if len(axes) != len(given):
            raise ValueError(
                f'{type(self).__name__} "{self.name}": invalid `axis` {self.axis} for an input of shape '
                f"{tuple(input_shape)}."
            )
        if any(input_shape[axis] is None for axis in axes):
            raise ValueError(
                f'{type(self).__name__} "{self.name}": the sizes along `axis` {self.axis} must be known, got shape '
                f"{tuple(input_shape)}."
            )
        self.axis = list(given)  # as Keras writes it from now on
        last = list(range(rank - len(axes), rank))
        self._moves = None if axes == last else (axes, last)
        ndim = rank if self._moves else None  # last axes are the last whatever the rank
        self.input_spec = InputSpec(ndim=ndim, axes={axis - rank: input_shape[axis] for axis in axes})
        return axes

    def call(self, inputs: Tensor) -> Tensor:
        if self._moves is None:
            outputs = self.module(inputs)
        else:
            axes, last = self._moves
            outputs = self.module(inputs.movedim(axes, last)).movedim(last, axes)
        return outputs if outputs.dtype is self._compute else outputs.to(self._compute)

    def compute_output_shape(self, input_shape: Any) -> Any:
        if isinstance(self.axis, int) and not -len(input_shape) <= self.axis < len(input_shape):
            raise ValueError(
                f'{type(self).__name__} "{self.name}": Invalid axis {self.axis} for an input of shape {input_shape}.'
            )
        return input_shape


@fields
class LayerNormalization(_OverAxes):
    """``gamma * (x - mean) / sqrt(variance + epsilon) + beta`` over `axis` of each sample, any shape.

    Ba et al., 2016, arXiv:1607.06450.

    Args:
        axis: the axis, or axes, over which mean and variance are taken.
        epsilon: added to the variance.
        center, scale: whether `beta` is added, and whether `gamma` multiplies.
        rms_scaling: an older form of :class:`RMSNormalization`.
        beta_..., gamma_...: for the weights, which have the shape of the input along `axis`.
    """

    axis: AxesField = -1
    epsilon: float = 1e-3
    center: bool = True
    scale: bool = True
    beta_initializer: InitializerField = "zeros"
    gamma_initializer: InitializerField = "ones"
    beta_regularizer: RegularizerField = None
    gamma_regularizer: RegularizerField = None
    beta_constraint: ConstraintField = None
    gamma_constraint: ConstraintField = None
    rms_scaling: Annotated[bool, Kind(hidden=True)] = False

    torch_module = _LayerNorm
    _casts_weights = False
    gamma = Weight("weight")
    beta = Weight("bias")

    def __post_init__(self) -> None:
        self.autocast = False  # what does not fit into 16 bits before may fit after
        if self.rms_scaling:
            warnings.warn(
                "You passed `rms_scaling=True`, which is deprecated: it divides by the standard deviation, not by the "
                "root mean square. Use `keras.layers.RMSNormalization`.",
                stacklevel=3,
            )

    def torch_args(self, input_shape: Any) -> dict[str, Any]:
        shape = [input_shape[axis] for axis in self._torch_axes(input_shape)]
        center = self.center and not self.rms_scaling
        return {"shape": shape, "eps": self.epsilon, "scale": self.scale or self.rms_scaling, "center": center}

    def call(self, inputs: Tensor) -> Tensor:
        if not self.rms_scaling:
            return super().call(inputs)
        # what Keras had before RMSNormalization: no mean is taken away, yet the variance is one around the mean
        axes = [self.axis] if isinstance(self.axis, int) else self.axis
        inputs = _wide(inputs)[0]
        variance = inputs.var(axes, correction=0, keepdim=True)
        shape = [size if axis in [a % inputs.ndim for a in axes] else 1 for axis, size in enumerate(inputs.shape)]
        return (inputs * torch.rsqrt(variance + self.epsilon) * self.gamma.value.view(shape)).to(self._compute)


@fields
class RMSNormalization(_OverAxes):
    """``scale * x / sqrt(mean(x²) + epsilon)`` over `axis` of each sample. Zhang & Sennrich, 2019, arXiv:1910.07467."""

    axis: AxesField = -1
    epsilon: float = 1e-6

    torch_module = nn.RMSNorm
    scale = Weight("weight")

    def torch_args(self, input_shape: Any) -> dict[str, Any]:
        return {"normalized_shape": [input_shape[axis] for axis in self._torch_axes(input_shape)], "eps": self.epsilon}

    scale_initializer = staticmethod(initializers.get("ones"))


def _groups(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not (value >= 1 or value == -1):
        raise ValueError(
            "Invalid value for argument `{field}`: expected a positive integer, or -1 for one a channel, "
            f"got {brief(value)}."
        )
    return value


@fields
class GroupNormalization(TorchLayer):
    """``gamma * (x - mean) / sqrt(variance + epsilon) + beta`` over groups of channels of each sample, any shape.

    Wu & He, 2018, arXiv:1803.08494.

    Args:
        groups: into how many groups the channels are split; -1 for each channel by itself.
        axis: the axis of the channels.
        epsilon: added to the variance.
        center, scale: whether `beta` is added, and whether `gamma` multiplies.
        beta_..., gamma_...: for the weights, one number a channel.

    Raises:
        ValueError: the channels cannot be split so.
    """

    groups: Annotated[int, Kind(_groups)] = 32
    axis: int = -1
    epsilon: float = 1e-3
    center: bool = True
    scale: bool = True
    beta_initializer: InitializerField = "zeros"
    gamma_initializer: InitializerField = "ones"
    beta_regularizer: RegularizerField = None
    gamma_regularizer: RegularizerField = None
    beta_constraint: ConstraintField = None
    gamma_constraint: ConstraintField = None

    torch_module = _GroupNorm
    _casts_weights = False
    supports_masking = True
    gamma = Weight("weight")
    beta = Weight("bias")

    def torch_args(self, input_shape: Any) -> dict[str, Any]:
        rank = len(input_shape)
        if not -rank <= self.axis < rank or input_shape[self.axis] is None:
            raise ValueError(
                f'GroupNormalization "{self.name}": axis {self.axis} of the input tensor should have a defined '
                f"dimension but the layer received an input with shape {tuple(input_shape)}."
            )
        channels = input_shape[self.axis]
        groups = self.groups = channels if self.groups == -1 else self.groups
        if groups > channels:
            raise ValueError(
                f'GroupNormalization "{self.name}": the number of groups ({groups}) cannot be more than the number of '
                f"channels ({channels})."
            )
        if channels % groups:
            raise ValueError(
                f'GroupNormalization "{self.name}": {channels} channels cannot be split into {groups} groups of one '
                "size: groups times size must be a multiple of the number of channels."
            )
        self._channel_axis = self.axis % rank
        self.input_spec = InputSpec(ndim=rank, axes={self._channel_axis: channels})
        return {"groups": groups, "channels": channels, "eps": self.epsilon, "scale": self.scale, "center": self.center}

    def __post_init__(self) -> None:
        self.autocast = False  # what does not fit into 16 bits before may fit after

    def call(self, inputs: Tensor) -> Tensor:
        if self._channel_axis == 1:
            outputs = self.module(inputs)
        else:
            outputs = self.module(inputs.movedim(self._channel_axis, 1)).movedim(1, self._channel_axis)
        return outputs if outputs.dtype is self._compute else outputs.to(self._compute)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


def _unit_axes(value: Any) -> Any:
    try:
        return _axes(value)
    except TypeError:
        raise TypeError(
            f"Invalid value for `{{field}}` argument: expected an int or a list/tuple of ints. Received: {brief(value)}"
        ) from None


@fields
class UnitNormalization(Layer):
    """``x / sqrt(sum(x²))`` over `axis`: each sample's length becomes 1. Any shape.

    Args:
        axis: the axis, or axes, along which the length is taken.
    """

    axis: Annotated[Any, Kind(_unit_axes)] = -1

    supports_masking = True

    def __post_init__(self) -> None:
        self._build_at_init()

    def call(self, inputs: Tensor) -> Tensor:
        squares = inputs.square().sum(self.axis, keepdim=True)
        return inputs * torch.rsqrt(squares.clamp(min=1e-12))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


_registry.catalogue("layers", LayerNormalization, RMSNormalization, GroupNormalization, UnitNormalization)
