"""Text in whatever form users have it, as arrays of ``str``, and data to learn a vocabulary from."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from torchkeras._errors import brief
from torchkeras._strings import StringTensor, is_text


def as_texts(value: Any, encoding: str = "utf-8") -> np.ndarray:
    """Text, lists and arrays of it, columns of frames, anything with ``numpy()``: an object array of ``str``."""
    if hasattr(value, "to_numpy"):
        value = value.to_numpy()
    elif hasattr(value, "numpy") and not isinstance(value, np.ndarray):
        value = value.numpy()
    try:
        array = np.array(value, dtype=object)
    except ValueError:
        raise ValueError(f"expected texts in an array, got rows of different lengths: {brief(value)}.") from None
    texts = np.empty(array.size, dtype=object)
    texts[:] = [_as_text(item, encoding) for item in array.ravel()]
    return texts.reshape(array.shape)


def _as_text(item: Any, encoding: str) -> str:
    if isinstance(item, bytes):
        return item.decode(encoding, errors="replace")
    if isinstance(item, str):
        return str(item)  # also of NumPy's own kind
    if isinstance(item, list):
        raise ValueError(f"expected texts in an array, got rows of different lengths: {brief(item)} is one.")
    if isinstance(item, (int, np.integer)) and not isinstance(item, bool):
        return str(item)
    raise ValueError(f"expected text, got {brief(item)} of type {type(item).__name__}.")


def data_batches(data: Any, steps: int | None = None) -> Iterator[Any]:
    """The batches to learn from: `data` itself if it is one, else its elements, the first of each tuple."""
    if _is_one(data):
        yield data
        return
    if not hasattr(data, "__iter__"):
        raise ValueError(f"`adapt`: expected an array, a list or an iterable of batches, got {brief(data)}.")
    for batch in itertools.islice(data, steps):
        yield batch[0] if isinstance(batch, (tuple, list)) and not _is_list(batch) else batch


def _is_one(data: Any) -> bool:
    """Whether `data` is one batch."""
    if isinstance(data, (np.ndarray, torch.Tensor)) or hasattr(data, "to_numpy"):
        return True
    listed = isinstance(data, list) and bool(data) and _holds_array(data[0])
    return (is_text(data) and not listed) or _is_list(data)


def _holds_array(item: Any) -> bool:
    """Whether `item` is an array, or a tuple that begins with one: a batch, rather than a row of a list."""
    item = item[0] if isinstance(item, tuple) and item else item
    return isinstance(item, (np.ndarray, torch.Tensor, StringTensor))


def _is_list(value: Any) -> bool:
    """Whether `value` is one array written out as a list, also one with rows of different lengths."""
    if not isinstance(value, list) or not value:
        return False
    return all(isinstance(item, (str, bytes, int, float, np.generic)) or _is_list(item) for item in value)
