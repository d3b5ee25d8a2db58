"""Shuffling and splitting as Keras does it, number for number."""

import numpy as np

Pair = tuple[np.ndarray, np.ndarray]


def shuffled(generator: np.random.RandomState, x: np.ndarray, y: np.ndarray) -> Pair:
    """`x` and `y` in the same new order."""
    order = np.arange(len(x))
    generator.shuffle(order)
    return x[order], y[order]


def split(x: np.ndarray, y: np.ndarray, test_split: float) -> tuple[Pair, Pair]:
    """The first ``1 - test_split`` of the data and the rest."""
    count = int(len(x) * (1 - test_split))
    return (x[:count], y[:count]), (x[count:], y[count:])


def check_fraction(test_split: float) -> None:
    """Raise ValueError unless 0 <= `test_split` < 1."""
    if not 0 <= test_split < 1:
        raise ValueError(f"Invalid `test_split` argument: {test_split}. It must be between 0 and 1 (exclusive of 1).")
