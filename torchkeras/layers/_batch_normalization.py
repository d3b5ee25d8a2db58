"""BatchNormalization: torch's kernel, Keras' moving statistics (D8)."""

from typing import Annotated, Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from torchkeras import _registry
from torchkeras._errors import brief
from torchkeras._fields import Kind, Rate, fields
from torchkeras.constraints import ConstraintField
from torchkeras.initializers import InitializerField
from torchkeras.layers._input_spec import InputSpec
from torchkeras.layers._torch_layer import TorchLayer, Weight
from torchkeras.regularizers import RegularizerField

__all__ = ["BatchNormalization"]


class _BatchNorm(nn.modules.batchnorm._BatchNorm):
    """Torch's batch normalization with the biased moving variance of Keras, and scale and shift each optional."""

    running_mean: Tensor
    running_var: Tensor
    momentum: float

    def __init__(self, num_features: int, eps: float, momentum: float, scale: bool, center: bool) -> None:
        super().__init__(num_features, eps, momentum)
        self.weight = self.weight if scale else None  # type: ignore[assignment]
        self.bias = self.bias if center else None  # type: ignore[assignment]
        self.num_batches_tracked = None  # Keras keeps no such count

    def forward(self, x: Tensor, training: bool | None = None) -> Tensor:
        if not (self.training if training is None else training):
            return F.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, False, 0.0, self.eps)
        count = x.numel() // x.shape[1]
        if count < 2:
            return self._single(x)
        # torch moves the variance towards the unbiased one, r' = (1 - m) r + m v n / (n - 1), Keras towards v. It gets
        # a tensor of its own to move, which is the stored one scaled so that (n - 1) / n of the way to it is right
        keep, share = 1 - self.momentum, (count - 1) / count
        moved = self.running_var * ((keep * count - 1) / (keep * (count - 1)) if keep else 0.0)
        out = torch.batch_norm(x, self.weight, self.bias, self.running_mean, moved, True, self.momentum, self.eps, True)
        if keep:
            self.running_var.lerp_(moved, share)
        else:
            self.running_var.copy_(moved * share)
        return out

    def _single(self, x: Tensor) -> Tensor:
        """One number a channel, of which torch has no unbiased variance: the biased one is 0."""
        mean = x.detach().reshape(-1)
        self.running_mean.lerp_(mean.to(self.running_mean.dtype), self.momentum)
        self.running_var.mul_(1 - self.momentum)
        zero = torch.zeros_like(self.running_mean)
        return F.batch_norm(x - x, zero, zero, self.weight, self.bias, False, 0.0, self.eps)

    def masked(self, x: Tensor, mask: Tensor) -> Tensor:
        """Statistics of the places alone where `mask`, of the shape of `x` with one channel, is True."""
        weights = mask.to(x.dtype)
        dims = [0, *range(2, x.ndim)]
        total = weights.sum().clamp(min=torch.finfo(x.dtype).tiny)
        mean = (x * weights).sum(dims, keepdim=True) / total
        variance = ((x - mean).square() * weights).sum(dims, keepdim=True) / total
        with torch.no_grad():
            self.running_mean.lerp_(mean.flatten(), self.momentum)
            self.running_var.lerp_(variance.flatten(), self.momentum)
        out = (x - mean) * torch.rsqrt(variance + self.eps)
        shape = (1, -1, *(1,) * (x.ndim - 2))
        out = out if self.weight is None else out * self.weight.view(shape)
        return out if self.bias is None else out + self.bias.view(shape)


def _axis(value: Any) -> int:
    if isinstance(value, (list, tuple)) and len(value) == 1:  # as Keras 2 wrote it
        value = value[0]
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise ValueError(f"expected an integer, got {brief(value)}.")
    return value.__index__()


@fields
class BatchNormalization(TorchLayer):
    """``gamma * (x - mean) / sqrt(variance + epsilon) + beta`` for each channel, any shape.

    In training, mean and variance are those of the batch, and the moving ones follow:
    ``moving = momentum * moving + (1 - momentum) * batch``. In inference, and as long as ``trainable`` is
    False, they are the moving ones. Ioffe & Szegedy, 2015, arXiv:1502.03167.

    Args:
        axis: the axis of the channels.
        momentum: how slowly the moving statistics follow.
        epsilon: added to the variance.
        center, scale: whether `beta` is added, and whether `gamma` multiplies.
        beta_initializer, gamma_initializer, moving_mean_initializer, moving_variance_initializer: how the weights
            begin.
        beta_regularizer, gamma_regularizer: functions of the weights, added to the loss.
        beta_constraint, gamma_constraint: projections of the weights after each step.
        synchronized: whether replicas share the statistics of their batches.
    """

    axis: Annotated[int, Kind(_axis)] = -1
    momentum: Rate = 0.99
    epsilon: float = 1e-3
    center: bool = True
    scale: bool = True
    beta_initializer: InitializerField = "zeros"
    gamma_initializer: InitializerField = "ones"
    moving_mean_initializer: InitializerField = "zeros"
    moving_variance_initializer: InitializerField = "ones"
    beta_regularizer: RegularizerField = None
    gamma_regularizer: RegularizerField = None
    beta_constraint: ConstraintField = None
    gamma_constraint: ConstraintField = None
    renorm: bool = False
    renorm_clipping: Any = None
    renorm_momentum: float = 0.99
    synchronized: bool = False

    torch_module = _BatchNorm
    supports_masking = True
    gamma = Weight("weight")
    beta = Weight("bias")
    moving_mean = Weight("running_mean", trainable=False)
    moving_variance = Weight("running_var", trainable=False)

    def torch_args(self, input_shape: Any) -> dict[str, Any]:
        rank = len(input_shape)
        if not -rank <= self.axis < rank or (self.axis % rank == 0 and rank > 1):
            raise ValueError(
                f'BatchNormalization "{self.name}": invalid `axis` {self.axis} for shape {tuple(input_shape)}.'
            )
        self._channel_axis = self.axis % rank
        channels = input_shape[self._channel_axis]
        if channels is None:
            raise ValueError(
                f'BatchNormalization "{self.name}": the size of axis {self.axis} must be known, got shape '
                f"{tuple(input_shape)}."
            )
        self.input_spec = InputSpec(ndim=rank, axes={self._channel_axis: channels})
        others = [axis for axis in range(1, rank) if axis != self._channel_axis]
        moved = self._channel_axis != 1
        self._to_torch = (0, self._channel_axis, *others) if moved else None
        self._to_keras = tuple((0, self._channel_axis, *others).index(axis) for axis in range(rank))
        momentum = 1 - self.momentum
        return {
            "num_features": channels,
            "eps": self.epsilon,
            "momentum": momentum,
            "scale": self.scale,
            "center": self.center,
        }

    def call(self, inputs: Tensor, mask: Any = None) -> Tensor:
        training = self.training and self._trainable
        if mask is not None and training:
            return self._masked(inputs, mask)
        if self._to_torch is None:
            return self.module(inputs, training)
        return self.module(inputs.permute(self._to_torch), training).permute(self._to_keras)

    def _masked(self, inputs: Tensor, mask: Tensor) -> Tensor:
        mask = mask.reshape(*mask.shape, *(1,) * (inputs.ndim - mask.ndim))
        if self._to_torch is None:
            return self.module.masked(inputs, mask)
        return self.module.masked(inputs.permute(self._to_torch), mask.permute(self._to_torch)).permute(self._to_keras)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


_registry.catalogue("layers", BatchNormalization)
