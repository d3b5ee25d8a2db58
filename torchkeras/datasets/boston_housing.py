"""Boston house prices, 1970s: 506 districts."""

import numpy as np

from torchkeras.datasets._decode import read_npz
from torchkeras.datasets._fetch import GOOGLE, Source
from torchkeras.datasets._split import Pair, check_fraction, shuffled, split

_FILE = Source(
    f"{GOOGLE}/boston_housing.npz",
    "boston_housing.npz",
    "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5",
)


def load_data(path: str = "boston_housing.npz", test_split: float = 0.2, seed: int = 113) -> tuple[Pair, Pair]:
    """13 features of districts, ``(n, 13)``, and their median house price in thousand dollars, ``(n,)``.

    One of the features was made on racist assumptions; `california_housing` is the better choice.

    Args:
        path: name of the file in the cache, or path of an existing file.
        test_split: fraction of the data to keep for testing.
        seed: for shuffling before the split.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``, float64.
    """
    check_fraction(test_split)
    data = read_npz(_FILE.fetch(path))
    return split(*shuffled(np.random.RandomState(seed), data["x"], data["y"]), test_split)
