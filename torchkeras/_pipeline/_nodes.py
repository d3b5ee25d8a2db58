"""What a data set is made of: nodes that give elements, and those that pick rows of tensors by number.

Elements flow in *blocks*: lists of elements, or where a node stands for rows of tensors, ranges and tensors of row
numbers. All that only picks (take, skip, shard, repeat, shuffle, cache) is written once for both, and a batch of
rows is one gather.
"""

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras._data._random_states import random_state_kept
from torchkeras._pipeline import _elements
from torchkeras._pipeline._spec import spec_of, without_first
from torchkeras._structures import leaves, map_leaves

INFINITE = -1
UNKNOWN = -2

_PIECE = 256  # rows that are gathered at once where elements are asked for one by one


class _Glance(threading.local):
    """Whether this thread only wants to see what elements look like."""

    under_way = False


glance = _Glance()


class Node:
    """Gives elements, anew each time it is iterated.

    Attributes:
        inputs: the nodes below.
        generator: of random numbers, if seeded.
    """

    inputs: tuple["Node", ...] = ()
    generator: torch.Generator | None = None

    def __iter__(self) -> Iterator[Any]:
        return itertools.chain.from_iterable(self.blocks())

    def blocks(self) -> Iterator[Any]:
        """The elements in lists, or row numbers in ranges and tensors. A node defines this or ``__iter__``."""
        return ([element] for element in self)

    def cardinality(self) -> int:
        """How many elements there are; -1 if it never ends, -2 if only counting tells."""
        return UNKNOWN

    def spec(self) -> Any:
        """The spec of an element; by default that of the first one."""
        return spec_of(self.first())

    def first(self) -> Any:
        """One element that comes early, taken without filling shuffling buffers or leaving a trace in random states."""
        own = [(generator, generator.get_state()) for generator in generators(self)]
        glance.under_way = True
        try:
            with random_state_kept():
                found = next(iter(self), self)
        finally:
            glance.under_way = False
            for generator, state in own:
                generator.set_state(state)
        if found is self:
            raise ValueError("The data set is empty: nothing tells what its elements look like.")
        return found


def generators(node: Node) -> list[torch.Generator]:
    """Those of the node and all below it."""
    own = [] if node.generator is None else [node.generator]
    return own + [generator for below in node.inputs for generator in generators(below)]


class Above(Node):
    """A node above one other, whose elements it picks from or changes."""

    def __init__(self, below: Node) -> None:
        self.below = below
        self.inputs = (below,)

    def spec(self) -> Any:
        return self.below.spec()


class Numbers(Node):
    """The integers of a range: as elements, or as the numbers of rows."""

    def __init__(self, numbers: range, dtype: Any = torch.int64) -> None:
        self.numbers = numbers
        self.dtype = dtype

    def blocks(self) -> Iterator[Any]:
        return iter([self.numbers])

    def cardinality(self) -> int:
        return len(self.numbers)


class Listed(Node):
    """Elements, or row numbers, that are there already."""

    def __init__(self, block: Any) -> None:
        self.block = block

    def blocks(self) -> Iterator[Any]:
        return iter([self.block])

    def cardinality(self) -> int:
        return len(self.block)


class Rows:
    """The rows of an element's tensors.

    Args:
        element: a structure of tensors of as many rows.
    """

    def __init__(self, element: Any) -> None:
        self.element = element
        self.size = _elements.rows(element)

    def gather(self, block: Any) -> Any:
        """The rows of a block of numbers, as a batch."""
        if isinstance(block, range):
            if block.step < 0:
                return self.gather(torch.tensor(block))
            index = slice(block.start, block.stop, block.step)
            return map_leaves(lambda leaf: None if leaf is None else leaf[index], self.element)
        return map_leaves(lambda leaf: _gathered(leaf, block), self.element)

    def spec(self) -> Any:
        """The spec of a row."""
        return without_first(spec_of(self.element))

    def parts(self) -> Any:
        """Rows of each leaf alone, in the element's structure."""
        return map_leaves(Rows, self.element)


