"""Numbers and text of Python and NumPy as tensors."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras._errors import brief
from torchkeras._strings import StringTensor, is_text
from torchkeras._structures import leaves


def from_plain(value: Any) -> Any:
    """A tensor of numbers or text; lists of tensors are stacked.

    Raises:
        ValueError: rows of different lengths, objects that are no numbers.
    """
    if isinstance(value, (Tensor, StringTensor)):
        return value
    if isinstance(value, list) and value and all(isinstance(item, Tensor) for item in value):
        return torch.stack(value)
    if isinstance(value, list) and value and all(isinstance(item, StringTensor) for item in value):
        return StringTensor([item.numpy() for item in value])
    plain = value.to_numpy() if hasattr(value, "to_numpy") else value
    return StringTensor(plain) if is_text(plain) else _numbers(value)


def _numbers(value: Any) -> Tensor:
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(
            f"Data set: rows of different lengths are no tensor: {brief(value)}. Pad them, or use tf.ragged.constant."
        ) from None
    if array.dtype == object:
        array = _from_objects(array, value)
    if array.dtype.kind not in "fiubc":
        raise ValueError(f"Data set: expected numbers or text, got an array of dtype {array.dtype}.")
    if isinstance(value, (int, float, list)) and not any(
        isinstance(leaf, (np.ndarray, np.generic)) for leaf in leaves(value)
    ):
        array = array.astype({"f": "float32", "i": "int32"}.get(array.dtype.kind, array.dtype))
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    if array.ndim and (min(array.strides) < 0 or not array.flags.writeable):
        array = array.copy()
    return torch.as_tensor(array)


def _from_objects(array: np.ndarray, value: Any) -> np.ndarray:
    try:
        return array.astype("float64")
    except (TypeError, ValueError):
        raise ValueError(f"Data set: expected numbers or text, got {brief(value)} of mixed objects.") from None
