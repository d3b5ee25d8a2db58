"""BatchNormalization."""

from typing import Annotated, Any

from torch import Tensor

from torchkeras import _registry
from torchkeras._errors import brief
from torchkeras._fields import Kind, Rate, fields
from torchkeras.constraints import ConstraintField
from torchkeras.initializers import InitializerField
from torchkeras.layers._batch_modules import BatchNorm, BatchRenorm
from torchkeras.layers._input_spec import InputSpec
from torchkeras.layers._torch_layer import TorchLayer, Weight
from torchkeras.regularizers import RegularizerField

__all__ = ["BatchNormalization"]


def _axis(value: Any) -> int:
    if isinstance(value, (list, tuple)) and len(value) == 1:  # as Keras 2 wrote it
        value = value[0]
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise ValueError(f"expected an integer, got {brief(value)}.")
    return value.__index__()


CLIPPING = ("rmax", "rmin", "dmax")


def _clipping(value: Any) -> dict[str, float]:
    found = dict(value or {})
    if set(found) - set(CLIPPING):
        raise ValueError(
            f"Received invalid keys for `{{field}}` argument: {found}. Supported values: {list(CLIPPING)}."
        )
    if found.get("rmax", float("inf")) < found.get("rmin", -float("inf")):
        raise ValueError(f"rmax should be greater than rmin in the `{{field}}` argument. Received: {found}.")
    if found.get("dmax", 0) < 0:
        raise ValueError(f"dmax should be non-negative in the `{{field}}` argument. Received: {found}.")
    return found


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
        renorm, renorm_clipping, renorm_momentum: batch renormalization, Ioffe, 2017, arXiv:1702.03275: the output is
            corrected towards statistics that move with `renorm_momentum`, within ``{"rmin", "rmax", "dmax"}``.
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
    renorm_clipping: Annotated[Any, Kind(_clipping)] = None
    renorm_momentum: float = 0.99
    synchronized: bool = False

    torch_module = BatchNorm
    _casts_weights = False  # torch's kernels take them beside inputs of 16 bits
    supports_masking = True
    gamma = Weight("weight")
    beta = Weight("bias")
    moving_mean = Weight("running_mean", trainable=False)
    moving_variance = Weight("running_var", trainable=False)
    moving_stddev = Weight("moving_stddev", trainable=False)
    renorm_mean = Weight("renorm_mean", trainable=False, fields="moving_mean")
    renorm_stddev = Weight("renorm_stddev", trainable=False)

    def __post_init__(self) -> None:
        if not self.renorm:
            self.renorm_clipping = None

    def build(self, input_shape: Any) -> None:
        arguments = self.torch_args(input_shape)
        if not self.renorm:
            self.make_module(**arguments)
            return
        self.torch_module = BatchRenorm  # type: ignore[misc, assignment]
        self.make_module(**arguments, clipping=self.renorm_clipping, renorm_momentum=1 - self.renorm_momentum)
        for stddev in (self.moving_stddev, self.renorm_stddev):
            stddev.assign(self.moving_variance.value.sqrt())

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
            "synchronized": self.synchronized,
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
