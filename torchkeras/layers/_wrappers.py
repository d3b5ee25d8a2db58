"""Layers around another layer: Wrapper, TimeDistributed."""

from typing import Annotated, Any

from torch import Tensor, nn

from torchkeras import _registry
from torchkeras._errors import brief
from torchkeras._fields import Kind, fields
from torchkeras._serialization import deserialize_keras_object, serialize_keras_object
from torchkeras._structures import map_leaves
from torchkeras.layers._layer import Layer
from torchkeras.layers._nested import Nested, build_child
from torchkeras.layers._signature import call_signature
from torchkeras.layers._torch_module import TorchModuleWrapper

__all__ = ["TimeDistributed", "Wrapper"]


def as_layer(value: Any) -> Any:
    """A layer out of a layer, a config or a plain ``nn.Module``."""
    if isinstance(value, dict):
        value = deserialize_keras_object(value)
    if isinstance(value, nn.Module) and not isinstance(value, Layer):
        value = TorchModuleWrapper(value)
    if not isinstance(value, Layer):
        raise ValueError(
            f"Layer {brief(value)} supplied to Wrapper isn't a supported layer type. Please ensure wrapped layer is a "
            "valid Keras layer or a `torch.nn.Module`."
        )
    return value


LayerField = Annotated[Any, Kind(as_layer, serialize_keras_object)]


@fields
class Wrapper(Nested):
    """Base of layers that change what another layer does.

    Args:
        layer: the layer inside.
    """

    layer: LayerField

    def build(self, input_shape: Any = None) -> None:
        build_child(self.layer, input_shape)


@fields
class TimeDistributed(Wrapper):
    """The same layer at each step: ``(b, t, ...) -> (b, t, ...)``; batch and time become one axis for it.

    Args:
        layer: the layer inside; sees ``(b * t, ...)``.
    """

    layer: LayerField

    supports_masking = True

    def build(self, input_shape: Any) -> None:
        super().build(self._step_shape(input_shape))

    def _step_shape(self, input_shape: Any) -> Any:
        if len(input_shape) < 3:
            raise ValueError(
                f"`TimeDistributed` Layer should be passed an `input_shape` with at least 3 dimensions, "
                f"(batch, time, ...), received: {tuple(input_shape)} in {self.name!r}."
            )
        return (input_shape[0], *input_shape[2:])

    def compute_output_shape(self, input_shape: Any) -> Any:
        shape = self.layer.compute_output_shape(self._step_shape(input_shape))
        return (shape[0], input_shape[1], *shape[1:])

    def call(self, inputs: Tensor, training: bool | None = None, mask: Tensor | None = None) -> Any:
        batch, steps = inputs.shape[:2]
        kwargs = {}
        if mask is not None:
            self._check_mask(mask, inputs)
            if call_signature(type(self.layer).call).mask:
                kwargs["mask"] = mask.flatten(0, 1)
        outputs = self.layer(inputs.flatten(0, 1), **kwargs)
        return map_leaves(lambda output: output.unflatten(0, (batch, steps)), outputs)

    def _check_mask(self, mask: Tensor, inputs: Tensor) -> None:
        if mask.shape[:2] != inputs.shape[:2]:
            raise ValueError(
                f"The `mask` passed to the `TimeDistributed` layer has a shape {tuple(mask.shape)} that is "
                f"incompatible with the input shape {tuple(inputs.shape)}: it must be at least 2D and begin with "
                f"{tuple(inputs.shape[:2])}, the batch size and the number of steps. Layer: {self.name!r}."
            )


_registry.catalogue("layers", Wrapper, TimeDistributed)
