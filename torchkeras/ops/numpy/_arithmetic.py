"""Functions of each two elements."""

import operator
from typing import Any

import torch
from torch import Tensor

from torchkeras.ops._op import binary, joined, op, publish, tensor, tensors

# Renames (Python's operators take a number on either side, as torch's functions do not)

add = binary(operator.add, numbers=True)
subtract = binary(operator.sub, numbers=True)
multiply = binary(operator.mul, numbers=True)
divide = binary(operator.truediv, floating=True, numbers=True)
arctan2 = binary(torch.atan2, floating=True)
fmax = binary(torch.fmax)
fmin = binary(torch.fmin)
gcd = binary(torch.gcd)
hypot = binary(torch.hypot, floating=True)
lcm = binary(torch.lcm)
logaddexp = binary(torch.logaddexp, floating=True)
logaddexp2 = binary(torch.logaddexp2, floating=True)
maximum = binary(torch.maximum)
minimum = binary(torch.minimum)
nextafter = binary(torch.nextafter, floating=True)
power = binary(operator.pow, numbers=True)
true_divide = binary(operator.truediv, floating=True, numbers=True)

# Own


def _without_bools(x1: Any, x2: Any) -> tuple[Tensor, ...]:
    """`tensors`, with two booleans read as int32: torch cannot divide booleans."""
    x1, x2 = tensors((x1, x2))
    return (x1.int(), x2.int()) if x1.dtype == torch.bool else (x1, x2)


@op
def divide_no_nan(x1: Any, x2: Any) -> Tensor:
    """``x1 / x2``, and 0 where `x2` is 0 (also for the gradient)."""
    x1, x2 = tensors((x1, x2), floating=True)
    zero = x2 == 0
    return torch.where(zero, 0.0, x1 / torch.where(zero, 1.0, x2)).to(x1.dtype)


@op
def floor_divide(x1: Any, x2: Any) -> Tensor:
    """The quotient rounded towards minus infinity."""
    return torch.floor_divide(*_without_bools(x1, x2))


@op
def fmod(x1: Any, x2: Any) -> Tensor:
    """The remainder with the sign of `x1`."""
    return torch.fmod(*_without_bools(x1, x2))


@op
def mod(x1: Any, x2: Any) -> Tensor:
    """The remainder with the sign of `x2`."""
    return torch.remainder(*_without_bools(x1, x2))


@op
def ldexp(x1: Any, x2: Any) -> Tensor:
    """``x1 * 2 ** x2``; `x2` is of an integer dtype."""
    x1, x2 = tensor(x1), tensor(x2)
    if x2.dtype.is_floating_point:
        raise TypeError(f"ldexp: `x2` must be of an integer dtype, got {x2.dtype}.")
    dtype = joined(x1.dtype, x2.dtype, float)
    return torch.ldexp(x1.to(dtype), x2.int() if x2.dtype == torch.bool else x2)


publish(globals())
