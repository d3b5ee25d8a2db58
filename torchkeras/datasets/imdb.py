"""IMDB: 50,000 film reviews, liked or not."""

import json
from typing import Any

import numpy as np

from torchkeras.datasets._decode import read_npz
from torchkeras.datasets._fetch import GOOGLE, Source
from torchkeras.datasets._split import shuffled
from torchkeras.datasets._text import Pair, Words, old_num_words

_FILE = Source(f"{GOOGLE}/imdb.npz", "imdb.npz", "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f")
_WORDS = Source(f"{GOOGLE}/imdb_word_index.json", "imdb_word_index.json", "bfafd718b763782e994055a2d397834f")


def load_data(
    path: str = "imdb.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int | None = 3,
    **kwargs: Any,
) -> tuple[Pair, Pair]:
    """25,000 training and 25,000 test reviews as lists of word numbers, the commonest word first.

    Args:
        path: name of the file in the cache, or path of an existing file.
        num_words: keep words numbered below this; others become `oov_char`.
        skip_top: leave out this many of the commonest words.
        maxlen: leave out reviews of this many words or more.
        seed: for shuffling.
        start_char: stands before each review; None for nothing.
        oov_char: stands for words left out; None drops them.
        index_from: word numbers begin above this.
        **kwargs: ``nb_words``, the old name of `num_words`.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: arrays of lists of ints, and labels 0 or 1.

    Raises:
        ValueError: no review is shorter than `maxlen`.
    """
    words = Words(old_num_words(num_words, kwargs), skip_top, maxlen, start_char, oov_char, index_from)
    data = read_npz(_FILE.fetch(path))
    generator = np.random.RandomState(seed)
    train = shuffled(generator, data["x_train"], data["y_train"])
    test = shuffled(generator, data["x_test"], data["y_test"])
    train, test = words.prepare(train, test)
    return train, test


def get_word_index(path: str = "imdb_word_index.json") -> dict[str, int]:
    """The number of each word, the commonest 1; `load_data` moves them up by ``index_from``.

    Args:
        path: name of the file in the cache, or path of an existing file.
    """
    with open(_WORDS.fetch(path), encoding="utf-8") as file:
        return json.load(file)
