"""Batches without an end, or counted by epochs: what the generators' iterators share."""

import math
import threading
from collections.abc import Iterator as Endless
from collections.abc import Sequence
from typing import Any

import numpy as np

from torchkeras._data._pydataset import PyDataset
from torchkeras._eras.preprocessing.image._old_names import OldNames


class Iterator(OldNames, PyDataset):
    """A data set of images: ``iterator[i]`` is batch `i`, ``next(iterator)`` the next one, without an end.

    A subclass gives the samples with these numbers in `_get_batches_of_transformed_samples`.

    Args:
        n: number of samples.
        batch_size: samples in a batch; the last one of an epoch may have fewer.
        shuffle: draw a new order each epoch.
        seed: batch number `k` since the start is drawn with NumPy's global seed ``seed + k``; None leaves it alone.

    Attributes:
        index_array: the samples' numbers in the order of this epoch; None before the first batch.
        total_batches_seen: batches given so far.
    """

    _goes_round = True
    white_list_formats = ("png", "jpg", "jpeg", "bmp", "ppm", "tif", "tiff")

    def __init__(self, n: int, batch_size: int, shuffle: bool, seed: int | None) -> None:
        super().__init__()
        self.n = n
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.seed = seed
        self.batch_index = 0
        self.total_batches_seen = 0
        self.index_array: np.ndarray | None = None
        self.lock = threading.Lock()

    def __len__(self) -> int:
        return math.ceil(self.n / self.batch_size)

    def __getitem__(self, index: int) -> Any:
        """Batch number `index` of the epoch."""
        if index >= len(self):
            raise ValueError(f"Asked to retrieve element {index}, but the Sequence has length {len(self)}")
        self._seed_batch()
        order = self._order()
        return self._get_batches_of_transformed_samples(order[self.batch_size * index : self.batch_size * (index + 1)])

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        return self.next()

    def next(self) -> Any:
        """The next batch; after the last one of an epoch comes the first of another."""
        with self.lock:  # only drawing the order has to be in turn; the images are read side by side
            indices = next(self.index_generator)
        return self._get_batches_of_transformed_samples(indices)

    @property
    def index_generator(self) -> Endless[np.ndarray]:
        """The numbers of the samples in the coming batches."""
        while True:
            yield self._next_indices()

    def _next_indices(self) -> np.ndarray:
        self._seed_batch()
        if self.batch_index == 0:
            self._set_index_array()
        start = self.batch_index * self.batch_size
        self.batch_index = self.batch_index + 1 if start + self.batch_size < self.n else 0
        return self._order()[start : start + self.batch_size]

    def _seed_batch(self) -> None:
        if self.seed is not None:
            np.random.seed(self.seed + self.total_batches_seen)
        self.total_batches_seen += 1

    def _order(self) -> np.ndarray:
        if self.index_array is None:
            self._set_index_array()
        assert self.index_array is not None
        return self.index_array

    def _set_index_array(self) -> None:
        self.index_array = np.random.permutation(self.n) if self.shuffle else np.arange(self.n)

    def reset(self) -> None:
        """Let `next` begin a new epoch."""
        self.batch_index = 0

    def on_epoch_begin(self) -> None:
        """Worker processes share one order, drawn before they start."""
        if self.use_multiprocessing and self.index_array is None:
            self._set_index_array()

    def on_epoch_end(self) -> None:
        """Draw a new order."""
        self._set_index_array()

    def _get_batches_of_transformed_samples(self, index_array: Sequence[int] | np.ndarray) -> Any:
        """The batch of the samples with these numbers."""
        raise NotImplementedError(
            f"{type(self).__name__} needs a method `_get_batches_of_transformed_samples(self, index_array)`."
        )

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, lock=threading.Lock())
