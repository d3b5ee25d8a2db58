"""``keras.legacy.saving``: the functions of ``keras.utils.legacy``, under their other name."""

from torchkeras.utils.legacy import deserialize_keras_object, serialize_keras_object

__all__ = ["deserialize_keras_object", "serialize_keras_object"]
