"""Texts as word numbers, by how often words occur."""

import json
import sys
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from torchkeras._eras.preprocessing._rows import WORDS, takes
from torchkeras._eras.preprocessing.text._matrix import as_matrix
from torchkeras._eras.preprocessing.text._words import FILTERS, text_to_word_sequence
from torchkeras._errors import unknown


class Tokenizer:
    """Numbers the words of texts by how often they occur, the commonest 1; 0 is no word.

    Args:
        num_words: only words numbered below this are kept; None keeps all.
        filters: characters that part words, as `split` does.
        lower: make all letters small first.
        split: what parts words.
        char_level: take characters for words.
        oov_token: stands for unknown words and gets number 1; None leaves them out.
        analyzer: takes a text and gives its words, instead of `text_to_word_sequence`.
        **kwargs: ``document_count``.

    Attributes:
        word_index: the number of each word.
        index_word: the word of each number.
        word_counts: how often each word occurs, in the order of first occurrence.
        word_docs: in how many texts each word occurs.
        index_docs: the same by number.
        document_count: number of texts.

    >>> tokenizer = Tokenizer()
    >>> tokenizer.fit_on_texts(["the cat", "the dog sat"])
    >>> tokenizer.texts_to_sequences(["the dog", "a cat"])
    [[1, 3], [2]]
    """

    @takes(WORDS)
    def __init__(
        self,
        num_words: int | None = None,
        filters: str = FILTERS,
        lower: bool = True,
        split: str = " ",
        char_level: bool = False,
        oov_token: str | None = None,
        analyzer: Callable[[str], list[str]] | None = None,
        **kwargs: Any,
    ) -> None:
        self.document_count = kwargs.pop("document_count", 0)
        if kwargs:
            raise unknown("argument of Tokenizer", next(iter(kwargs)), ["num_words", "filters", "oov_token"], TypeError)
        self.num_words = num_words
        self.filters = filters
        self.lower = lower
        self.split = split
        self.char_level = char_level
        self.oov_token = oov_token
        self.analyzer = analyzer
        self.word_counts: OrderedDict[str, int] = OrderedDict()
        self.word_docs: dict[str, int] = defaultdict(int)
        self.index_docs: dict[int, int] = defaultdict(int)
        self.word_index: dict[str, int] = {}
        self.index_word: dict[int, str] = {}

    def fit_on_texts(self, texts: Iterable[Any]) -> None:
        """Count the words of `texts`, strings or lists of words, and number all words counted so far."""
        for text in texts:
            self.document_count += 1
            words = self._words(text)
            for word in words:
                self.word_counts[word] = self.word_counts.get(word, 0) + 1
            for word in set(words):
                self.word_docs[word] += 1
        # `sorted` keeps words that occur as often in the order of their first occurrence
        known = sorted(self.word_counts, key=self.word_counts.__getitem__, reverse=True)
        known = known if self.oov_token is None else [self.oov_token, *known]
        self.word_index = {word: number for number, word in enumerate(known, start=1)}
        self.index_word = {number: word for word, number in self.word_index.items()}
        for word, count in self.word_docs.items():
            self.index_docs[self.word_index[word]] = count

    def fit_on_sequences(self, sequences: Iterable[Sequence[int]]) -> None:
        """Count in how many of `sequences` each number occurs; only `sequences_to_matrix` needs it."""
        for sequence in sequences:
            self.document_count += 1
            for number in set(sequence):
                self.index_docs[number] += 1

    def texts_to_sequences(self, texts: Iterable[Any]) -> list[list[int]]:
        """The words of each text as numbers."""
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_sequences_generator(self, texts: Iterable[Any]) -> Iterator[list[int]]:
        """As `texts_to_sequences`, one text after the other."""
        other = None if self.oov_token is None else self.word_index.get(self.oov_token)
        number_of, limit = self.word_index.get, self.num_words or sys.maxsize
        for text in texts:
            numbers = [number_of(word, limit) for word in self._words(text)]
            if other is None:
                yield [number for number in numbers if number < limit]
            else:
                yield [number if number < limit else other for number in numbers]

    def sequences_to_texts(self, sequences: Iterable[Sequence[int]]) -> list[str]:
        """The texts of sequences of numbers, words separated by spaces."""
        return list(self.sequences_to_texts_generator(sequences))

    def sequences_to_texts_generator(self, sequences: Iterable[Sequence[int]]) -> Iterator[str]:
        """As `sequences_to_texts`, one text after the other."""
        other = None if self.oov_token is None else self.oov_token
        for sequence in sequences:
            words = (self.index_word.get(int(number)) if self._keeps(number) else other for number in sequence)
            words = (other if word is None else word for word in words)
            yield " ".join(word for word in words if word is not None)

    def texts_to_matrix(self, texts: Iterable[Any], mode: str = "binary") -> np.ndarray:
        """One row a text, one column a word: ``(texts, num_words)``; see `sequences_to_matrix`."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode)

    def sequences_to_matrix(self, sequences: Sequence[Sequence[int]], mode: str = "binary") -> np.ndarray:
        """One row a sequence, one column a number: ``(sequences, num_words)``.

        Args:
            sequences: sequences of word numbers.
            mode: ``"binary"`` whether a word occurs, ``"count"`` how often, ``"freq"`` the share of the text's words,
                ``"tfidf"`` less for words of many texts: (1 + log count) * log(1 + texts / (1 + texts with it)).

        Raises:
            ValueError: no `num_words` is known, nothing was fitted for ``"tfidf"``, or an unknown `mode`.
        """
        if not self.num_words and not self.word_index:
            raise ValueError("Tokenizer: give `num_words`, or call `fit_on_texts` first.")
        if mode == "tfidf" and not self.document_count:
            raise ValueError('Tokenizer: `mode="tfidf"` needs counted texts; call `fit_on_texts` first.')
        columns = self.num_words or len(self.word_index) + 1
        return as_matrix(sequences, columns, mode, self.document_count, self.index_docs)

    def _words(self, text: Any) -> Sequence[str]:
        if self.char_level or isinstance(text, list):
            if not self.lower:
                return text
            return [word.lower() for word in text] if isinstance(text, list) else text.lower()
        if self.analyzer is not None:
            return self.analyzer(text)
        return text_to_word_sequence(text, self.filters, self.lower, self.split)

    def _keeps(self, number: int | None) -> bool:
        return number is not None and (not self.num_words or number < self.num_words)

    def get_config(self) -> dict[str, Any]:
        """The arguments, and what was counted as JSON text."""
        counted = ("word_counts", "word_docs", "index_docs", "index_word", "word_index")
        plain = ("num_words", "filters", "lower", "split", "char_level", "oov_token", "document_count")
        config = {name: getattr(self, name) for name in plain}
        return config | {name: json.dumps(getattr(self, name)) for name in counted}

    def to_json(self, **kwargs: Any) -> str:
        """The tokenizer as JSON text, which `tokenizer_from_json` reads.

        Args:
            **kwargs: handed to `json.dumps`.
        """
        return json.dumps({"class_name": type(self).__name__, "config": self.get_config()}, **kwargs)


def tokenizer_from_json(json_string: str) -> Tokenizer:
    """The tokenizer that `Tokenizer.to_json` wrote."""
    config = json.loads(json_string)["config"]
    counted = {name: json.loads(config.pop(name)) for name in ("word_counts", "word_docs", "word_index")}
    by_number = {name: json.loads(config.pop(name)) for name in ("index_docs", "index_word")}
    tokenizer = Tokenizer(**config)
    tokenizer.word_counts = OrderedDict(counted["word_counts"])
    tokenizer.word_docs = defaultdict(int, counted["word_docs"])
    tokenizer.word_index = counted["word_index"]
    tokenizer.index_docs = defaultdict(int, {int(number): count for number, count in by_number["index_docs"].items()})
    tokenizer.index_word = {int(number): word for number, word in by_number["index_word"].items()}
    return tokenizer
