"""Functions of the bits of integers; the arguments are named `x` and `y` here."""

import operator
from typing import Any

import torch
from torch import Tensor

from torchkeras.ops._op import Op, op, publish, tensor, tensors


def _bitwise(function: Op) -> Op:
    def compute(x: Any, y: Any) -> Tensor:
        return function(*tensors((x, y)))

    compute.__doc__ = f"``torch.{function.__name__}`` of each two integers: two shapes -> their broadcast shape."
    return op(compute)


# Renames

bitwise_and = _bitwise(torch.bitwise_and)
bitwise_left_shift = _bitwise(torch.bitwise_left_shift)
bitwise_or = _bitwise(torch.bitwise_or)
bitwise_right_shift = _bitwise(torch.bitwise_right_shift)
bitwise_xor = _bitwise(torch.bitwise_xor)
left_shift = bitwise_left_shift
right_shift = bitwise_right_shift

# Own


@op
def bitwise_invert(x: Any) -> Tensor:
    """Each bit flipped; the opposite of booleans."""
    return operator.invert(tensor(x))


bitwise_not = bitwise_invert


__all__ = publish(globals())
