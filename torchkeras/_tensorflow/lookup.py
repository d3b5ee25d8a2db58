"""``tf.lookup``: tables from keys to values."""

from typing import Any

import torch

from torchkeras._errors import brief
from torchkeras._pipeline import RaggedTensor, StringTensor
from torchkeras._pipeline._elements import as_tensor
from torchkeras._pipeline._spec import as_dtype
from torchkeras._strings import string
from torchkeras._tensorflow import _refused
from torchkeras._tensorflow._texts import text_of


class KeyValueTensorInitializer:
    """What a table holds, from two vectors.

    Args:
        keys, values: of one length.
        key_dtype, value_dtype: their dtypes; by default those that they have.
        name: accepted, and not used.
    """

    def __init__(
        self, keys: Any, values: Any, key_dtype: Any = None, value_dtype: Any = None, name: str | None = None
    ) -> None:
        self.keys, self.values = _of_dtype(as_tensor(keys), key_dtype), _of_dtype(as_tensor(values), value_dtype)
        if len(self.keys) != len(self.values):
            raise ValueError(
                f"A table needs a value for each key, got {len(self.keys)} keys, {len(self.values)} values."
            )


def _of_dtype(value: Any, dtype: Any) -> Any:
    return value if dtype is None or isinstance(value, StringTensor) else value.to(as_dtype(dtype))


class TextFileIndex:
    """What stands for a line, and for its number."""

    WHOLE_LINE = -2
    LINE_NUMBER = -1


class TextFileInitializer(KeyValueTensorInitializer):
    """What a table holds, from the lines of a file.

    Args:
        filename: the file.
        key_dtype, value_dtype: text or integers.
        key_index, value_index: columns of the lines, or one of ``TextFileIndex``.
        vocab_size: how many lines to read; all by default.
        delimiter: what separates columns.
        name: accepted, and not used.
        value_index_offset: added to line numbers.
    """

    def __init__(
        self,
        filename: Any,
        key_dtype: Any,
        key_index: int,
        value_dtype: Any,
        value_index: int,
        vocab_size: int | None = None,
        delimiter: str = "\t",
        name: str | None = None,
        value_index_offset: int = 0,
    ) -> None:
        with open(text_of(filename), "rb") as file:
            lines = [line.rstrip(b"\r\n") for line in file][:vocab_size]

        def column(index: int, dtype: Any, offset: int) -> Any:
            if index == TextFileIndex.LINE_NUMBER:
                return [number + offset for number in range(len(lines))]
            texts = [
                line if index == TextFileIndex.WHOLE_LINE else line.split(delimiter.encode())[index] for line in lines
            ]
            return texts if as_dtype(dtype) == string else [int(text) for text in texts]

        keys, values = column(key_index, key_dtype, 0), column(value_index, value_dtype, value_index_offset)
        super().__init__(keys, values, key_dtype, value_dtype)


class StaticHashTable:
    """A table that does not change.

    Args:
        initializer: what it holds.
        default_value: for keys that it does not hold.
        name: its name.
        experimental_is_anonymous: accepted, and not used.
    """

    def __init__(
        self, initializer: Any, default_value: Any, name: str | None = None, experimental_is_anonymous: bool = False
    ) -> None:
        self.name = name or "hash_table"
        self.key_dtype, self.value_dtype = initializer.keys.dtype, initializer.values.dtype
        self._values = initializer.values
        self._default = _of_dtype(as_tensor(default_value), None if self.value_dtype == string else self.value_dtype)
        self._places = {key: place for place, key in enumerate(initializer.keys.tolist())}

    def size(self) -> torch.Tensor:
        """How many keys there are."""
        return torch.tensor(len(self._places))

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """The values of keys: ``(...) -> (...)``.

        Raises:
            TypeError: the keys have another dtype than those of the table.
        """
        if isinstance(keys, RaggedTensor):
            return keys.map_values(self.lookup)
        keys = as_tensor(keys)
        if (keys.dtype == string) != (self.key_dtype == string):
            raise TypeError(f"{self.name}: expected keys of dtype {self.key_dtype}, got {brief(keys)}.")
        flat = keys.reshape(-1)
        found = [self._value(key) for key in flat.tolist()]
        if self.value_dtype == string:
            return StringTensor(found).reshape(keys.shape)
        return torch.tensor(found, dtype=self.value_dtype).reshape(keys.shape)

    def _value(self, key: Any) -> Any:
        place = self._places.get(key)
        found = self._default if place is None else self._values[place]
        return found.numpy() if isinstance(found, StringTensor) else found.item()

    def __getitem__(self, keys: Any) -> Any:
        return self.lookup(keys)

    def export(self) -> tuple[Any, Any]:
        """All keys, and their values."""
        keys = list(self._places)
        return as_tensor(keys), self.lookup(keys)


class StaticVocabularyTable(StaticHashTable):
    """A table from keys to integers, with a number of its own for all keys that it does not hold.

    Args:
        initializer: what it holds.
        num_oov_buckets: 1; more of them would need TensorFlow's own hash.
        lookup_key_dtype: accepted, and not used.
        name: its name.

    Raises:
        ValueError: more buckets.
    """

    def __init__(
        self, initializer: Any, num_oov_buckets: int, lookup_key_dtype: Any = None, name: str | None = None
    ) -> None:
        if num_oov_buckets != 1:
            raise ValueError(
                f"StaticVocabularyTable: `num_oov_buckets` must be 1, got {num_oov_buckets}: to which of several a key "
                "goes is TensorFlow's own hash. Use keras.layers.StringLookup(num_oov_indices=...)."
            )
        super().__init__(initializer, len(initializer.keys), name)


__all__ = [
    "KeyValueTensorInitializer",
    "StaticHashTable",
    "StaticVocabularyTable",
    "TextFileIndex",
    "TextFileInitializer",
]
__getattr__ = _refused.lookup("tf.lookup", globals())
