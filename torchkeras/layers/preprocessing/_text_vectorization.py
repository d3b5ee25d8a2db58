"""TextVectorization: text as the numbers of its words, or as vectors of them."""

import re
import string
from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
import torch
from torch import Tensor

from torchkeras import _registry
from torchkeras._errors import brief, nearest
from torchkeras._fields import Kind, fields
from torchkeras._serialization import deserialize_keras_object, serialize_keras_object
from torchkeras._strings import StringTensor
from torchkeras._symbolic import KerasTensor
from torchkeras.layers._layer import Layer
from torchkeras.layers.preprocessing._encoding import mode, refuse_sparse
from torchkeras.layers.preprocessing._lookup import checked_config, on_device
from torchkeras.layers.preprocessing._string_lookup import Name, StringLookup, Weights
from torchkeras.layers.preprocessing._texts import as_texts, data_batches

__all__ = ["TextVectorization"]

# of ASCII only, as TensorFlow has it
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_BARE = str.maketrans("", "", string.punctuation)
_BOTH = {**_BARE, **_LOWER}
_TABLES: dict[str, Any] = {"lower_and_strip_punctuation": _BOTH, "lower": _LOWER, "strip_punctuation": _BARE}
_WORD = re.compile(r"[^ \t\n\r\f\v]+")
_SPLITS: dict[str, Callable[[str], list[str]]] = {"whitespace": _WORD.findall, "character": list}


def _one_of(known: dict[str, Any]) -> Kind:
    def convert(value: Any) -> Any:
        if isinstance(value, dict):
            value = deserialize_keras_object(value)
        if value is None or callable(value) or (isinstance(value, str) and value in known):
            return value
        hint = nearest(value, known) if isinstance(value, str) else ""
        raise ValueError(
            f"expected None, a function, or one of {', '.join(map(repr, known))}, got {brief(value)}.{hint}"
        )

    return Kind(convert, lambda value: serialize_keras_object(value) if callable(value) else value)


def _ngrams(value: Any) -> tuple[int, ...] | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return None if value is None else tuple(range(1, value + 1))
    if isinstance(value, (tuple, list)) and all(isinstance(size, int) for size in value):
        return tuple(value)
    raise ValueError(f"expected None, an integer or a tuple of integers, got {brief(value)}.")


def _kept(value: Any) -> Any:
    _ngrams(value)
    return tuple(value) if isinstance(value, list) else value


