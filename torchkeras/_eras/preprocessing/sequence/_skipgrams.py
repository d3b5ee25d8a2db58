"""Pairs of words that stand near each other, to learn word vectors from."""

import random
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

_EULER = 0.577


def make_sampling_table(size: int, sampling_factor: float = 1e-5) -> np.ndarray:
    """How likely word number `i` is kept, so that common words come up less often: ``(size,)``.

    Words have to be numbered by frequency, the commonest 1. Their frequencies are taken from Zipf's law, and a word
    of frequency `f` is kept with probability ``min(1, sqrt(sampling_factor / f))``, as word2vec does.

    Args:
        size: number of words.
        sampling_factor: the frequency up to which all are kept.
    """
    rank = np.maximum(np.arange(size), 1)  # number 0 is no word
    # the sum of 1 / rank up to here, expanded; its reciprocal is near the frequency of the word at this rank
    inverse = rank * (np.log(rank) + _EULER) + 0.5 - 1.0 / (12.0 * rank)
    return np.minimum(1.0, np.sqrt(sampling_factor * inverse))


def skipgrams(
    sequence: Sequence[int],
    vocabulary_size: int,
    window_size: int = 4,
    negative_samples: float = 1.0,
    shuffle: bool = True,
    categorical: bool = False,
    sampling_table: Any = None,
    seed: int | None = None,
) -> tuple[list[list[int]], list[Any]]:
    """Pairs of a word and one near it, labelled 1, and of a word and any other, labelled 0.

    Args:
        sequence: word numbers; 0 is no word and is left out.
        vocabulary_size: one more than the largest number.
        window_size: how far apart two words of a pair may be, in words.
        negative_samples: pairs labelled 0 for each labelled 1.
        shuffle: mix the pairs.
        categorical: give the labels as ``[0, 1]`` and ``[1, 0]``.
        sampling_table: how likely each word is kept as the first of a pair; see `make_sampling_table`.
        seed: for Python's global generator, for the shuffling only.

    Returns:
        The pairs, and their labels.
    """
    couples = list(_near(sequence, window_size, sampling_table))
    labels: list[Any] = [[0, 1] if categorical else 1] * len(couples)
    if negative_samples > 0:
        count = int(len(couples) * negative_samples)
        words = [word for word, _ in couples]
        random.shuffle(words)
        couples += [[words[place % len(words)], random.randint(1, vocabulary_size - 1)] for place in range(count)]
        labels += [[1, 0] if categorical else 0] * count
    if shuffle:
        seed = random.randint(0, 10_000_000) if seed is None else seed
        for items in (couples, labels):
            random.seed(seed)
            random.shuffle(items)
    return couples, labels


def _near(sequence: Sequence[int], window_size: int, sampling_table: Any) -> Iterator[list[int]]:
    for place, word in enumerate(sequence):
        if not word or (sampling_table is not None and sampling_table[word] < random.random()):
            continue
        for other in range(max(0, place - window_size), min(len(sequence), place + window_size + 1)):
            if other != place and sequence[other]:
                yield [word, sequence[other]]
