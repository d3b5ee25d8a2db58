"""``keras.utils.data_utils``: queues that load batches ahead, in threads."""

import queue
import random
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

__all__ = ["GeneratorEnqueuer", "OrderedEnqueuer", "SequenceEnqueuer", "generator_queue", "is_generator_or_sequence"]

_END = object()


class SequenceEnqueuer:
    """Base: between :meth:`start` and :meth:`stop`, :meth:`get` gives batches that threads load ahead.

    Args:
        sequence: where they come from.
        use_multiprocessing: accepted; threads do the work.
    """

    def __init__(self, sequence: Any, use_multiprocessing: bool = False) -> None:
        self.sequence = sequence
        self.use_multiprocessing = use_multiprocessing
        self.queue: queue.Queue[Any] | None = None
        self._stopped = threading.Event()
        self._feeder: threading.Thread | None = None
        self._workers: ThreadPoolExecutor | None = None

    def is_running(self) -> bool:
        """Whether it was started, and not stopped since."""
        return self._feeder is not None and not self._stopped.is_set()

    def start(self, workers: int = 1, max_queue_size: int = 10, max_q_size: int | None = None) -> None:
        """Begin to load.

        Args:
            workers: how many threads load.
            max_queue_size: how many batches may wait; `max_q_size` is Keras 1's name of it.
        """
        self._stopped.clear()
        self.queue = queue.Queue(max_q_size or max_queue_size)
        self._workers = ThreadPoolExecutor(max(workers, 1))
        self._feeder = threading.Thread(target=self._feed, daemon=True)
        self._feeder.start()

    def _feed(self) -> None:
        for batch in self._coming():
            if not self._put(batch):
                return
        self._put(_END)

    def _put(self, batch: Any) -> bool:
        assert self.queue is not None
        while not self._stopped.is_set():
            try:
                self.queue.put(batch, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def _coming(self) -> Iterator["Future[Any]"]:
        """The batches, on their way; in threads."""
        raise NotImplementedError(f"use OrderedEnqueuer or GeneratorEnqueuer; {type(self).__name__} is their base.")

    def get(self) -> Iterator[Any]:
        """The batches, in order; what goes wrong while one is loaded is raised here."""
        while self.is_running():
            assert self.queue is not None
            batch = self.queue.get()
            if batch is _END:
                return
            result = batch.result()
            if result is not None:
                yield result

    def stop(self, timeout: float | None = None) -> None:
        """End the threads; what waits is dropped."""
        self._stopped.set()
        if self._feeder is not None:
            self._feeder.join(timeout)
        if self._workers is not None:
            self._workers.shutdown(wait=False, cancel_futures=True)
        self._feeder = self._workers = None


class OrderedEnqueuer(SequenceEnqueuer):
    """Loads from a ``Sequence``, over and over, in its order; its ``on_epoch_end`` runs after each pass.

    Args:
        sequence: has ``__getitem__`` and ``__len__``.
        use_multiprocessing: accepted; threads do the work.
        shuffle: whether each pass has an order of its own.
    """

    def __init__(self, sequence: Any, use_multiprocessing: bool = False, shuffle: bool = False) -> None:
        super().__init__(sequence, use_multiprocessing)
        self.shuffle = shuffle

    def _coming(self) -> Iterator["Future[Any]"]:
        while not self._stopped.is_set():
            order = list(range(len(self.sequence)))
            if self.shuffle:
                random.shuffle(order)
            last: Future[Any] | None = None
            for index in order:
                assert self._workers is not None
                last = self._workers.submit(self.sequence.__getitem__, index)
                yield last
            if last is not None:
                last.exception()  # until it is there
            getattr(self.sequence, "on_epoch_end", lambda: None)()


class GeneratorEnqueuer(SequenceEnqueuer):
    """Loads from a generator, one batch at a time.

    Args:
        generator: gives the batches.
        use_multiprocessing, wait_time, random_seed, pickle_safe: accepted; one thread at a time asks the generator.
    """

    def __init__(
        self,
        generator: Any,
        use_multiprocessing: bool = False,
        wait_time: float = 0.05,
        random_seed: int | None = None,
        pickle_safe: bool = False,
    ) -> None:
        super().__init__(generator, use_multiprocessing)

    def _coming(self) -> Iterator["Future[Any]"]:
        assert self._workers is not None
        source = iter(self.sequence)
        while not self._stopped.is_set():
            coming = self._workers.submit(next, source, _END)
            if coming.exception() is None and coming.result() is _END:
                return
            yield coming
            if coming.exception() is not None:
                return


def generator_queue(generator: Any, max_q_size: int = 10, wait_time: float = 0.05, nb_worker: int = 1) -> Any:
    """Keras 1's: a queue that a thread fills from `generator`, and the event that ends it."""
    enqueuer = GeneratorEnqueuer(generator)
    results: queue.Queue[Any] = queue.Queue(max_q_size)
    enqueuer.start(nb_worker, max_q_size)

    def move() -> None:
        for batch in enqueuer.get():
            results.put(batch)

    threading.Thread(target=move, daemon=True).start()
    return results, enqueuer._stopped


def is_generator_or_sequence(x: Any) -> bool:
    """Whether it gives batches one by one."""
    return hasattr(x, "__next__") or (hasattr(x, "__getitem__") and hasattr(x, "on_epoch_end"))
