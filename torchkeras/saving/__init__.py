"""``keras.saving``: names that stand for objects in configs and files, and configs as plain values."""

from torchkeras._registry import (
    CustomObjectScope,
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from torchkeras._serialization import deserialize_keras_object, serialize_keras_object
from torchkeras.saving._model_file import load_model, save_model
from torchkeras.saving._weights_file import load_weights, save_weights

__all__ = [
    "CustomObjectScope",
    "custom_object_scope",
    "deserialize_keras_object",
    "save_weights",
    "save_model",
    "load_weights",
    "load_model",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "register_keras_serializable",
    "serialize_keras_object",
]
