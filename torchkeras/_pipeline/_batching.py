"""Nodes that put elements together, and take them apart."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras._errors import brief
from torchkeras._pipeline import _elements
from torchkeras._pipeline._nodes import UNKNOWN, Above, Indexed, Node
from torchkeras._pipeline._ragged import RaggedTensor
from torchkeras._pipeline._selection import joined
from torchkeras._pipeline._spec import TensorSpec, with_first, without_first
from torchkeras._strings import StringTensor
from torchkeras._structures import map_leaves

Collect = Callable[[Any], Any]


def cut(blocks: Iterator[Any], size: int, shift: int, stride: int, drop_remainder: bool) -> Iterator[Any]:
    """Blocks of `size` of the items, every `stride`-th; from one to the next the begin moves by `shift`."""
    held: Any = []
    width = (size - 1) * stride + 1
    skip = 0
    for block in blocks:
        if skip:
            skip, block = max(0, skip - len(block)), block[skip:]
        held = _longer(held, block)
        at = 0
        while at + width <= len(held):
            yield held[at : at + width : stride]
            at += shift
        skip += max(0, at - len(held))
        held = held[at:] if at else held
    at = 0
    while at < len(held) and not drop_remainder:
        yield held[at : at + width : stride]
        at += shift


def _longer(held: Any, block: Any) -> Any:
    if isinstance(block, list):  # of single elements, nearly always: in place, in a list of our own
        held = held or []
        held.extend(block)
        return held
    return joined([held, block]) if len(held) else block


class Batched(Above):
    """So many elements together: rows are gathered, others collected."""

    def __init__(self, below: Node, size: int, drop_remainder: bool, collect: Collect = _elements.stacked) -> None:
        super().__init__(below)
        self.size, self.drop_remainder, self.collect = size, drop_remainder, collect

    def __iter__(self) -> Iterator[Any]:
        if isinstance(self.below, Indexed) and self.collect is _elements.stacked:
            blocks, collect = self.below.index.blocks(), self.below.rows.gather
        else:
            blocks, collect = self.below.blocks(), self.collect
        return map(collect, cut(blocks, self.size, self.size, 1, self.drop_remainder))

    def cardinality(self) -> int:
        size = self.below.cardinality()
        if size < 0:
            return size
        return size // self.size if self.drop_remainder else -(-size // self.size)

    def spec(self) -> Any:
        return with_first(self.below.spec(), self.size if self.drop_remainder else None)


class PaddedBatched(Batched):
    """So many elements together, each padded to the longest of the batch or to a given shape."""

    def __init__(self, below: Node, size: int, shapes: Any, values: Any, drop_remainder: bool) -> None:
        super().__init__(below, size, drop_remainder, self._padded)
        self.shapes, self.values = shapes, values

    def _padded(self, elements: list[Any]) -> Any:
        return _padded_together(elements, self.shapes, self.values)

    def spec(self) -> Any:
        first = self.size if self.drop_remainder else None
        if self.shapes is None:
            opened = map_leaves(lambda leaf: TensorSpec([None] * len(leaf.shape), leaf.dtype), self.below.spec())
            return with_first(opened, first)
        return with_first(_with_shapes(self.below.spec(), self.shapes), first)


def _with_shapes(spec: Any, shapes: Any) -> Any:
    if isinstance(spec, dict):
        return {key: _with_shapes(spec[key], shapes[key]) for key in spec}
    if isinstance(spec, tuple):
        return tuple(_with_shapes(*pair) for pair in zip(spec, shapes))
    return TensorSpec([None if size in (-1, None) else size for size in shapes], spec.dtype)


def _padded_together(elements: list[Any], shapes: Any, values: Any) -> Any:
    first = elements[0]
    if isinstance(first, dict):
        return {
            key: _padded_together([element[key] for element in elements], _part(shapes, key), _part(values, key))
            for key in first
        }
    if isinstance(first, tuple):
        columns = enumerate(zip(*elements))
        return tuple(_padded_together(list(items), _part(shapes, at), _part(values, at)) for at, items in columns)
    return _padded_leaf(elements, shapes, values)


def _part(given: Any, key: Any) -> Any:
    return given[key] if isinstance(given, (tuple, dict, list)) else given


def _padded_leaf(items: list[Any], shape: Any, value: Any) -> Any:
    axes = items[0].ndim
    wanted = [None] * axes if shape is None else [None if size in (-1, None) else int(size) for size in shape]
    if len(wanted) != axes:
        raise ValueError(f"padded_batch: `padded_shapes` says {brief(shape)}, but elements have {axes} axes.")
    longest = [max(item.shape[axis] for item in items) for axis in range(axes)]
    for axis, size in enumerate(wanted):
        if size is not None and size < longest[axis]:
            raise ValueError(
                f"padded_batch: an element has {longest[axis]} entries along axis {axis}, more than the {size} of "
                "`padded_shapes`. Cut the elements in a map before, or give a larger size or None."
            )
    full = [size if given is None else given for size, given in zip(longest, wanted)]
    text = isinstance(items[0], StringTensor)
    fill = StringTensor("" if value is None else value).numpy() if text else (0 if value is None else value)
    if text:
        array = np.full((len(items), *full), fill, dtype=object)
        out: Any = StringTensor.of(array)
    else:
        out = array = torch.full((len(items), *full), _plain(fill), dtype=items[0].dtype)  # type: ignore[assignment]
    for number, item in enumerate(items):
        place: Any = (number, *map(slice, item.shape))
        array[place] = np.asarray(item) if text else item
    return out


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, (Tensor, np.generic, np.ndarray)) else value


def ragged(elements: list[Any]) -> Any:
    """A batch in which rows keep their lengths: ``n`` elements ``(length, ...) -> (n, None, ...)``."""
    return _elements.combined(_ragged_leaf, elements)


def _ragged_leaf(items: list[Any]) -> Any:
    return RaggedTensor.from_rows(items) if len(items[0].shape) else _elements.stacked(items)


class Unbatched(Above):
    """The rows of each element, one after the other."""

    def __iter__(self) -> Iterator[Any]:
        for element in self.below:
            yield from _elements.unstacked(element)

    def cardinality(self) -> int:
        return 0 if self.below.cardinality() == 0 else UNKNOWN

    def spec(self) -> Any:
        return without_first(self.below.spec())


def windows(node: Node, size: int, shift: int, stride: int, drop_remainder: bool) -> Iterator[tuple[Any, Any]]:
    """Pairs ``(rows or None, block)``: where a node stands for rows of tensors, blocks of their numbers."""
    rows = node.rows if isinstance(node, Indexed) and hasattr(node.rows, "parts") else None
    blocks = node.index.blocks() if rows is not None and isinstance(node, Indexed) else node.blocks()
    return ((rows, block) for block in cut(blocks, size, shift, stride, drop_remainder))


def window_count(total: int, size: int, shift: int, stride: int, drop_remainder: bool) -> int:
    """How many windows `total` items make."""
    if total < 0:
        return total
    if not drop_remainder:
        return -(-total // shift)
    width = (size - 1) * stride + 1
    return 0 if total < width else (total - width) // shift + 1