@fields
class TextVectorization(Layer):
    """Text as the numbers of its words in a vocabulary: ``(b,)`` or ``(b, 1) -> (b, words)``, int64, or as vectors.

    A text is standardized, split, its neighbouring words are joined if `ngrams` says so, and each is looked up: 0 is
    padding (only in ``"int"`` mode), the next number is that of unknown words.

    Args:
        max_tokens: the greatest size of the vocabulary, padding and unknown words among it.
        standardize: ``"lower_and_strip_punctuation"``, ``"lower"``, ``"strip_punctuation"`` (ASCII letters and
            punctuation), None, or a function of an array of texts that gives one.
        split: ``"whitespace"``, ``"character"``, None, or a function of an array of texts ``(b,)`` that gives the words
            of each.
        ngrams: None, the greatest number of neighbouring words that are joined, or a tuple of such numbers.
        output_mode: ``"int"``, ``"multi_hot"``, ``"count"`` or ``"tf_idf"``.
        output_sequence_length: how many words, for ``"int"``: texts are cut or padded; by default, the longest.
        pad_to_max_tokens: whether vectors have the size `max_tokens` in any case.
        vocabulary: the words, or the path of a file with one in each line; else `adapt` learns them.
        idf_weights: for ``"tf_idf"``: a factor for each word of `vocabulary`.
        sparse, ragged: not supported on torch.
        encoding: that of byte strings.

    >>> layer = TextVectorization(output_sequence_length=4)
    >>> layer.adapt(["a cat", "The cat!"])
    >>> layer(["the dog"])
    tensor([[3, 1, 0, 0]])
    """

    max_tokens: int | None = None
    standardize: Annotated[Any, _one_of(_TABLES)] = "lower_and_strip_punctuation"
    split: Annotated[Any, _one_of(_SPLITS)] = "whitespace"
    ngrams: Annotated[Any, Kind(_kept)] = None
    output_mode: Annotated[str, mode("int", "multi_hot", "count", "tf_idf")] = "int"
    output_sequence_length: int | None = None
    pad_to_max_tokens: bool = False
    vocabulary: Any = None
    idf_weights: Weights = None
    sparse: bool = False
    ragged: bool = False
    encoding: str = "utf-8"
    name: Name = None

    _takes_text = True

    def __post_init__(self) -> None:
        self._build_at_init()
        refuse_sparse(self)
        if self.ragged:
            raise ValueError(
                f'TextVectorization "{self.name}": `ragged=True` is not supported on torch. Rows are padded with 0.'
            )
        length = self.output_sequence_length
        if length is not None and (self.output_mode != "int" or length < 1):
            raise ValueError(
                f'TextVectorization "{self.name}": `output_sequence_length` must not be set unless '
                f"`output_mode='int'`, and is a positive integer; got {length!r} with {self.output_mode!r}."
            )
        self._lookup_layer = StringLookup(
            max_tokens=self.max_tokens,
            mask_token="",
            vocabulary=self.vocabulary,
            idf_weights=self.idf_weights,
            output_mode=self.output_mode,
            pad_to_max_tokens=self.pad_to_max_tokens,
            encoding=self.encoding,
        )
        if self.vocabulary is not None:
            self.vocabulary = self._lookup_layer.vocabulary

    # The vocabulary.

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[str]:
        """The words in the order of their numbers; before them padding and unknown, unless left out."""
        return self._lookup_layer.get_vocabulary(include_special_tokens)

    def vocabulary_size(self) -> int:
        """How many words there are, padding and unknown among them."""
        return self._lookup_layer.vocabulary_size()

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Take these words, with or without padding and unknown before them."""
        self._lookup_layer.set_vocabulary(vocabulary, idf_weights)

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Learn the vocabulary: the most frequent words of `data`, of two equally frequent ones the later first.

        Args:
            data: texts in an array, a list or a frame's column, or an iterable of batches of them.
            batch_size: ignored.
            steps: how many batches to take.
        """
        if self.vocabulary is not None:
            raise ValueError(f'TextVectorization "{self.name}": `vocabulary` was given; there is nothing to adapt.')
        self.reset_state()
        for batch in data_batches(data, steps):
            self.update_state(batch)
        self.finalize_state()

    def reset_state(self) -> None:
        """Forget what was counted, and the vocabulary learnt."""
        self._lookup_layer.reset_state()

    def update_state(self, data: Any) -> None:
        """Count the words of a batch."""
        self._lookup_layer._count(iter(self._words(self._texts(data).reshape(-1))))

    def finalize_state(self) -> None:
        """Make the vocabulary out of what was counted."""
        self._lookup_layer.finalize_state()

    # Text to words.

    def _texts(self, data: Any) -> np.ndarray:
        """The texts, standardized."""
        texts = as_texts(data, self.encoding)
        if isinstance(self.standardize, str):
            table = _TABLES[self.standardize]
            flat = np.empty(texts.size, dtype=object)
            flat[:] = [text.translate(table) for text in texts.ravel()]
            return flat.reshape(texts.shape)
        if callable(self.standardize):
            # an array that NumPy's own string functions take
            return as_texts(self.standardize(texts.astype(str)), self.encoding)
        return texts

    def _words(self, texts: np.ndarray) -> list[list[str]]:
        """The words of each of some texts: ``(b,)``."""
        if self.split is None:
            words = [[text] for text in texts.tolist()]
        elif callable(self.split):
            words = [_listed(row, self.encoding) for row in self.split(texts.astype(str))]
        else:
            split = _SPLITS[self.split]
            words = [split(text) for text in texts.tolist()]
        sizes = _ngrams(self.ngrams)
        return words if sizes is None else [_joined(row, sizes) for row in words]

    # Words to numbers.

    def call(self, inputs: Any) -> Tensor:
        texts = self._texts(inputs)
        lookup = self._lookup_layer
        lookup._check_has_terms()
        if self.split is None and not self.ngrams:
            return self._fitted(lookup._encoded(lookup._numbers_of(texts)))
        if texts.ndim > 2 or (texts.ndim == 2 and texts.shape[-1] != 1):
            raise ValueError(
                f'TextVectorization "{self.name}": to split texts, the input must be (batch,) or (batch, 1), got shape '
                f"{texts.shape}."
            )
        rows = [lookup.numbers(words) for words in self._words(texts.reshape(-1))]
        found = lookup._encoded(on_device(self._padded(rows)))
        return found if texts.ndim else found[0]

    def _padded(self, rows: list[list[int]]) -> np.ndarray:
        fill = 0 if self.output_mode == "int" else -1  # which leaves no trace in a vector
        width = self.output_sequence_length or max(map(len, rows), default=0)
        numbers = np.full((len(rows), width), fill, dtype="int64")
        for place, row in enumerate(rows):
            numbers[place, : len(row)] = row[:width]
        return numbers

    def _fitted(self, numbers: Tensor) -> Tensor:
        if self.output_sequence_length is None or numbers.ndim < 2:
            return numbers
        return torch.nn.functional.pad(numbers, (0, self.output_sequence_length - numbers.shape[-1]))

    # Symbols, configs, files.

    def compute_output_shape(self, input_shape: Any) -> Any:
        batch = tuple(input_shape[:-1] if len(input_shape) > 1 else input_shape)
        if self.output_mode != "int":
            return (*batch, self._lookup_layer._depth())
        if self.split is None and not self.ngrams:
            return tuple(input_shape)
        return (*batch, self.output_sequence_length)

    def compute_output_dtype(self, *args: Any) -> str:
        return self._lookup_layer.compute_output_dtype()

    def compute_output_spec(self, inputs: Any) -> KerasTensor:
        return KerasTensor(self.compute_output_shape(inputs.shape), self.compute_output_dtype())

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "vocabulary_size": self.vocabulary_size()}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        return cls(**checked_config(cls.__name__, config))

    def save_assets(self, dir_path: str) -> None:
        """Write a learnt vocabulary into a folder: where Keras looks for it, too."""
        self._lookup_layer.save_assets(dir_path)

    def load_assets(self, dir_path: str) -> None:
        """Read a vocabulary back."""
        self._lookup_layer.load_assets(dir_path)

    def save_own_variables(self, store: Any) -> None:
        self._lookup_layer.save_own_variables(store)

    def load_own_variables(self, store: Any) -> None:
        self._lookup_layer.load_own_variables(store)


def _listed(words: Any, encoding: str) -> list[str]:
    if isinstance(words, StringTensor) or not isinstance(words, list):
        words = as_texts(words, encoding).ravel().tolist()
    return [word.decode(encoding, errors="replace") if isinstance(word, bytes) else str(word) for word in words]


def _joined(words: list[str], sizes: tuple[int, ...]) -> list[str]:
    """Each run of neighbouring words of one of the sizes."""
    return [" ".join(words[at : at + size]) for size in sizes for at in range(len(words) - size + 1)]


_registry.catalogue("layers", TextVectorization)
