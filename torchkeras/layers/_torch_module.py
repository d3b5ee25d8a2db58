"""TorchModuleWrapper: any ``nn.Module`` as a layer."""

import base64
import io
from typing import Annotated, Any

import torch
from torch import nn

from torchkeras import _registry
from torchkeras._errors import brief
from torchkeras._fields import Kind, fields
from torchkeras._file_errors import UnsafeFileError
from torchkeras._serialization import lambdas_allowed
from torchkeras.layers._layer import Layer
from torchkeras.layers._nested import trust

__all__ = ["TorchModuleWrapper"]


def _module(value: Any) -> nn.Module:
    if isinstance(value, str):
        value = _unpickled(value)
    if not isinstance(value, nn.Module):
        raise ValueError(f"expected a `torch.nn.Module`, got {brief(value)}.")
    return value


def _unpickled(text: str) -> Any:
    if not lambdas_allowed():
        raise UnsafeFileError(
            "Requested the deserialization of a `torch.nn.Module` by `torch.load`. This can run arbitrary code "
            "and is disallowed by default. If you trust the source, pass `safe_mode=False` to the loading function, or "
            "call `keras.config.enable_unsafe_deserialization()`."
        )
    return torch.load(io.BytesIO(base64.b64decode(text)), weights_only=False)


def _pickled(module: nn.Module) -> str:
    buffer = io.BytesIO()
    torch.save(module, buffer)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


@fields
class TorchModuleWrapper(Layer):
    """A plain torch module as a layer: what `module` computes, in its own axis order.

    Its parameters and buffers become weights, and saved ones. ``training`` sets the module's mode.

    Args:
        module: the module.
        output_shape: the output's shape with the batch axis; by default it is found by running the module.
    """

    module: Annotated[nn.Module, Kind(_module, _pickled)]
    name: Annotated[Any, Kind(inherited=True)] = None
    output_shape: Any = None

    def __post_init__(self) -> None:
        self.module.train(self.training)
        self.built = not _is_lazy(self.module)

    def build(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to make: torch's lazy modules do it themselves when first called."""

    def call(self, *args: Any, training: bool | None = None, **kwargs: Any) -> Any:
        return self.module(*args, **kwargs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        if self.output_shape is None:
            return super().compute_output_shape(input_shape)
        return (input_shape[0], *self.output_shape[1:]) if self.output_shape[0] is None else self.output_shape

    _stores_modules = True

    def _stored(self) -> dict[str, Any]:
        """The module's own ``state_dict``: Keras' files have these keys, too."""
        return {key: value for key, value in self.module.state_dict().items() if isinstance(value, torch.Tensor)}

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None, safe_mode: bool | None = None
    ) -> Any:
        """A new layer out of a config, which holds a pickled module and so needs ``safe_mode=False``."""
        with _registry.CustomObjectScope(custom_objects), trust(safe_mode):
            return super().from_config(config)


def _is_lazy(module: nn.Module) -> bool:
    parameters = [*module.parameters(), *module.buffers()]
    return any(isinstance(p, nn.parameter.UninitializedTensorMixin) for p in parameters)  # type: ignore[attr-defined]


_registry.catalogue("layers", TorchModuleWrapper)
