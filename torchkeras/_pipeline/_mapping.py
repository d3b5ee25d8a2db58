"""Nodes that call a function of the user's."""

import functools
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import torch

from torchkeras import _settings
from torchkeras._errors import brief
from torchkeras._pipeline import _elements
from torchkeras._pipeline._ahead import in_threads
from torchkeras._pipeline._nodes import INFINITE, UNKNOWN, Above, Node
from torchkeras._pipeline._spec import TensorSpec, spec_of
from torchkeras._structures import leaves, map_leaves


def on_host(function: Callable[..., Any]) -> Callable[[Any], Any]:
    """`function` for an element; what it makes, it makes where elements are: on the host."""
    if _settings.device().type == "cpu":
        return functools.partial(_elements.call, function)

    def called(element: Any) -> Any:
        with torch.device("cpu"):
            return _elements.call(function, element)

    return called


def as_result(made: Any) -> Any:
    """What a function made, as an element; a list of results is a tuple of tensors."""
    return _elements.as_element(tuple(made) if isinstance(made, list) else made)


class Mapped(Above):
    """What `function` makes of each element.

    Args:
        below: the node.
        function: of an element; its result becomes one.
        workers: threads that call it; -1: some, if it pays.
    """

    def __init__(self, below: Node, function: Callable[..., Any], workers: int | None) -> None:
        super().__init__(below)
        self.function = function
        self.workers = workers

    def __iter__(self) -> Iterator[Any]:
        function = on_host(self.function)
        return in_threads(lambda element: as_result(function(element)), iter(self.below), self.workers)

    def cardinality(self) -> int:
        return self.below.cardinality()

    def spec(self) -> Any:
        """That of the first element, with the batch axis open if it is below."""
        found = spec_of(self.first())
        below = list(leaves(self.below.spec()))
        opened = [
            isinstance(leaf, TensorSpec) and leaf.shape is not None and leaf.shape[:1] == (None,) for leaf in below
        ]
        return map_leaves(_open_first, found) if opened and all(opened) else found


def _open_first(leaf: Any) -> Any:
    return leaf.without_first().with_first(None) if isinstance(leaf, TensorSpec) and leaf.shape else leaf


class Filtered(Above):
    """The elements for which `predicate` holds; with `until`, those before the first for which it does not."""

    def __init__(self, below: Node, predicate: Callable[..., Any], until: bool = False) -> None:
        super().__init__(below)
        self.predicate = predicate
        self.until = until

    def __iter__(self) -> Iterator[Any]:
        holds = on_host(self.predicate)
        return (itertools.takewhile if self.until else filter)(lambda element: bool(holds(element)), self.below)


class FlatMapped(Above):
    """The elements of the data set that `function` makes of each element, one data set after the other."""

    def __init__(self, below: Node, function: Callable[..., Any]) -> None:
        super().__init__(below)
        self.function = function

    def __iter__(self) -> Iterator[Any]:
        function = on_host(self.function)
        for element in self.below:
            yield from made(function(element), "flat_map")

    def spec(self) -> Any:
        """That of the first data set."""
        return made(on_host(self.function)(self.below.first()), "flat_map").element_spec


class Interleaved(FlatMapped):
    """Like :class:`FlatMapped`, from `cycle` data sets in turn, `block` elements each."""

    def __init__(self, below: Node, function: Callable[..., Any], cycle: int, block: int) -> None:
        super().__init__(below, function)
        self.cycle, self.block = cycle, block

    def __iter__(self) -> Iterator[Any]:
        function, coming = on_host(self.function), iter(self.below)
        places: list[Iterator[Any] | None] = [None] * self.cycle
        for place in itertools.cycle(range(self.cycle)):
            current = places[place]
            if current is None:  # the data set here has ended: in this turn the next one begins
                opened = [iter(made(function(element), "interleave")) for element in itertools.islice(coming, 1)]
                if not opened and not any(places):
                    return
                current = places[place] = opened[0] if opened else None
            taken = 0
            for element in itertools.islice(current or (), self.block):
                taken += 1
                yield element
            if taken < self.block:
                places[place] = None


def made(dataset: Any, what: str) -> Any:
    """`dataset`, which a function of the user's returned.

    Raises:
        TypeError: it is no data set.
    """
    if not _elements.is_dataset(dataset):
        raise TypeError(f"{what}: the function must return a data set, got {brief(dataset)}.")
    return dataset


class Scanned(Above):
    """Elements and a state that goes from one to the next: ``function(state, element) -> (state, element)``."""

    def __init__(self, below: Node, state: Any, function: Callable[..., Any]) -> None:
        super().__init__(below)
        self.state = _elements.as_element(state)
        self.function = function

    def __iter__(self) -> Iterator[Any]:
        state = self.state
        for element in self.below:
            with torch.no_grad():
                state, out = self.function(state, element)
            yield _elements.as_element(out)

    def cardinality(self) -> int:
        return self.below.cardinality()

    def spec(self) -> Any:
        return spec_of(self.first())


class Sampled(Node):
    """Elements of several nodes, the next one from the node that `choices` names.

    Args:
        nodes: the nodes.
        choices: a function that makes an iterator of their numbers.
        stop: end as soon as one of them is empty; otherwise its turns are passed over.
    """

    def __init__(self, nodes: list[Node], choices: Callable[[], Iterator[int]], stop: bool) -> None:
        self.inputs = tuple(nodes)
        self.choices, self.stop = choices, stop

    def __iter__(self) -> Iterator[Any]:
        left = dict(enumerate(map(iter, self.inputs)))
        for choice in self.choices():
            if choice not in left:
                continue
            element = next(left[choice], self)
            if element is not self:
                yield element
                continue
            del left[choice]
            if self.stop or not left:
                return

    def cardinality(self) -> int:
        sizes = [node.cardinality() for node in self.inputs]
        return INFINITE if all(size == INFINITE for size in sizes) else UNKNOWN

    def spec(self) -> Any:
        return self.inputs[0].spec()
