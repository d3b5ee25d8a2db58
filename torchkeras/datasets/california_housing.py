"""California house prices, 1990: 20,640 blocks."""

import numpy as np

from torchkeras._errors import unknown
from torchkeras.datasets._decode import read_npz
from torchkeras.datasets._fetch import GOOGLE, Source
from torchkeras.datasets._split import Pair, check_fraction, shuffled, split

_FILE = Source(
    f"{GOOGLE}/california_housing.npz",
    "california_housing.npz",
    "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f",
)
_ROWS = {"large": None, "small": 600}


def load_data(
    version: str = "large", path: str = "california_housing.npz", test_split: float = 0.2, seed: int = 113
) -> tuple[Pair, Pair]:
    """8 features of blocks of houses, ``(n, 8)``, and their median house price in dollars, ``(n,)``.

    Args:
        version: ``"large"``, all 20,640 rows, or ``"small"``, the first 600, all near San Francisco.
        path: name of the file in the cache, or path of an existing file.
        test_split: fraction of the data to keep for testing.
        seed: for shuffling before the split.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``; the features are longitude, latitude, median age, rooms,
        bedrooms, population, households, median income.
    """
    check_fraction(test_split)
    if version not in _ROWS:
        raise unknown("version of california_housing", version, _ROWS)
    data = read_npz(_FILE.fetch(path))
    rows = _ROWS[version]
    return split(*shuffled(np.random.RandomState(seed), data["x"][:rows], data["y"][:rows]), test_split)