def _gathered(leaf: Any, block: Tensor) -> Any:
    if isinstance(leaf, Tensor):
        return leaf.index_select(0, block if leaf.device.type == "cpu" else block.to(leaf.device))
    return None if leaf is None else leaf[block]


class Indexed(Node):
    """The rows whose numbers another node gives.

    Args:
        rows: has `gather`, which makes a batch of a block of numbers, and `spec`.
        index: gives the numbers.
    """

    def __init__(self, rows: Any, index: Node) -> None:
        self.rows = rows
        self.index = index
        self.inputs = (index,)

    def __iter__(self) -> Iterator[Any]:
        for block in self.index.blocks():
            for start in range(0, len(block), _PIECE):
                yield from _elements.unstacked(self.rows.gather(block[start : start + _PIECE]))

    def cardinality(self) -> int:
        return self.index.cardinality()

    def spec(self) -> Any:
        return self.rows.spec()

    @property
    def is_whole(self) -> bool:
        """Whether it gives all rows in their order."""
        return type(self.index) is Numbers and self.index.numbers == range(self.rows.size)


def slices(element: Any) -> Indexed:
    """The rows of a structure of tensors."""
    rows = Rows(element)
    return Indexed(rows, Numbers(range(rows.size)))


def counted(start: int, stop: int, step: int, dtype: torch.dtype) -> Indexed:
    """The integers of a range, one an element."""
    numbers = range(start, stop, step)
    values = np.arange(start, stop, step, dtype=np.int64)
    return slices(torch.from_numpy(values).to(dtype)) if len(numbers) else Indexed(_Nothing(dtype), Numbers(numbers))


class _Nothing:
    """No rows, of a known dtype."""

    size = 0

    def __init__(self, dtype: torch.dtype) -> None:
        self.dtype = dtype

    def gather(self, block: Any) -> Tensor:
        return torch.empty(0, dtype=self.dtype)

    def spec(self) -> Any:
        return spec_of(torch.empty((), dtype=self.dtype))


class Zipped(Node):
    """Elements side by side, in a structure of nodes; ends with the shortest."""

    def __init__(self, structure: Any) -> None:
        self.structure = structure
        self.inputs = tuple(leaves(structure))

    def __iter__(self) -> Iterator[Any]:
        places = iter(range(len(self.inputs)))
        shape = map_leaves(lambda _: next(places), self.structure)
        for row in zip(*self.inputs):
            yield map_leaves(row.__getitem__, shape)

    def cardinality(self) -> int:
        sizes = [node.cardinality() for node in self.inputs]
        finite = [size for size in sizes if size != INFINITE]
        if not finite:
            return INFINITE
        return UNKNOWN if UNKNOWN in finite else min(finite)

    def spec(self) -> Any:
        return map_leaves(lambda node: node.spec(), self.structure)


def zipped(structure: Any) -> Node:
    """`structure` of nodes as one node; plain tensors stay rows that are gathered together."""
    nodes = list(leaves(structure))
    plain = all(isinstance(node, Indexed) and isinstance(node.rows, Rows) and node.is_whole for node in nodes)
    if not plain or len({node.rows.size for node in nodes}) != 1:
        return Zipped(structure)
    return slices(map_leaves(lambda node: node.rows.element, structure))


class FromFunction(Node):
    """What an iterable that a function makes anew each time yields.

    Args:
        function: without arguments.
        size: how many elements there are, if known.
        spec: of an element, if known.
    """

    def __init__(self, function: Callable[[], Iterable[Any]], size: int = UNKNOWN, spec: Any = None) -> None:
        self.function = function
        self.size = size
        self.known = spec

    def __iter__(self) -> Iterator[Any]:
        return iter(self.function())

    def cardinality(self) -> int:
        return self.size

    def spec(self) -> Any:
        return super().spec() if self.known is None else self.known
