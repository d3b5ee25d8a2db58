"""Functions of texts on whole tensors, ragged ones too."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from torchkeras._pipeline import RaggedTensor, StringTensor
from torchkeras._tensorflow._texts import tensor_of


def texts(value: Any) -> StringTensor:
    """`value` as a tensor of text."""
    return value if isinstance(value, StringTensor) else StringTensor(value)


def mapped(function: Callable[[bytes], bytes], value: Any) -> Any:
    """Text for each text: ``(...) -> (...)``."""
    value = tensor_of(value)
    if isinstance(value, RaggedTensor):
        return value.map_values(lambda inner: mapped(function, inner))
    return of_array(value.map(function))


def measured(function: Callable[[bytes], Any], value: Any, dtype: torch.dtype) -> Any:
    """A number for each text: ``(...) -> (...)``."""
    value = tensor_of(value)
    if isinstance(value, RaggedTensor):
        return value.map_values(lambda inner: measured(function, inner, dtype))
    return torch.tensor(value.map(function).tolist(), dtype=dtype).reshape(value.shape)


def of_array(array: Any) -> StringTensor:
    """An object array of bytes as a tensor, also one without axes."""
    return StringTensor.of(array if array.ndim else array[()])


def row_of(items: list[bytes]) -> StringTensor:
    """Bytes as a vector, also if there are none."""
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return StringTensor.of(array)


def in_rows(function: Callable[[bytes], list[bytes]], value: Any) -> Any:
    """Several texts for each text: a vector for a single one, ``(...) -> (..., None)`` ragged for others."""
    value = tensor_of(value)
    if isinstance(value, RaggedTensor):
        return value.with_values(in_rows(function, value.values))
    if not value.ndim:
        return row_of(function(value.numpy()))
    if value.ndim > 1:
        inner = in_rows(function, value.reshape(-1))
        for size in reversed(value.shape[1:]):
            inner = RaggedTensor(inner, range(0, len(inner) + 1, size))
        return inner
    rows = [function(text) for text in value.numpy()]
    return RaggedTensor.from_row_lengths(row_of([item for row in rows for item in row]), [len(row) for row in rows])
