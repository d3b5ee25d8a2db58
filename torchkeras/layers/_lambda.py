"""Lambda: a function as a layer."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any

from torchkeras import _registry
from torchkeras._errors import brief
from torchkeras._fields import Kind, fields
from torchkeras._serialization import deserialize_keras_object, serialize_dict, serialize_keras_object
from torchkeras._symbolic import infer
from torchkeras.layers._layer import Layer
from torchkeras.layers._nested import trust

__all__ = ["Lambda"]


def _read(value: Any) -> Any:
    """The object of a config; code that stands under three names, as this layer has it, or in one tuple."""
    inner = value.get("config") if isinstance(value, dict) else None
    if isinstance(inner, dict) and "code" in inner:
        parts = tuple(inner.get(name) for name in _PARTS)
        value = {"class_name": "__lambda__", "config": {"value": parts}}
    return deserialize_keras_object(value)


_PARTS = ("code", "defaults", "closure")


def _function(value: Any) -> Any:
    if isinstance(value, (dict, str)):
        value = _read(value)
    if not callable(value):
        raise TypeError(f"expected a function, got {brief(value)}.")
    return value


def _shape_or_function(value: Any) -> Any:
    if isinstance(value, dict):
        value = _read(value)
    if callable(value) or value is None:
        return value
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)


def _mask(value: Any) -> Any:
    return _read(value) if isinstance(value, dict) and "class_name" in value else value


def _write(value: Any) -> Any:
    if isinstance(value, (int, list, tuple)):
        return value
    written = serialize_keras_object(value)
    if isinstance(written, dict) and written["class_name"] == "__lambda__":
        written["config"] = dict(zip(_PARTS, written["config"]["value"], strict=True))
    return written


def _arguments(value: Any) -> dict[str, Any]:
    return {name: _value(item) for name, item in (value or {}).items()}


def _value(item: Any) -> Any:
    return deserialize_keras_object(item) if isinstance(item, dict) and "class_name" in item else item


@fields
class Lambda(Layer):
    """``function(x, **arguments)``.

    Prefer a subclass of ``Layer`` for what shall be saved: the code of a lambda goes into the config, and
    such a config is refused unless the reader trusts it (``safe_mode=False``).

    Args:
        function: takes the inputs, and ``mask`` and ``training`` if it has such parameters.
        output_shape: the shape of one sample's output, or a function of the input shape; by default it is found out.
        mask: the output's mask, or a function ``(inputs, mask) -> mask``.
        arguments: more keyword arguments for `function`.
    """

    function: Annotated[Callable[..., Any], Kind(_function, _write)]
    output_shape: Annotated[Any, Kind(_shape_or_function, _write)] = None
    mask: Annotated[Any, Kind(_mask, _write)] = None
    arguments: Annotated[dict[str, Any] | None, Kind(_arguments, serialize_dict)] = None

    produces_mask = False

    def __post_init__(self) -> None:
        self.supports_masking = self.mask is not None
        self.produces_mask = self.mask is not None
        parameters = inspect.signature(self.function).parameters if _has_signature(self.function) else {}
        self._takes = tuple(name for name in ("mask", "training") if name in parameters)

    def build(self, input_shape: Any) -> None:
        """Nothing to make; the shape stands in Keras' configs."""

    def call(self, inputs: Any, mask: Any = None, training: bool | None = None) -> Any:
        given = {"mask": mask, "training": training}
        return self.function(inputs, **(self.arguments or {}), **{name: given[name] for name in self._takes})

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    def compute_output_shape(self, input_shape: Any) -> Any:
        if self.output_shape is None:
            return super().compute_output_shape(input_shape)
        if callable(self.output_shape):
            return self.output_shape(input_shape)
        shape = input_shape
        while isinstance(shape[0], (list, tuple)):  # of several inputs the first tells the batch size
            shape = shape[0]
        return (shape[0], *self.output_shape)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        if self.output_shape is None:
            with self._modes(kwargs.get("training")):
                return infer(self.forward, args, kwargs)
        return super().compute_output_spec(*args, **kwargs)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        return {
            name: value for name, value in config.items() if value is not None or name not in ("output_shape", "mask")
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None, safe_mode: bool | None = None
    ) -> Any:
        """A new layer out of a config; one with the code of a lambda needs ``safe_mode=False``."""
        with _registry.CustomObjectScope(custom_objects), trust(safe_mode):
            return super().from_config(config)


def _has_signature(function: Any) -> bool:
    try:
        inspect.signature(function)
    except (ValueError, TypeError):  # some functions written in C have none
        return False
    return True


_registry.catalogue("layers", Lambda)
