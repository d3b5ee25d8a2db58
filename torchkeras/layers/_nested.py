"""Layers that hold layers which they take as arguments."""

import contextlib
from typing import Any

from torchkeras import _registry
from torchkeras._serialization import safe_mode, safe_mode_scope
from torchkeras.layers._layer import Layer


class Nested(Layer):
    """A layer whose config holds other layers, maybe the user's."""

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        """A new layer out of a config; `custom_objects` are the user's classes and functions, by name."""
        with _registry.CustomObjectScope(custom_objects):
            return super().from_config(config)


def trust(safe: bool | None) -> contextlib.AbstractContextManager[None]:
    """Inside, configs with code in them are read if `safe` is False; None leaves that to the enclosing call."""
    return safe_mode_scope(safe_mode() if safe is None else safe)


def build_child(layer: Any, input_shape: Any) -> None:
    """Build a layer inside another one."""
    if isinstance(layer, Layer) and not layer.built:
        layer.build(input_shape)
