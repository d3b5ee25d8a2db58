"""Functions of the bits of integers; the arguments are named `x` and `y` here."""

from typing import Any

import torch
from torch import Tensor

from torchkeras.ops._op import Op, op, publish, tensors, unary


def _bitwise(function: Op) -> Op:
    def compute(x: Any, y: Any) -> Tensor:
        return function(*tensors((x, y)))

    compute.__doc__ = f"``torch.{function.__name__}`` of each two integers: two shapes -> their broadcast shape."
    return op(compute)


# Renames

bitwise_and = _bitwise(torch.bitwise_and)
bitwise_invert = unary(torch.bitwise_not)
bitwise_left_shift = _bitwise(torch.bitwise_left_shift)
bitwise_not = unary(torch.bitwise_not)
bitwise_or = _bitwise(torch.bitwise_or)
bitwise_right_shift = _bitwise(torch.bitwise_right_shift)
bitwise_xor = _bitwise(torch.bitwise_xor)
left_shift = _bitwise(torch.bitwise_left_shift)
right_shift = _bitwise(torch.bitwise_right_shift)


publish(globals())
