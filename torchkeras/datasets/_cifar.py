"""The batches of CIFAR-10 and CIFAR-100."""

from pathlib import Path

import numpy as np

from torchkeras import _settings
from torchkeras.datasets._decode import read_pickle
from torchkeras.datasets._split import Pair


def read_batches(folder: Path, names: list[str], label: str) -> Pair:
    """Images and labels of several files: ``(n, 32, 32, 3)`` uint8 and ``(n, 1)`` int64.

    Images are ``(n, 3, 32, 32)`` where the settings say channels first.
    """
    images, labels = zip(*(_read(folder / name, label.encode()) for name in names), strict=True)
    x, y = np.concatenate(images), np.concatenate(labels)
    if _settings.image_data_format == "channels_last":
        x = x.transpose(0, 2, 3, 1)
    return x, y.reshape(-1, 1)


def _read(file: Path, label: bytes) -> Pair:
    with open(file, "rb") as opened:
        content = read_pickle(opened)
    return content[b"data"].reshape(-1, 3, 32, 32), np.array(content[label], dtype="int64")
