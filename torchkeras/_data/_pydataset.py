"""Data sets written as a Python class: one method that gives a batch, one that counts them."""

import warnings
from collections.abc import Iterator
from typing import Any


class PyDataset:
    """A data set whose item `i` is batch `i`: override `__getitem__` and `__len__` (or `num_batches`).

    Unlike a generator it can be shuffled by batches, loaded by several workers, and evaluated again.

    Args:
        workers: number of threads or processes that load batches ahead.
        use_multiprocessing: processes instead of threads; batches then have to be picklable.
        max_queue_size: batches that may wait, loaded ahead.

    Example:
        >>> class Squares(PyDataset):
        ...     def __len__(self):
        ...         return 3
        ...     def __getitem__(self, index):
        ...         return index, index**2
        >>> list(Squares(workers=2))
        [(0, 0), (1, 1), (2, 4)]
    """

    _goes_round = False  # see `PyDatasetSource.goes_round`

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10) -> None:
        self._workers = workers
        self._use_multiprocessing = use_multiprocessing
        self._max_queue_size = max_queue_size

    def __getitem__(self, index: int) -> Any:
        """Batch number `index`: ``x``, ``(x, y)`` or ``(x, y, sample_weight)``."""
        raise NotImplementedError(
            f"{type(self).__name__} needs a method `__getitem__(self, index)` that gives a batch."
        )

    @property
    def num_batches(self) -> int | None:
        """Number of batches of an epoch; ``None`` if it never ends."""
        if hasattr(self, "__len__"):
            return len(self)
        raise NotImplementedError(
            f"{type(self).__name__} needs a method `__len__(self)`, or a property `num_batches`, that tells the number "
            "of batches."
        )

    def __iter__(self) -> Iterator[Any]:
        index, count = 0, self.num_batches
        while count is None or index < count:
            yield self[index]
            index += 1

    def on_epoch_begin(self) -> None:
        """Called before every epoch."""

    def on_epoch_end(self) -> None:
        """Called after every epoch, for example to shuffle."""

    @property
    def workers(self) -> int:
        return self._setting("_workers", 1)

    @workers.setter
    def workers(self, value: int) -> None:
        self._workers = value

    @property
    def use_multiprocessing(self) -> bool:
        return self._setting("_use_multiprocessing", False)

    @use_multiprocessing.setter
    def use_multiprocessing(self, value: bool) -> None:
        self._use_multiprocessing = value

    @property
    def max_queue_size(self) -> int:
        return self._setting("_max_queue_size", 10)

    @max_queue_size.setter
    def max_queue_size(self, value: int) -> None:
        self._max_queue_size = value

    def _setting(self, name: str, default: Any) -> Any:
        """The constructor's value; classes of Keras 2's time often do not call it."""
        if name not in self.__dict__:
            warnings.warn(
                f"Your `{type(self).__name__}` class should call `super().__init__(**kwargs)` in its constructor. "
                "`**kwargs` can include `workers`, `use_multiprocessing`, `max_queue_size`.",
                stacklevel=3,
            )
            self.__dict__[name] = default
        return self.__dict__[name]
