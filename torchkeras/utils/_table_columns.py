"""The columns of tables: what they are, and how they become tensors."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras import _registry, layers
from torchkeras._errors import brief
from torchkeras._serialization import deserialize_keras_object, serialize_keras_object
from torchkeras._strings import StringTensor
from torchkeras._symbolic import KerasTensor
from torchkeras.layers.preprocessing._texts import as_texts


class _Described:
    """Says what it was made with, in configs."""

    _parts: tuple[str, ...] = ()

    def get_config(self) -> dict[str, Any]:
        return {part: _written(getattr(self, part)) for part in self._parts}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        return cls(**{key: read(value) for key, value in config.items()})


def _written(value: Any) -> Any:
    return serialize_keras_object(value) if hasattr(value, "get_config") else value


def read(value: Any) -> Any:
    """The object of a config; anything else as it is."""
    return deserialize_keras_object(value) if isinstance(value, dict) and "class_name" in value else value


class Feature(_Described):
    """One column: its dtype, the layer that prepares it, and whether its numbers become vectors.

    Args:
        dtype: that of the column: ``"float32"``, ``"int32"`` or ``"string"``.
        preprocessor: the layer.
        output_mode: ``"float"`` or ``"int"``: what the layer gives; ``"one_hot"``: vectors of its numbers.
    """

    _parts = ("dtype", "preprocessor", "output_mode")

    def __init__(self, dtype: str, preprocessor: Any, output_mode: str) -> None:
        if output_mode not in ("int", "one_hot", "float"):
            raise ValueError(f"Feature: `output_mode` must be 'int', 'one_hot' or 'float', got {output_mode!r}.")
        self.dtype, self.preprocessor, self.output_mode = dtype, preprocessor, output_mode


class Cross(_Described):
    """Several columns together as one number.

    Args:
        feature_names: the columns.
        crossing_dim: how many numbers there are.
        output_mode: ``"int"`` or ``"one_hot"``.
    """

    _parts = ("feature_names", "crossing_dim", "output_mode")

    def __init__(self, feature_names: Any, crossing_dim: int, output_mode: str = "one_hot") -> None:
        if output_mode not in ("int", "one_hot"):
            raise ValueError(f"Cross: `output_mode` must be 'int' or 'one_hot', got {output_mode!r}.")
        self.feature_names, self.crossing_dim, self.output_mode = tuple(feature_names), crossing_dim, output_mode

    @property
    def name(self) -> str:
        """The columns' names, joined by ``_X_``."""
        return "_X_".join(self.feature_names)


def learns(layer: Any) -> bool:
    """Whether a layer has something to learn from data."""
    if not hasattr(layer, "adapt"):
        return False
    given = ("vocabulary", "input_mean") if not isinstance(layer, layers.Discretization) else ()
    return not any(getattr(layer, name, None) is not None for name in given) and not getattr(layer, "_given", False)


def depth(layer: Any) -> int:
    """How many numbers a layer gives."""
    if hasattr(layer, "vocabulary_size"):
        return int(layer.vocabulary_size())
    return int(layer._depth() if isinstance(layer, layers.Discretization) else layer.num_bins)


def table(element: Any) -> dict[str, Any]:
    """The columns in an element of a data set."""
    element = element[0] if isinstance(element, tuple) else element
    if not isinstance(element, dict):
        raise ValueError(f"FeatureSpace: `adapt` expects dicts of columns, got {brief(element)}.")
    return element


def column(value: Any, dtype: str) -> Any:
    """A column as a tensor ``(rows, 1)``."""
    if isinstance(value, KerasTensor):
        return value
    if dtype == "string":
        texts = as_texts(value)
        return StringTensor(texts.reshape(-1, 1) if texts.ndim < 2 else texts)
    if hasattr(value, "to_numpy"):
        value = value.to_numpy()
    tensor = value if isinstance(value, Tensor) else torch.as_tensor(np.asarray(value))
    tensor = tensor.to(getattr(torch, dtype))
    return tensor.reshape(-1, 1) if tensor.ndim < 2 else tensor


def joined(columns: Iterable[Any]) -> Any:
    """Pieces of a column as one."""
    columns = list(columns)
    if isinstance(columns[0], StringTensor):
        return np.concatenate([column.texts() for column in columns])
    return torch.cat(columns)


for _kind in (Feature, Cross):
    _registry.written_as(_kind, "keras.src.layers.preprocessing.feature_space", _kind.__name__)
