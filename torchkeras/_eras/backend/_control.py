"""Choices and loops."""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras import ops
from torchkeras._eras.backend._phase import in_train_phase, symbol
from torchkeras._eras.backend._steps import slices, stacked
from torchkeras._structures import map_leaves
from torchkeras._symbolic import KerasTensor
from torchkeras.ops._op import convert, op, tensor


def switch(condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """The one or the other, for each element of `condition` or, if that is one truth value, as a whole.

    Args:
        condition: a truth value, or a tensor of them with the leading axes of the expressions.
        then_expression: a tensor, or a function that makes it.
        else_expression: likewise, of the same shape.
    """
    if condition is symbol():
        return in_train_phase(then_expression, else_expression)
    whole = not isinstance(condition, KerasTensor) and getattr(condition, "ndim", 0) == 0
    if whole and (callable(then_expression) or isinstance(condition, (bool, int))):
        chosen = then_expression if _holds(condition) else else_expression
        return convert(chosen() if callable(chosen) else chosen)
    then, other = (item() if callable(item) else item for item in (then_expression, else_expression))
    return _where(condition, then, other)


def _holds(condition: Any) -> bool:
    """Of a tensor that only stands for a shape: yes, as both expressions have the same."""
    return True if isinstance(condition, Tensor) and condition.is_meta else bool(condition)


@op
def _where(condition: Any, then: Any, other: Any) -> Tensor:
    condition, then, other = tensor(condition).bool(), tensor(then), tensor(other)
    missing = max(then.ndim, other.ndim) - condition.ndim
    if condition.ndim and missing > 0:
        condition = condition.reshape(*condition.shape, *[1] * missing)
    return torch.where(condition, then, other)


@op
def map_fn(fn: Callable[[Any], Any], elems: Any, name: str | None = None, dtype: Any = None) -> Any:
    """`fn` of each slice of `elems` along axis 0, stacked; of several tensors, `fn` of their slices."""
    return _cast(stacked([fn(item) for item in slices(elems)]), dtype)


def _cast(value: Any, dtype: Any) -> Any:
    return value if dtype is None else map_leaves(lambda leaf: ops.cast(leaf, dtype), value)


@op
def foldl(fn: Callable[[Any, Any], Any], elems: Any, initializer: Any = None, name: str | None = None) -> Any:
    """``fn(... fn(fn(initializer, first), second) ..., last)`` over the slices along axis 0."""
    return _folded(fn, slices(elems), initializer)


@op
def foldr(fn: Callable[[Any, Any], Any], elems: Any, initializer: Any = None, name: str | None = None) -> Any:
    """:func:`foldl` from the last slice to the first."""
    return _folded(fn, slices(elems)[::-1], initializer)


def _folded(fn: Callable[[Any, Any], Any], items: list[Any], value: Any) -> Any:
    if value is None:
        value, items = items[0], items[1:]
    for item in items:
        value = fn(value, item)
    return value


@op
def print_tensor(x: Any, message: str = "", summarize: int = 3) -> Any:
    """`x` itself, after it was printed to the standard error, of long axes the first and last `summarize` items."""
    x = tensor(x)
    if not x.is_meta:
        edge = sys.maxsize if summarize == -1 else summarize
        array = x.detach().float().cpu().numpy() if x.dtype == torch.bfloat16 else x.detach().cpu().numpy()
        print(message, np.array2string(array, edgeitems=edge, threshold=min(2 * edge, sys.maxsize)), file=sys.stderr)
    return x


__all__ = ["foldl", "foldr", "map_fn", "print_tensor", "switch"]
