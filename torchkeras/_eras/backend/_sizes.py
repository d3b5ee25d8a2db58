"""Shapes as Keras 2 gives and takes them: sizes may be numbers, tensors, or symbolic tensors for unknown ones."""

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras._dtypes import of, standardize_dtype
from torchkeras._probing import unknown_size
from torchkeras._structures import leaves
from torchkeras._symbolic import KerasTensor
from torchkeras._variable import Variable
from torchkeras.ops._op import convert, op, tensor


class Sizes(tuple[Any, ...]):
    """A shape that computes like the integer tensor which Keras 2 gives: ``K.shape(x)[1:3] * 32``.

    Known sizes are numbers, those of a symbolic tensor's unknown axes symbolic tensors.
    """

    __slots__ = ()

    def __getitem__(self, index: Any) -> Any:
        found = tuple.__getitem__(self, index)
        return Sizes(found) if isinstance(index, slice) else found


def _bind(name: str, function: Callable[[Any, Any], Any]) -> None:
    def compute(first: Callable[[Any, Any], Any], self: Sizes, other: Any) -> Any:
        if isinstance(other, (Tensor, KerasTensor, np.ndarray, Variable)) and other.ndim:
            return first(tensor(self), convert(other))
        others = other if isinstance(other, (tuple, list)) else [other] * len(self)
        if len(others) != len(self):
            raise ValueError(
                f"K.shape: {len(self)} sizes and {len(others)} do not go together: to join shapes, use `K.concatenate`,"
                " or `K.int_shape`, which gives plain tuples."
            )
        return Sizes(first(size, item) for size, item in zip(self, others, strict=True))

    setattr(Sizes, f"__{name}__", lambda self, other: compute(function, self, other))
    setattr(Sizes, f"__r{name}__", lambda self, other: compute(lambda a, b: function(b, a), self, other))


for _function in (operator.add, operator.sub, operator.mul, operator.floordiv, operator.truediv, operator.mod):
    _bind(_function.__name__, _function)


def shape(x: Any) -> Any:
    """The shape, to compute with: numbers, and symbolic tensors for the unknown sizes of a symbolic tensor.

    >>> shape(torch.zeros(2, 3, 4))[1:] * 2
    (6, 8)
    """
    if isinstance(x, KerasTensor):
        return Sizes(_size(x, axis) if size is None else size for axis, size in enumerate(x.shape))
    return Sizes(x.shape if hasattr(x, "shape") else np.shape(x))


@op
def _size(x: Any, axis: int) -> Tensor:
    """The size of one axis, as an integer tensor on the host, which mixes with tensors of every device."""
    device = "meta" if x.is_meta else "cpu"
    return torch.tensor(x.shape[axis], dtype=torch.int32, device=device)


def int_shape(x: Any) -> tuple[int | None, ...]:
    """The shape as a plain tuple, None for what a symbolic tensor does not know."""
    return tuple(x.shape if hasattr(x, "shape") else np.shape(x))


def ndim(x: Any) -> int:
    """The number of axes."""
    return x.ndim if hasattr(x, "ndim") else np.ndim(x)


def dtype(x: Any) -> str:
    """The dtype's name."""
    return standardize_dtype(of(x))


def count_params(x: Any) -> int:
    """The number of elements."""
    return math.prod(int_shape(x))  # type: ignore[arg-type]


def size(x: Any, name: str | None = None) -> Any:
    """The number of elements, as an integer tensor."""
    return _count(x)


@op
def _count(x: Any) -> Tensor:
    x = tensor(x)
    return torch.tensor(x.numel(), dtype=torch.int32, device="meta" if x.is_meta else "cpu")


def known(sizes: Any) -> bool:
    """Whether `sizes` is a sequence of plain numbers."""
    return isinstance(sizes, (tuple, list)) and all(isinstance(item, (int, np.integer)) for item in sizes)


def numbers(sizes: Any) -> tuple[int, ...]:
    """Any shape that Keras 2 takes as plain integers; the size that a tensor without values holds is unknown."""
    if known(sizes):
        return tuple(sizes)
    if isinstance(sizes, (int, np.integer)):
        return (int(sizes),)
    if isinstance(sizes, (Tensor, Variable)):
        sizes = list(sizes) if sizes.ndim else [sizes]
    return tuple(_number(item) for item in leaves(list(sizes)))


def _number(item: Any) -> int:
    if item is None:
        return unknown_size()
    if isinstance(item, Tensor) and item.is_meta:
        return unknown_size()
    return int(item)


def is_shape(items: Any) -> bool:
    """Whether all of `items` are numbers or sequences of numbers: the parts of a shape rather than tensors."""
    return all(isinstance(item, (int, np.integer)) or known(item) for item in items)


__all__ = ["count_params", "dtype", "int_shape", "ndim", "shape", "size"]
