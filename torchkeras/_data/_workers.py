"""Loading the batches of a ``PyDataset`` ahead, by threads or processes."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from torchkeras import _settings


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


def check_for_workers(dataset: Any, workers: int) -> None:
    """Refuse data on a GPU where worker processes would load it: a process that was forked cannot use CUDA.

    Raises:
        ValueError: names the place of the data and what to do.
    """
    place = next((tensor.device for tensor in _held(dataset) if tensor.device.type != "cpu"), None) if workers else None
    if place is not None:
        raise ValueError(
            f"{type(dataset).__name__}: its data lies on {place}, which worker processes cannot use. Keep it on the "
            "host (batches are copied to the device as they are needed), or load it without worker processes."
        )


def _held(dataset: Any) -> Iterator[Tensor]:
    """The tensors that a data set holds as attributes, and those of data sets within it."""
    for value in getattr(dataset, "__dict__", {}).values():
        for leaf in value if isinstance(value, (list, tuple)) and len(value) < 100 else [value]:
            if isinstance(leaf, Tensor):
                yield leaf
            elif isinstance(leaf, Dataset):
                yield from _held(leaf)


def _stay_on_host(worker: int) -> None:
    """What a worker makes with layers and ops, it makes on the host."""
    _settings.set_device("cpu")


def _leave_cuda() -> None:
    """In a process that was forked after CUDA was initialised: the workers of users' own loaders make tensors, too."""
    if torch.cuda._is_in_bad_fork():
        _settings.set_device("cpu")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_cuda)


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
            collate_fn=as_it_is,
            worker_init_fn=_stay_on_host,
        )
    )


def as_it_is(batch: Any) -> Any:
    return batch
