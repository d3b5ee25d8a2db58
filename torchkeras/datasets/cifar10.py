"""CIFAR-10: 60,000 small pictures of 10 kinds of things."""

from torchkeras.datasets._cifar import read_batches
from torchkeras.datasets._fetch import TORONTO, Source
from torchkeras.datasets._split import Pair

_FILE = Source(
    f"{TORONTO}/cifar-10-python.tar.gz",
    "cifar-10-batches-py-target",
    "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
    extract=True,
)


def load_data() -> tuple[Pair, Pair]:
    """50,000 training and 10,000 test images, ``(n, 32, 32, 3)`` uint8 from 0 to 255.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``; labels ``(n, 1)`` uint8: 0 airplane, 1 automobile, 2 bird, 3 cat,
        4 deer, 5 dog, 6 frog, 7 horse, 8 ship, 9 truck.
    """
    folder = _FILE.fetch() / "cifar-10-batches-py"
    x_train, y_train = read_batches(folder, [f"data_batch_{number}" for number in range(1, 6)], "labels")
    x_test, y_test = read_batches(folder, ["test_batch"], "labels")
    return (x_train, y_train.astype("uint8")), (x_test, y_test.astype("uint8"))
