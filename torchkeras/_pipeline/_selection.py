"""Nodes that pick: which elements come, in which order, how often. They see blocks, of elements or row numbers."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from torchkeras._pipeline._nodes import INFINITE, UNKNOWN, Above, Indexed, Node, glance

_OUT = 1024  # row numbers that a shuffling buffer hands on together


def select(node: Node, kind: Any, *args: Any) -> Node:
    """`node` with the selection on top: of its row numbers if it has some, else of its elements."""
    return Indexed(node.rows, kind(node.index, *args)) if isinstance(node, Indexed) else kind(node, *args)


def joined(blocks: list[Any]) -> Any:
    """Blocks end to end."""
    if len(blocks) == 1:
        return blocks[0]
    if any(isinstance(block, list) for block in blocks):
        return [element for block in blocks for element in block]
    return torch.cat([as_numbers(block) for block in blocks])


def as_numbers(block: Any) -> Tensor:
    """A block of row numbers as a tensor."""
    if isinstance(block, range):
        return torch.arange(block.start, block.stop, block.step) if len(block) else torch.empty(0, dtype=torch.int64)
    return block


class Taken(Above):
    """The first `count` elements; all if it is negative."""

    def __init__(self, below: Node, count: int) -> None:
        super().__init__(below)
        self.count = count

    def blocks(self) -> Iterator[Any]:
        if self.count < 0:
            yield from self.below.blocks()
        left = self.count
        if left <= 0:
            return
        for block in self.below.blocks():
            yield block[:left]
            left -= len(block)
            if left <= 0:
                return

    def cardinality(self) -> int:
        size = self.below.cardinality()
        if self.count < 0 or size == UNKNOWN:
            return size
        return self.count if size == INFINITE else min(size, self.count)


class Skipped(Above):
    """All but the first `count` elements; none if it is negative."""

    def __init__(self, below: Node, count: int) -> None:
        super().__init__(below)
        self.count = count

    def blocks(self) -> Iterator[Any]:
        if self.count < 0:
            return
        left = self.count
        for block in self.below.blocks():
            if left < len(block):
                yield block[left:] if left else block
            left = max(0, left - len(block))

    def cardinality(self) -> int:
        size = self.below.cardinality()
        if self.count < 0:
            return 0
        return size if size < 0 else max(0, size - self.count)


class Sharded(Above):
    """Every `count`-th element, from number `index` on."""

    def __init__(self, below: Node, count: int, index: int) -> None:
        super().__init__(below)
        self.count, self.index = count, index

    def blocks(self) -> Iterator[Any]:
        at = 0
        for block in self.below.blocks():
            picked = block[(self.index - at) % self.count :: self.count]
            at += len(block)
            if len(picked):
                yield picked

    def cardinality(self) -> int:
        size = self.below.cardinality()
        return size if size < 0 else len(range(self.index, size, self.count))


class Repeated(Above):
    """All elements, `count` times over; without end if it is None or negative."""

    def __init__(self, below: Node, count: int | None) -> None:
        super().__init__(below)
        self.count = INFINITE if count is None or count < 0 else count

    def blocks(self) -> Iterator[Any]:
        left = self.count
        while left:
            left -= 1
            empty = True
            for block in self.below.blocks():
                empty = False
                yield block
            if empty:
                return

    def cardinality(self) -> int:
        size = self.below.cardinality()
        if self.count == 0 or size == 0:
            return 0
        if self.count < 0 or size == INFINITE:
            return INFINITE
        return UNKNOWN if size == UNKNOWN else size * self.count


class Shuffled(Above):
    """In random order, drawn from a buffer that the elements pass through.

    Each iteration has an order of its own: drawn from the seed, or without one from torch's global generator, which
    ``keras.utils.set_random_seed`` seeds.
    """

    def __init__(self, below: Node, buffer_size: int, seed: int | None, reshuffle: bool) -> None:
        super().__init__(below)
        self.buffer_size = buffer_size
        self.reshuffle = reshuffle
        self.generator = None if seed is None else torch.Generator().manual_seed(int(seed) % 2**63)
        self._fixed: int | None = None

    def _seed(self) -> int:
        if self._fixed is not None:
            return self._fixed
        seed = int(torch.randint(2**62, (), generator=self.generator, device="cpu"))
        if not self.reshuffle:
            self._fixed = seed
        return seed

    def blocks(self) -> Iterator[Any]:
        if glance.under_way:
            return self.below.blocks()
        return self._blocks(torch.Generator().manual_seed(self._seed()))  # drawn in this call, not with the first block

    def _blocks(self, source: torch.Generator) -> Iterator[Any]:
        held: list[Any] = []
        count = 0
        coming = self.below.blocks()
        for block in coming:
            held.append(block)
            count += len(block)
            if count > self.buffer_size:
                yield from self._through(held, coming, source)
                return
        if held:
            yield _permuted(joined(held), source)

    def _through(self, held: list[Any], coming: Iterator[Any], source: torch.Generator) -> Iterator[Any]:
        """What comes out of a full buffer, one for each that goes in, and at last what is left in it."""
        block = joined(held)
        numbers = not isinstance(block, list)
        buffer = as_numbers(block[: self.buffer_size]).tolist() if numbers else block[: self.buffer_size]
        block = block[self.buffer_size :]
        step = _OUT if numbers else 1
        while block is not None:
            for start in range(0, len(block), step):
                piece = block[start : start + step]
                out = _swapped(buffer, as_numbers(piece).tolist() if numbers else piece, source)
                yield torch.tensor(out) if numbers else out
            block = next(coming, None)
        yield _permuted(torch.tensor(buffer) if numbers else buffer, source)

    def cardinality(self) -> int:
        return self.below.cardinality()


def _swapped(buffer: list[Any], coming: list[Any], source: torch.Generator) -> list[Any]:
    out = []
    for place, element in zip(torch.randint(len(buffer), (len(coming),), generator=source).tolist(), coming):
        out.append(buffer[place])
        buffer[place] = element
    return out


def _permuted(block: Any, source: torch.Generator) -> Any:
    order = torch.randperm(len(block), generator=source)
    return [block[place] for place in order.tolist()] if isinstance(block, list) else as_numbers(block)[order]


class Cached(Above):
    """Kept in memory once they have all been seen; the next iterations read them there."""

    def __init__(self, below: Node) -> None:
        super().__init__(below)
        self._kept: list[Any] | None = None

    def blocks(self) -> Iterator[Any]:
        return iter(self._kept) if self._kept is not None else self._keeping()

    def _keeping(self) -> Iterator[Any]:
        seen = []
        for block in self.below.blocks():
            seen.append(block)
            yield block
        self._kept = seen

    def cardinality(self) -> int:
        return self.below.cardinality()


class Concatenated(Node):
    """One node after the other."""

    def __init__(self, *nodes: Node) -> None:
        self.inputs = nodes

    def __iter__(self) -> Iterator[Any]:
        for node in self.inputs:
            yield from node

    def cardinality(self) -> int:
        sizes = [node.cardinality() for node in self.inputs]
        return INFINITE if INFINITE in sizes else UNKNOWN if UNKNOWN in sizes else sum(sizes)

    def spec(self) -> Any:
        return self.inputs[0].spec()
