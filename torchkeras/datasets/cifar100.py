"""CIFAR-100: 60,000 small pictures of 100 kinds of things."""

from torchkeras.datasets._cifar import read_batches
from torchkeras.datasets._fetch import TORONTO, Source
from torchkeras.datasets._split import Pair

_FILE = Source(
    f"{TORONTO}/cifar-100-python.tar.gz",
    "cifar-100-python-target",
    "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
    extract=True,
)


def load_data(label_mode: str = "fine") -> tuple[Pair, Pair]:
    """50,000 training and 10,000 test images, ``(n, 32, 32, 3)`` uint8 from 0 to 255.

    Args:
        label_mode: ``"fine"``, 100 classes, or ``"coarse"``, 20 groups of them.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``; labels ``(n, 1)`` int64.

    Raises:
        ValueError: an unknown `label_mode`.
    """
    if label_mode not in ("fine", "coarse"):
        raise ValueError(f'`label_mode` must be one of `"fine"`, `"coarse"`. Received: label_mode={label_mode}.')
    folder = _FILE.fetch() / "cifar-100-python"
    return read_batches(folder, ["train"], f"{label_mode}_labels"), read_batches(
        folder, ["test"], f"{label_mode}_labels"
    )
