"""Comparisons and logic: boolean results."""

import operator
from typing import Any

import torch
from torch import Tensor

from torchkeras.ops._op import Op, binary, op, publish, tensor, tensors

# Renames

equal = binary(operator.eq, numbers=True)
greater = binary(operator.gt, numbers=True)
greater_equal = binary(operator.ge, numbers=True)
less = binary(operator.lt, numbers=True)
less_equal = binary(operator.le, numbers=True)
not_equal = binary(operator.ne, numbers=True)

# Own (torch's logic keeps the dtype of numbers apart; Keras reads them all as booleans)


def _logical(function: Op) -> Op:
    def compute(x1: Any, x2: Any) -> Tensor:
        return function(tensor(x1).bool(), tensor(x2).bool())

    compute.__doc__ = f"``torch.{function.__name__}``, every number but 0 being true."
    return op(compute)


logical_and = _logical(torch.logical_and)
logical_or = _logical(torch.logical_or)
logical_xor = _logical(torch.logical_xor)


@op
def logical_not(x: Any) -> Tensor:
    """The opposite of each element, every number but 0 being true."""
    return torch.logical_not(tensor(x))


@op
def isclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Tensor:
    """Whether each two elements differ by at most ``atol + rtol * |x2|``."""
    x1, x2 = tensors((x1, x2))
    return torch.isclose(x1, x2, rtol, atol, equal_nan)


@op
def allclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Tensor:
    """Whether all elements are close, as :func:`isclose` has it: a boolean scalar, left on the device."""
    x1, x2 = tensors((x1, x2))
    return torch.isclose(x1, x2, rtol, atol, equal_nan).all()


@op
def isin(x1: Any, x2: Any, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Whether each element of `x1` is among the elements of `x2`."""
    x1, x2 = tensors((x1, x2))
    if x1.dtype == torch.bool:
        x1, x2 = x1.int(), x2.int()
    return torch.isin(x1, x2, assume_unique=assume_unique, invert=invert)


publish(globals())
