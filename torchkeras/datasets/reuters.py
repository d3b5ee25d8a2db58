"""Reuters: 11,228 news reports on 46 topics."""

import json

import numpy as np

from torchkeras.datasets._decode import read_npz
from torchkeras.datasets._fetch import GOOGLE, Source
from torchkeras.datasets._split import check_fraction, shuffled, split
from torchkeras.datasets._text import Pair, Words

_FILE = Source(
    f"{GOOGLE}/reuters.npz", "reuters.npz", "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916"
)
_WORDS = Source(f"{GOOGLE}/reuters_word_index.json", "reuters_word_index.json", "4d44cc38712099c9e383dc6e5f11a921")

_LABELS = """
    cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves ship cotton carcass
    crude nat-gas cpi money-fx interest gnp meal-feed alum oilseed gold tin strategic-metal livestock retail ipi
    iron-steel rubber heat jobs lei bop zinc orange pet-chem dlr gas silver wpi hog lead
"""


def load_data(
    path: str = "reuters.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    test_split: float = 0.2,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int | None = 3,
) -> tuple[Pair, Pair]:
    """News reports as lists of word numbers, the commonest word first.

    Args:
        path: name of the file in the cache, or path of an existing file.
        num_words: keep words numbered below this; others become `oov_char`.
        skip_top: leave out this many of the commonest words.
        maxlen: leave out reports of this many words or more.
        test_split: fraction of the data to keep for testing.
        seed: for shuffling.
        start_char: stands before each report; None for nothing.
        oov_char: stands for words left out; None drops them.
        index_from: word numbers begin above this.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: arrays of lists of ints, and topics from 0 to 45.

    Raises:
        ValueError: no report is shorter than `maxlen`; `test_split` is no fraction.
    """
    check_fraction(test_split)
    words = Words(num_words, skip_top, maxlen, start_char, oov_char, index_from)
    data = read_npz(_FILE.fetch(path))
    (texts,) = words.prepare(shuffled(np.random.RandomState(seed), data["x"], data["y"]))
    return split(*texts, test_split)


def get_word_index(path: str = "reuters_word_index.json") -> dict[str, int]:
    """The number of each word, the commonest 1; `load_data` moves them up by ``index_from``.

    Args:
        path: name of the file in the cache, or path of an existing file.
    """
    with open(_WORDS.fetch(path), encoding="utf-8") as file:
        return json.load(file)


def get_label_names() -> tuple[str, ...]:
    """The names of the 46 topics."""
    return tuple(_LABELS.split())
