"""Tensors of text: bytes in a NumPy array, with the few methods that scripts call on them."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch


class StringDType:
    """The dtype of text. It equals ``"string"`` and whatever else has that name."""

    name = "string"

    def __eq__(self, other: object) -> bool:
        return other == "string" if isinstance(other, str) else getattr(other, "name", None) == "string"

    def __hash__(self) -> int:
        return hash("string")

    def __repr__(self) -> str:
        return "tf.string"


string = StringDType()


def is_text(value: Any) -> bool:
    """Whether `value` is text, or an array or list of it."""
    if isinstance(value, (str, bytes, StringTensor)):
        return True
    if isinstance(value, (list, tuple)):
        return bool(value) and is_text(value[0])
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "SU" or (value.dtype.kind == "O" and value.size > 0 and is_text(value.flat[0]))
    return False


def _encoded(item: Any) -> bytes:
    if isinstance(item, bytes):
        return bytes(item)  # also of NumPy's own kind
    if isinstance(item, str):
        return item.encode()
    raise TypeError(f"StringTensor: expected text, got {type(item).__name__} {item!r} within.")


class StringTensor:
    """Text in an array of any shape; what it holds are bytes, encoded as UTF-8.

    Args:
        value: text, bytes, or nested lists or an array of them.

    Raises:
        TypeError: something within is no text.
    """

    dtype = string

    def __init__(self, value: Any) -> None:
        array = value.numpy() if isinstance(value, StringTensor) else value
        array = np.array(array, dtype=object)
        encoded = np.empty(array.shape, dtype=object)
        for place, item in enumerate(array.ravel()):
            encoded.flat[place] = _encoded(item)
        self._array = encoded

    @classmethod
    def of(cls, array: Any) -> "StringTensor":
        """The tensor over an array of bytes that is known to be one, or over bytes."""
        made = cls.__new__(cls)
        if not isinstance(array, np.ndarray):
            array = np.array(array, dtype=object)
        made._array = array
        return made

    @property
    def shape(self) -> torch.Size:
        """The sizes of the axes."""
        return torch.Size(self._array.shape)

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return self._array.ndim

    def numpy(self) -> Any:
        """An array of bytes; of a single text its bytes."""
        return self._array.copy() if self.ndim else self._array[()]

    def tolist(self) -> Any:
        """Nested lists of bytes."""
        return self._array.tolist()

    def texts(self) -> Any:
        """An array of ``str``, decoded from UTF-8."""
        return self.map(lambda item: item.decode(errors="replace"))

    def map(self, function: Any) -> np.ndarray:
        """An object array of what `function` gives for the bytes of each entry."""
        out = np.empty(self._array.shape, dtype=object)
        for place, item in enumerate(self._array.ravel()):
            out.flat[place] = function(item)
        return out

    def reshape(self, *shape: Any) -> "StringTensor":
        """The same entries in another shape."""
        return StringTensor.of(self._array.reshape(*shape))

    def __getitem__(self, index: Any) -> "StringTensor":
        if isinstance(index, torch.Tensor):
            index = index.cpu().numpy()
        if isinstance(index, tuple):
            index = tuple(part.cpu().numpy() if isinstance(part, torch.Tensor) else part for part in index)
        return StringTensor.of(self._array[index])

    def __iter__(self) -> Iterator["StringTensor"]:
        if not self.ndim:
            raise TypeError("Cannot iterate over a scalar string.")
        return (StringTensor.of(row) for row in self._array)

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("A scalar string has no length; tf.strings.length counts its bytes.")
        return len(self._array)

    def __bool__(self) -> bool:
        return bool(self._array.item())

    def __eq__(self, other: object) -> Any:
        return self._compared(other)

    def __ne__(self, other: object) -> Any:
        same = self._compared(other)
        return ~same if isinstance(same, torch.Tensor) else same

    def _compared(self, other: Any) -> Any:
        if not is_text(other):
            return NotImplemented
        return torch.as_tensor(np.asarray(self._array == StringTensor(other)._array, dtype=bool))

    def __hash__(self) -> int:
        return id(self)

    def __add__(self, other: Any) -> "StringTensor":
        return StringTensor.of(self._array + StringTensor(other)._array)

    def __radd__(self, other: Any) -> "StringTensor":
        return StringTensor.of(StringTensor(other)._array + self._array)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self._array.copy() if dtype is None else self._array.astype(dtype)

    def __repr__(self) -> str:
        return f"<tf.Tensor: shape={tuple(self.shape)}, dtype=string, numpy={self.numpy()!r}>"

    def __str__(self) -> str:
        return f"tf.Tensor({self.numpy()}, shape={tuple(self.shape)}, dtype=string)"
