"""Elements of a data set: structures of tensors, and rows, batches and calls of them."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras._errors import brief
from torchkeras._pipeline._plain import from_plain
from torchkeras._pipeline._ragged import RaggedTensor
from torchkeras._pipeline._sparse import SparseTensor
from torchkeras._strings import StringTensor
from torchkeras._structures import leaves, map_leaves

LEAVES = (Tensor, StringTensor, RaggedTensor, SparseTensor)


def is_dataset(value: Any) -> bool:
    """Whether `value` is a data set: within another one, say."""
    return hasattr(type(value), "element_spec")


def as_element(value: Any) -> Any:
    """`value` with every leaf a tensor; a list is one tensor, tuples and dicts are structures.

    Raises:
        ValueError: rows of different lengths, objects that are no numbers.
    """
    if isinstance(value, LEAVES) or value is None or is_dataset(value):
        return value
    if isinstance(value, dict):
        return {key: as_element(item) for key, item in value.items()}
    if isinstance(value, tuple):
        items = [as_element(item) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    if hasattr(value, "columns") and hasattr(value, "to_dict"):
        return as_tensor(value.to_numpy())
    return as_tensor(value)


def as_tensor(value: Any) -> Any:
    """One leaf: numbers of Python are ``int32`` and ``float32``, those of arrays keep their dtype."""
    if isinstance(value, (RaggedTensor, SparseTensor)):
        return value
    if hasattr(value, "value") and isinstance(value.value, Tensor):  # a Variable
        return value.value.detach()
    return from_plain(value)


def call(function: Callable[..., Any], element: Any) -> Any:
    """What `function` makes of an element; a tuple is taken apart into its arguments."""
    with torch.no_grad():
        if isinstance(element, tuple) and not hasattr(element, "_fields"):
            return function(*element)
        return function(element)


def rows(element: Any, what: str = "from_tensor_slices") -> int:
    """The common size of the first axes.

    Raises:
        ValueError: nothing there, a single number, or sizes that differ.
    """
    sizes = []
    for leaf in leaves(element):
        if leaf is None:
            continue
        if not len(leaf.shape):
            raise ValueError(f"{what}: expected tensors with a first axis to cut along, got a single value {leaf!r}.")
        sizes.append(len(leaf))
    if not sizes:
        raise ValueError(f"{what}: expected at least one tensor, got {brief(element)}.")
    if len(set(sizes)) > 1:
        raise ValueError(f"{what}: all tensors must have as many rows, got {', '.join(map(str, sizes))}.")
    return sizes[0]


def unstacked(element: Any) -> Iterator[Any]:
    """The rows of an element, one after the other."""
    if isinstance(element, Tensor):
        return iter(element.unbind(0)) if element.ndim else iter([])
    if isinstance(element, dict):
        parts = {key: unstacked(item) for key, item in element.items()}
        return (dict(zip(parts, row)) for row in zip(*parts.values()))
    if isinstance(element, tuple):
        made: Any = getattr(element, "_make", tuple)
        return (made(row) for row in zip(*map(unstacked, element)))
    return iter(element)


def combined(function: Callable[[list[Any]], Any], elements: list[Any]) -> Any:
    """One element of many of the same structure: `function` joins what stands in the same place."""
    first = elements[0]
    if isinstance(first, dict):
        return {key: combined(function, [element[key] for element in elements]) for key in first}
    if isinstance(first, tuple):
        items = [combined(function, list(items)) for items in zip(*elements)]
        return type(first)(*items) if hasattr(first, "_fields") else tuple(items)
    return function(elements)


def stacked(elements: list[Any]) -> Any:
    """A batch: ``n`` elements ``(...) -> (n, ...)``.

    Raises:
        ValueError: the shapes of two elements differ.
    """
    return combined(_stacked_leaf, elements)


def _stacked_leaf(items: list[Any]) -> Any:
    first = items[0]
    if first is None:
        return None
    if isinstance(first, RaggedTensor):
        return RaggedTensor.from_rows(items)
    if isinstance(first, SparseTensor):
        return SparseTensor.stacked(items)
    if not isinstance(first, LEAVES):
        raise TypeError(f"batch: expected tensors, got elements of {type(first).__name__}; flat_map joins data sets.")
    for number, item in enumerate(items):
        if item.shape != first.shape:
            raise ValueError(
                f"batch: elements of different shapes make no batch: the first is {tuple(first.shape)}, "
                f"number {number} is {tuple(item.shape)}. Use padded_batch, ragged_batch, or a map before."
            )
    if isinstance(first, StringTensor):
        return StringTensor.of(np.stack([np.asarray(item) for item in items]))
    return torch.stack(items)


def as_numpy(element: Any) -> Any:
    """The element with NumPy arrays, scalars and bytes for tensors."""
    return map_leaves(_as_numpy_leaf, element)


def _as_numpy_leaf(leaf: Any) -> Any:
    if isinstance(leaf, Tensor):
        array = leaf.detach().cpu().numpy()
        return array if array.ndim else array[()]
    return leaf.numpy() if isinstance(leaf, (StringTensor, RaggedTensor)) else leaf
