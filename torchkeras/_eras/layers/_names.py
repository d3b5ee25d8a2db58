"""Layers that have another name today, and those that need what torch has not."""

from typing import Any

from torchkeras import layers
from torchkeras._eras._marks import old_name, refused

__all__ = [
    "BatchNormalizationV1",
    "BatchNormalizationV2",
    "DenseFeatures",
    "DynamicEmbedding",
    "DynamicLookup",
    "PreprocessingLayer",
    "SequenceFeatures",
    "SyncBatchNormalization",
    "disable_v2_dtype_behavior",
    "enable_v2_dtype_behavior",
]

BatchNormalizationV1 = BatchNormalizationV2 = layers.BatchNormalization


@old_name("SyncBatchNormalization", "BatchNormalization(synchronized=True)")
def SyncBatchNormalization(*args: Any, **kwargs: Any) -> Any:
    """A ``BatchNormalization`` whose statistics are those of the batches of all replicas."""
    return layers.BatchNormalization(*args, synchronized=True, **kwargs)


class PreprocessingLayer(layers.Layer):
    """Base of a user's layer that learns from data before training: ``adapt(data)`` sets its state."""

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Learn from data; subclasses write it."""
        raise NotImplementedError(f"{type(self).__name__} must have a method `adapt(data)`.")


def enable_v2_dtype_behavior() -> None:
    """Nothing: layers cast their inputs as `autocast` says."""


def disable_v2_dtype_behavior() -> None:
    """Nothing: layers cast their inputs as `autocast` says."""


_COLUMNS = "feature columns are TensorFlow's; use preprocessing layers such as Normalization and CategoryEncoding"
_TABLES = "its table lives in a TensorFlow parameter server; use StringLookup or Hashing with an Embedding"
DenseFeatures = refused("keras.layers.DenseFeatures", _COLUMNS)
SequenceFeatures = refused("keras.experimental.SequenceFeatures", _COLUMNS)
DynamicEmbedding = refused("keras.layers.experimental.DynamicEmbedding", _TABLES)
DynamicLookup = refused("keras.layers.experimental.DynamicLookup", _TABLES)
