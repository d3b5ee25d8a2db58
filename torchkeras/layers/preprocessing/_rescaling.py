"""Rescaling: pixels and other numbers into another range."""

from typing import Annotated, Any

import numpy as np
import torch
from torch import Tensor

from torchkeras import _registry, _settings
from torchkeras._fields import Kind, fields
from torchkeras._serialization import deserialize_keras_object, serialize_keras_object
from torchkeras.layers._layer import Layer

__all__ = ["Rescaling"]


def _numbers(value: Any) -> Any:
    return deserialize_keras_object(value) if isinstance(value, dict) else value


def _write(value: Any) -> Any:
    return serialize_keras_object(value) if isinstance(value, (np.ndarray, Tensor)) else value


Numbers = Annotated[Any, Kind(_numbers, _write)]


@fields
class Rescaling(Layer):
    """``x * scale + offset``, any shape.

    Args:
        scale: a number, or one for each channel.
        offset: likewise.
    """

    scale: Numbers
    offset: Numbers = 0.0

    supports_masking = True

    def __post_init__(self) -> None:
        self._plain = all(isinstance(value, (int, float)) for value in (self.scale, self.offset))

    def build(self, input_shape: Any) -> None:
        """Nothing to make; the shape stands in Keras' configs."""

    def call(self, inputs: Tensor) -> Tensor:
        inputs = inputs.to(self._compute)
        if self._plain:
            return inputs * self.scale + self.offset
        return inputs * self._along_channels(self.scale, inputs) + self._along_channels(self.offset, inputs)

    @staticmethod
    def _along_channels(value: Any, inputs: Tensor) -> Tensor:
        numbers = torch.as_tensor(value, dtype=inputs.dtype, device=inputs.device)
        if numbers.ndim == 1 and inputs.ndim > 2 and _settings.image_data_format == "channels_first":
            return numbers.reshape(-1, *[1] * (inputs.ndim - 2))
        return numbers

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


_registry.catalogue("layers", Rescaling)
