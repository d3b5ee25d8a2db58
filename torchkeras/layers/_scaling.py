"""Layers that scale; Keras has them inside its applications, so that only models from there hold them."""

from typing import Any

from torch import Tensor

from torchkeras import _registry
from torchkeras._fields import fields
from torchkeras.initializers import Constant
from torchkeras.layers._layer import Layer


@fields
class CustomScaleLayer(Layer):
    """``x + scale * y`` for the inputs ``[x, y]``."""

    scale: float

    def build(self, input_shape: Any) -> None:
        """Nothing to make; the shape stands in Keras' configs."""

    def call(self, inputs: list[Tensor]) -> Tensor:
        return inputs[0] + inputs[1] * self.scale

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape[0]


@fields
class LayerScale(Layer):
    """Each channel times a weight of its own, ``(..., projection_dim)``; all begin at `init_values`."""

    init_values: float
    projection_dim: int

    def build(self, input_shape: Any) -> None:
        self.gamma = self.add_weight(
            shape=(self.projection_dim,), initializer=Constant(self.init_values), trainable=True
        )

    def call(self, x: Tensor) -> Tensor:
        return x * self.gamma.value

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


_registry.written_as(CustomScaleLayer, "keras.src.applications.inception_resnet_v2", "CustomScaleLayer")
_registry.written_as(LayerScale, "keras.src.applications.convnext", "LayerScale")
