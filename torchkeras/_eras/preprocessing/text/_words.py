"""Texts as words, words as hashed numbers."""

import hashlib
import string
from collections.abc import Callable
from typing import Any

from torchkeras._eras.preprocessing._rows import TEXT, takes

FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'


def base_filter() -> str:
    """The characters that Keras 1 left out of texts."""
    return string.punctuation.replace("'", "") + "\t\n"


@takes(TEXT)
def text_to_word_sequence(text: str, filters: str = FILTERS, lower: bool = True, split: str = " ") -> list[str]:
    """The words of a text.

    Args:
        text: the text.
        filters: characters that part words, as `split` does.
        lower: make all letters small first.
        split: what parts words.

    >>> text_to_word_sequence("To be, or not to be?")
    ['to', 'be', 'or', 'not', 'to', 'be']
    """
    text = text.lower() if lower else text
    parted = text.translate({ord(character): split for character in filters})
    return [word for word in parted.split(split) if word]


def hashing_trick(
    text: str,
    n: int,
    hash_function: Callable[[str], int] | str | None = None,
    filters: str = FILTERS,
    lower: bool = True,
    split: str = " ",
    analyzer: Callable[[str], list[str]] | None = None,
) -> list[int]:
    """The words of a text as numbers from 1 to ``n - 1``; two words may share a number.

    Args:
        text: the text.
        n: one more than the largest number.
        hash_function: takes a word and gives an integer; ``"md5"`` gives the same one in every process. The default,
            Python's `hash`, does so only where ``PYTHONHASHSEED`` is set.
        filters, lower, split: as in `text_to_word_sequence`.
        analyzer: takes the text and gives its words, instead of `text_to_word_sequence`.
    """
    words = text_to_word_sequence(text, filters, lower, split) if analyzer is None else analyzer(text)
    number: Any = _md5 if hash_function == "md5" else hash_function or hash
    return [number(word) % (n - 1) + 1 for word in words]


@takes(TEXT)
def one_hot(
    text: str,
    n: int,
    filters: str = FILTERS,
    lower: bool = True,
    split: str = " ",
    analyzer: Callable[[str], list[str]] | None = None,
) -> list[int]:
    """The words of a text as numbers from 1 to ``n - 1``: `hashing_trick` with Python's `hash`."""
    return hashing_trick(text, n, hash, filters, lower, split, analyzer)


def _md5(word: str) -> int:
    return int(hashlib.md5(word.encode(), usedforsecurity=False).hexdigest(), 16)
