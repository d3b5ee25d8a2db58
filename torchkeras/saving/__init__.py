"""``keras.saving``: files of models and weights, and what stands in them: names and plain values for objects."""

from torchkeras._file_errors import CorruptFileError, UnsafeFileError
from torchkeras._registry import (
    CustomObjectScope,
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from torchkeras._serialization import deserialize_keras_object, serialize_keras_object
from torchkeras.saving._editor import KerasFileEditor
from torchkeras.saving._model_file import load_model, save_model
from torchkeras.saving._weights_file import load_weights, save_weights

__all__ = [
    "CorruptFileError",
    "CustomObjectScope",
    "KerasFileEditor",
    "UnsafeFileError",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "load_model",
    "load_weights",
    "register_keras_serializable",
    "save_model",
    "save_weights",
    "serialize_keras_object",
]
