"""Fashion-MNIST: 70,000 pictures of clothes."""

from torchkeras.datasets._decode import read_idx_gz
from torchkeras.datasets._fetch import GOOGLE, Source
from torchkeras.datasets._split import Pair


def load_data() -> tuple[Pair, Pair]:
    """60,000 training and 10,000 test images of clothes, ``(n, 28, 28)`` uint8 from 0 to 255.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``; labels ``(n,)`` uint8: 0 T-shirt, 1 trousers, 2 pullover,
        3 dress, 4 coat, 5 sandal, 6 shirt, 7 sneaker, 8 bag, 9 ankle boot.
    """
    return _load("train"), _load("t10k")


def _load(part: str) -> Pair:
    labels = read_idx_gz(_source(f"{part}-labels-idx1-ubyte.gz").fetch(), header=8)
    images = read_idx_gz(_source(f"{part}-images-idx3-ubyte.gz").fetch(), header=16)
    return images.reshape(len(labels), 28, 28), labels


def _source(name: str) -> Source:
    return Source(f"{GOOGLE}/{name}", name, folder="datasets/fashion-mnist")
