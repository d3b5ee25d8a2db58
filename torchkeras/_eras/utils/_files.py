"""``keras.utils.io_utils``, ``data_utils`` and ``test_utils``: arrays in HDF5 files, hashes, random data."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from torchkeras.saving._paths import may_write
from torchkeras.utils._files import _has_hash

__all__ = [
    "HDF5Matrix",
    "ask_to_proceed_with_overwrite",
    "get_test_data",
    "load_array",
    "path_to_string",
    "save_array",
    "validate_file",
]


class HDF5Matrix:
    """An array in an HDF5 file, of which only the rows that are asked for are read.

    Args:
        datapath: the file.
        dataset: the name of the array in it.
        start, end: the part of the rows that counts; by default all.
        normalizer: a function that rows go through when they are read.
    """

    def __init__(
        self,
        datapath: Any,
        dataset: str,
        start: int | None = 0,
        end: int | None = None,
        normalizer: Callable[[Any], Any] | None = None,
    ) -> None:
        import h5py

        self.data = h5py.File(os.fspath(datapath), "r")[dataset]
        self.start = start or 0
        self.end = self.data.shape[0] if end is None else end
        self.normalizer = normalizer

    def __len__(self) -> int:
        return self.end - self.start

    def __getitem__(self, key: Any) -> Any:
        """Rows: one, a slice, or those that a list or array names."""
        if isinstance(key, slice):
            first, last, step = key.indices(len(self))
            rows = self.data[first + self.start : last + self.start : step]
        elif isinstance(key, (int, np.integer)):
            rows = self.data[self._place(int(key))]
        elif isinstance(key, (list, tuple, np.ndarray)):
            # such files are read in order, each row once
            places, back = np.unique([self._place(int(index)) for index in key], return_inverse=True)
            rows = self.data[places.tolist()][back]
        else:
            raise IndexError(f"HDF5Matrix: expected a row, a slice or a list of rows, got {key!r}.")
        return rows if self.normalizer is None else self.normalizer(rows)

    def _place(self, index: int) -> int:
        if not -len(self) <= index < len(self):
            raise IndexError(f"HDF5Matrix: there is no row {index} among {len(self)}.")
        return index % len(self) + self.start

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        return np.asarray(self[:], dtype=dtype)

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of rows, and the shape of one as it comes out of the normalizer."""
        return (len(self), *np.shape(self[0]))

    @property
    def dtype(self) -> Any:
        """The dtype of what comes out of the normalizer."""
        return self[0:1].dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return int(self.data.ndim)

    @property
    def size(self) -> int:
        """The number of elements."""
        return int(np.prod(self.shape))


def save_array(array: Any, name: str) -> None:
    """Write an array to a file of its own, which :func:`load_array` reads: HDF5."""
    import h5py

    with h5py.File(name, "w") as file:
        file["array"] = np.asarray(array)


def load_array(name: str) -> np.ndarray[Any, Any]:
    """The array that :func:`save_array` wrote."""
    import h5py

    with h5py.File(name, "r") as file:
        return np.asarray(file["array"])


def ask_to_proceed_with_overwrite(filepath: Any) -> bool:
    """Ask on the console whether a file may be replaced."""
    return may_write(os.fspath(filepath), overwrite=not os.path.exists(filepath))


def path_to_string(path: Any) -> Any:
    """A path as text; anything else as it is."""
    return os.fspath(path) if hasattr(path, "__fspath__") else path


def validate_file(fpath: Any, file_hash: str, algorithm: str = "auto", chunk_size: int = 65535) -> bool:
    """Whether a file has that SHA-256 or MD5."""
    return _has_hash(Path(fpath), file_hash, algorithm)


def get_test_data(
    num_train: int = 1000,
    num_test: int = 500,
    input_shape: Any = (10,),
    output_shape: Any = (2,),
    classification: bool = True,
    num_classes: int = 2,
    **kwargs: Any,
) -> Any:
    """Random data that can be learnt: ``(x_train, y_train), (x_test, y_test)``.

    Args:
        num_train, num_test: the numbers of rows; Keras 1 calls them `nb_train` and `nb_test`.
        input_shape: the shape of an input.
        output_shape: the shape of a target, where it is no class.
        classification: whether targets are classes, around whose means the inputs lie; else they are the inputs' means.
        num_classes: how many classes; Keras 1 calls it `nb_class`.
    """
    num_train, num_test = kwargs.get("nb_train", num_train), kwargs.get("nb_test", num_test)
    num_classes, count = kwargs.get("nb_class", num_classes), num_train + num_test
    draw = np.random.RandomState(kwargs.get("random_seed") or int(time.time()) % 2**31)
    noise = draw.randn(count, *input_shape).astype("float32")
    if classification:
        y = draw.randint(0, num_classes, size=count)
        x = noise + 2 * draw.randn(num_classes, *input_shape).astype("float32")[y]
    else:
        x = noise
        y = np.broadcast_to(
            noise.reshape(count, -1).mean(1).reshape(count, *(1,) * len(output_shape)), (count, *output_shape)
        ).copy()
    return (x[:num_train], y[:num_train]), (x[num_train:], y[num_train:])
