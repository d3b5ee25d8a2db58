"""Threads that work ahead, where it pays.

Threads cost more than they bring for a function that takes microseconds, and whatever draws from the global random
generators would draw in another order each time. So the first elements are made in line: only a function that is slow
and draws nothing goes on in threads. (Reading and decoding files is such: it lets other threads run meanwhile.)
"""

import contextlib
import itertools
import os
import queue
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import torch

from torchkeras.random import SeedGenerator

_TRIED = 4  # elements made in line before a decision
_SLOW = 1e-3  # seconds an element from which on threads pay
_MOST = 16  # threads
_END = object()


class _Trial:
    """Watches the first elements being made."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.draws = False

    def __call__(self, make: Callable[[], Any]) -> Any:
        before, start = _states(), time.perf_counter()
        with _noticed(self):
            made = make()
        self.seconds.append(time.perf_counter() - start)
        self.draws = self.draws or before != _states()
        return made

    def pays(self) -> bool:
        """Whether the rest should be made by threads; the fastest counts, as first calls are slow."""
        return bool(self.seconds) and not self.draws and min(self.seconds) > _SLOW


def _states() -> tuple[Any, ...]:
    _, words, place, *_ = np.random.get_state()
    return random.getstate(), np.asarray(words).tobytes(), place, torch.get_rng_state().numpy().tobytes()


@contextlib.contextmanager
def _noticed(trial: _Trial) -> Iterator[None]:
    """Within this, a draw from a ``SeedGenerator``, a random layer's say, is noticed."""
    own = SeedGenerator.next

    def noticing(self: SeedGenerator, ordered: bool = True) -> torch.Tensor:
        trial.draws = True
        return own(self, ordered)

    SeedGenerator.next = noticing  # type: ignore[method-assign]
    try:
        yield
    finally:
        SeedGenerator.next = own  # type: ignore[method-assign]


def in_threads(function: Callable[[Any], Any], elements: Iterator[Any], workers: int | None) -> Iterator[Any]:
    """``map(function, elements)`` in the same order; with `workers` (-1: as many as there are cores) by threads."""
    if workers is None or workers in (0, 1):
        return map(function, elements)
    return _tried(function, elements, min(_MOST, os.cpu_count() or 1) if workers < 0 else workers)


def _tried(function: Callable[[Any], Any], elements: Iterator[Any], workers: int) -> Iterator[Any]:
    trial = _Trial()
    for element in itertools.islice(elements, _TRIED):
        yield trial(lambda element=element: function(element))  # type: ignore[misc]
    if trial.pays() and workers > 1:
        yield from _by_threads(function, elements, workers)
    else:
        yield from map(function, elements)


def _by_threads(function: Callable[[Any], Any], elements: Iterator[Any], workers: int) -> Iterator[Any]:
    pool = ThreadPoolExecutor(workers, thread_name_prefix="torchkeras_map")
    waiting: deque[Future[Any]] = deque()
    try:
        waiting.extend(pool.submit(function, element) for element in itertools.islice(elements, 2 * workers))
        while waiting:
            made = waiting.popleft().result()
            waiting.extend(pool.submit(function, element) for element in itertools.islice(elements, 1))
            yield made
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def prefetched(elements: Iterator[Any], size: int) -> Iterator[Any]:
    """`elements`, up to `size` of them made ahead by a thread."""
    trial = _Trial()
    for _ in range(_TRIED):
        element = trial(lambda: next(elements, _END))
        if element is _END:
            return
        yield element
    yield from _Loader(elements, size) if trial.pays() else elements


class _Loader:
    """A thread that fills a queue, until nobody takes from it any more."""

    def __init__(self, elements: Iterator[Any], size: int) -> None:
        self.queue: queue.Queue[tuple[Any, BaseException | None]] = queue.Queue(max(1, size))
        self.left = threading.Event()
        self.thread = threading.Thread(target=self._fill, args=(elements,), name="torchkeras_prefetch", daemon=True)

    def __iter__(self) -> Iterator[Any]:
        self.thread.start()
        try:
            while True:
                element, error = self.queue.get()
                if error is not None:
                    raise error
                if element is _END:
                    return
                yield element
        finally:
            self.left.set()
            with contextlib.suppress(queue.Empty):
                self.queue.get_nowait()

    def _fill(self, elements: Iterator[Any]) -> None:
        error = None
        try:
            for element in elements:
                if not self._put((element, None)):
                    return
        except BaseException as caught:
            error = caught
        self._put((_END, error))

    def _put(self, item: tuple[Any, BaseException | None]) -> bool:
        while not self.left.is_set():
            try:
                self.queue.put(item, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False
