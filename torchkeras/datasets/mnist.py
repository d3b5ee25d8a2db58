"""MNIST: 70,000 handwritten digits."""

from torchkeras.datasets._decode import read_npz
from torchkeras.datasets._fetch import GOOGLE, Source
from torchkeras.datasets._split import Pair

_FILE = Source(f"{GOOGLE}/mnist.npz", "mnist.npz", "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1")


def load_data(path: str = "mnist.npz") -> tuple[Pair, Pair]:
    """60,000 training and 10,000 test images of digits, ``(n, 28, 28)`` uint8 from 0 to 255.

    Args:
        path: name of the file in the cache, or path of an existing file.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``; labels ``(n,)`` uint8 from 0 to 9.
    """
    data = read_npz(_FILE.fetch(path))
    return (data["x_train"], data["y_train"]), (data["x_test"], data["y_test"])
