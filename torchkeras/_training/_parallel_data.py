"""Each rank's rows of every batch.

Arrays are never gathered whole: the sampler's index is cut. Other sources are read by every rank, with the same
random numbers, and their batches cut; loaders that bring other rows to each rank (a ``DistributedSampler``, an
``IterableDataset`` that asks for its rank) are taken as they are.
"""

from collections import deque
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset

from torchkeras import _ranks
from torchkeras._data import ArraySource
from torchkeras._structures import leaves, map_leaves
from torchkeras._training._parallel_state import send_random_states
from torchkeras._training._step import batch_rows


def shared(source: Any) -> Any:
    """The source itself, or with several ranks what this one gets of it; they draw alike from here on."""
    if not _ranks.start():
        return source
    send_random_states()
    if isinstance(source, ArraySource):
        return _SharedArrays(source)
    return _OwnShards(source) if _brings_own_rows(source) else _SharedBatches(source)


def part(rows: int) -> tuple[int, int]:
    """Where this rank's rows begin and end, of so many: the first ranks get one more if they do not divide."""
    each, more = divmod(rows, _ranks.parts())
    start = _ranks.part() * each + min(_ranks.part(), more)
    return start, start + each + (_ranks.part() < more)


class _Shared:
    """A source of this rank's batches, with what is known of the whole ones.

    Attributes:
        rows: for each batch given and not yet taken, the rows here and those of all ranks. A rank without rows gets
            one row of another to compute with, so that it takes part in what the ranks do together.
    """

    def __init__(self, source: Any) -> None:
        self.source = source
        self.steps, self.batch_size, self.num_samples = source.steps, source.batch_size, source.num_samples
        self.data, self.loader = getattr(source, "data", None), source.loader
        self.endless = source.endless
        self.rows: deque[tuple[int, int]] = deque()

    def peek(self) -> Any:
        """The first batch, whole."""
        return self.source.peek()

    def __iter__(self) -> Iterator[Any]:
        return self.epoch()

    def epoch(self, start: int = 0) -> Iterator[Any]:
        """This rank's rows of the batches of the coming epoch from number `start` on."""
        raise NotImplementedError

    def on_epoch_end(self) -> None:
        """Tell the source."""
        self.source.on_epoch_end()


class _SharedArrays(_Shared):
    """Arrays: the rows of each batch are known when the epoch's order is."""

    def __init__(self, source: ArraySource) -> None:
        super().__init__(source)
        source.cut_batches(self._cut)

    def _cut(self, index: Any) -> Any:
        """This rank's part of a batch, of which `index` says the rows: a slice or a tensor."""
        size = index.stop - index.start if isinstance(index, slice) else len(index)
        start, end = part(size)
        self.rows.append((end - start, size))
        if start == end:
            start, end = 0, 1
        return slice(index.start + start, index.start + end) if isinstance(index, slice) else index[start:end]

    def epoch(self, start: int = 0) -> Iterator[Any]:
        self.rows.clear()
        batches = self.source.epoch(start)
        for _ in range(start):
            self.rows.popleft()
        return batches


class OneBatch:
    """A batch that every rank has and cuts."""

    def __init__(self) -> None:
        self.rows: deque[tuple[int, int]] = deque()

    def cut(self, batch: Any) -> Any:
        """This rank's rows."""
        size = batch_rows(batch)
        start, end = part(size)
        self.rows.append((end - start, size))
        if start == end:
            start, end = 0, 1
        return cut(batch, size, start, end)


class _SharedBatches(_Shared):
    """Batches that every rank reads and cuts."""

    def __init__(self, source: Any) -> None:
        super().__init__(source)
        self._each = OneBatch()
        self.rows = self._each.rows

    def epoch(self, start: int = 0) -> Iterator[Any]:
        self.rows.clear()
        return map(self._each.cut, self.source.epoch(start))


class _OwnShards(_Shared):
    """Batches of a loader that gives other rows to each rank; the epoch ends when the last rank has no more."""

    def epoch(self, start: int = 0) -> Iterator[Any]:
        self.rows.clear()
        batches, last = self.source.epoch(start), None
        while True:
            batch = next(batches, None)
            rows = 0 if batch is None else batch_rows(batch)
            total = int(_ranks.total(torch.tensor(rows)))
            if not total:
                return
            if batch is None:
                last = self.source.peek() if last is None else last
                batch = cut(last, batch_rows(last), 0, 1)
            else:
                last = batch
            self.rows.append((rows, total))
            yield batch


def cut(batch: Any, size: int, start: int, end: int) -> Any:
    """Some rows of a batch; what is no tensor with that many rows stays whole."""
    return map_leaves(
        lambda leaf: leaf[start:end] if isinstance(leaf, Tensor) and leaf.ndim and len(leaf) == size else leaf, batch
    )


def _brings_own_rows(source: Any) -> bool:
    loader = source.loader
    samplers = getattr(loader, "sampler", None), getattr(getattr(loader, "batch_sampler", None), "sampler", None)
    if any(hasattr(sampler, "num_replicas") and hasattr(sampler, "rank") for sampler in samplers):
        return True
    if not isinstance(loader, DataLoader) or not isinstance(loader.dataset, IterableDataset):
        return False
    # only its author knows whether it asks for its rank; what it brings first tells
    first = [leaf.cpu() for leaf in leaves(source.peek()) if isinstance(leaf, Tensor)]
    known = _ranks.broadcast(first)
    same = len(known) == len(first) and all(torch.equal(a, b) for a, b in zip(first, known))
    return not all(_ranks.gather(same))
