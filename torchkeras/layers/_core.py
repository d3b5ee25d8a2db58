"""Dense, and the layers without weights that every model uses."""

from typing import Any

from torch import Tensor, nn

from torchkeras import _registry
from torchkeras._fields import PositiveInt, fields
from torchkeras._structures import map_leaves
from torchkeras._symbolic import KerasTensor
from torchkeras.activations import ActivationField
from torchkeras.constraints import ConstraintField
from torchkeras.initializers import InitializerField
from torchkeras.layers._input_spec import InputSpec
from torchkeras.layers._layer import Layer
from torchkeras.layers._torch_layer import TorchLayer, Weight
from torchkeras.regularizers import RegularizerField

__all__ = ["Activation", "Dense", "Identity"]


@fields
class Dense(TorchLayer):
    """A fully connected layer: ``activation(x @ kernel + bias)``, ``(..., n) -> (..., units)``.

    Args:
        units: the number of outputs.
        activation: a function of the outputs, or its name.
        use_bias: whether a bias is added.
        kernel_initializer, bias_initializer: how the weights begin.
        kernel_regularizer, bias_regularizer: functions of the weights, added to the loss.
        activity_regularizer: a function of the outputs, added to the loss.
        kernel_constraint, bias_constraint: projections of the weights after each step.

    >>> import torch
    >>> Dense(4)(torch.ones(2, 3)).shape
    torch.Size([2, 4])
    """

    units: PositiveInt
    activation: ActivationField = None
    use_bias: bool = True
    kernel_initializer: InitializerField = "glorot_uniform"
    bias_initializer: InitializerField = "zeros"
    kernel_regularizer: RegularizerField = None
    bias_regularizer: RegularizerField = None
    activity_regularizer: RegularizerField = None
    kernel_constraint: ConstraintField = None
    bias_constraint: ConstraintField = None
    lora_rank: int | None = None
    lora_alpha: float | None = None
    quantization_config: Any = None

    torch_module = nn.Linear
    supports_masking = True
    kernel = Weight("weight", "io->oi")
    bias = Weight("bias")

    def __post_init__(self) -> None:
        self.input_spec = InputSpec(min_ndim=2)
        if self.lora_rank is not None:
            raise NotImplementedError(
                f'Dense "{self.name}": `lora_rank` is not supported yet; train the kernel itself.'
            )

    def torch_args(self, input_shape: Any) -> dict[str, Any]:
        if len(input_shape) < 2 or input_shape[-1] is None:
            raise ValueError(
                f'Dense "{self.name}": the last axis of the input must be known and the input at least 2-D, '
                f"got shape {tuple(input_shape)}."
            )
        self.input_spec = InputSpec(min_ndim=2, axes={-1: input_shape[-1]})
        return {"in_features": input_shape[-1], "out_features": self.units, "bias": self.use_bias}

    def call(self, inputs: Tensor) -> Tensor:
        try:
            outputs = self.module(inputs)
        except RuntimeError:
            if inputs.is_floating_point():
                raise
            outputs = self.module(inputs.to(self._compute))  # such as counts of words
        return outputs if self.activation is None else self.activation(outputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        for name in ("activity_regularizer", "lora_rank", "lora_alpha"):
            if config[name] is None:  # Keras writes these only where they are set
                del config[name]
        return config


@fields
class Activation(Layer):
    """``activation(x)``, any shape.

    Args:
        activation: the function, or its name.
    """

    activation: ActivationField

    supports_masking = True

    def __post_init__(self) -> None:
        self._build_at_init()

    def call(self, inputs: Tensor) -> Tensor:
        return self.activation(inputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


@fields
class Identity(Layer):
    """The input itself, any shape; a place holder, or a point at which to look into a model."""

    supports_masking = True

    def __post_init__(self) -> None:
        self._build_at_init()

    def call(self, inputs: Any) -> Any:
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def compute_output_spec(self, inputs: Any) -> Any:
        return map_leaves(lambda x: KerasTensor(x.shape, x.dtype, probes=x._probes), inputs)


_registry.catalogue("layers", Dense, Activation, Identity)
