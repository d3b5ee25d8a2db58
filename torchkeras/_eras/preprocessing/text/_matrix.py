"""Sequences of word numbers as rows of a matrix."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from torchkeras._errors import unknown

# how often the words of one text occur -> their values in its row; `length` is that of the whole text
_MODES: dict[str, Callable[[np.ndarray, int], np.ndarray]] = {
    "binary": lambda counts, length: np.ones(len(counts)),
    "count": lambda counts, length: counts,
    "freq": lambda counts, length: counts / length,
    "tfidf": lambda counts, length: 1 + np.log(counts),  # times the words' rarity
}


def as_matrix(
    sequences: Sequence[Sequence[int]], columns: int, mode: str, texts: int, texts_with: Mapping[int, int]
) -> np.ndarray:
    """``(sequences, columns)``; numbers from `columns` on are left out.

    Args:
        sequences: word numbers.
        columns: number of columns.
        mode: what stands at a word.
        texts: number of texts that were counted.
        texts_with: in how many of them each word occurs.
    """
    if mode not in _MODES:
        raise unknown("mode", mode, _MODES)
    out = np.zeros((len(sequences), columns))
    for row, sequence in zip(out, sequences):
        counts = {number: count for number, count in Counter(sequence).items() if number < columns}
        if not counts:
            continue
        numbers = np.array(list(counts))
        row[numbers] = _MODES[mode](np.array(list(counts.values())), len(sequence))
        if mode == "tfidf":
            row[numbers] *= np.log(1 + texts / (1 + np.array([texts_with.get(number, 0) for number in counts])))
    return out
