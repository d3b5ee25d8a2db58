"""One seed for all random numbers."""

import numpy as np

from torchkeras import random


def set_random_seed(seed: int) -> None:
    """Seed Python's, numpy's, torch's and `keras.random`'s generators, so that a run can be repeated.

    Args:
        seed: from 0 to 2**32 - 1.

    Raises:
        ValueError: `seed` is no integer, or out of range.
    """
    if not isinstance(seed, (int, np.integer)) or isinstance(seed, bool):
        raise ValueError(f"Expected `seed` argument to be an integer. Received: seed={seed} (of type {type(seed)})")
    if not 0 <= seed < 2**32:
        raise ValueError(f"Seed must be between 0 and 2**32 - 1, got {seed}.")
    random.set_seed(int(seed))
