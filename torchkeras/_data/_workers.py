"""Loading the batches of a ``PyDataset`` ahead, by threads or processes."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any

from torch.utils.data import DataLoader


def load_ahead(dataset: Any, order: Iterable[int]) -> Iterator[Any]:
    """``dataset[i]`` for each `i` of `order`, in that order.

    With several workers up to ``max_queue_size`` batches are loaded while the model still works on others.
    """
    workers = max(1, getattr(dataset, "workers", 1) or 1)
    if getattr(dataset, "use_multiprocessing", False):
        return _by_processes(dataset, order, workers)
    return _by_threads(dataset, order, workers) if workers > 1 else map(dataset.__getitem__, order)


def _by_threads(dataset: Any, order: Iterable[int], workers: int) -> Iterator[Any]:
    left = iter(order)
    pool = ThreadPoolExecutor(workers, thread_name_prefix="torchkeras_data")
    try:
        first = islice(left, max(workers, dataset.max_queue_size))
        waiting: deque[Future[Any]] = deque(pool.submit(dataset.__getitem__, index) for index in first)
        while waiting:
            batch = waiting.popleft().result()
            waiting.extend(pool.submit(dataset.__getitem__, index) for index in islice(left, 1))
            yield batch
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


class _Indexed:
    """Only the part of a data set that a worker process needs."""

    def __init__(self, dataset: Any) -> None:
        self.dataset = dataset

    def __getitem__(self, index: int) -> Any:
        return self.dataset[index]


def _by_processes(dataset: Any, order: Iterable[int], workers: int) -> Iterator[Any]:
    # torch's loader moves tensors through shared memory and reports a worker's error with its traceback.
    return iter(
        DataLoader(
            _Indexed(dataset),  # type: ignore[arg-type]
            batch_size=None,
            sampler=order,
            num_workers=workers,
            prefetch_factor=max(1, -(-dataset.max_queue_size // workers)),
            collate_fn=_as_it_is,
        )
    )


def _as_it_is(batch: Any) -> Any:
    return batch
