"""Products of tensors."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from torchkeras.ops._op import Op, binary, floats, op, publish, tensors

# Renames


def _in_numbers(function: Op, x1: Tensor, x2: Tensor) -> Tensor:
    """`function`, booleans being computed as integers, which torch does not do."""
    if x1.dtype == torch.bool:
        return function(x1.int(), x2.int()).bool()
    return function(x1, x2)


def _matmul(x1: Tensor, x2: Tensor) -> Tensor:
    return torch.matmul(x1, x2) if x1.dtype.is_floating_point else _in_numbers(torch.matmul, x1, x2)


matmul = binary(_matmul)
matmul.__doc__ = "The matrix product over the last two axes, earlier axes broadcasting."
kron = binary(torch.kron)

# Own


@op
def dot(x1: Any, x2: Any) -> Tensor:
    """The sum over the last axis of `x1` and the last but one of `x2`: ``(..., k), (..., k, n) -> (..., ..., n)``."""
    x1, x2 = tensors((x1, x2))
    if x1.ndim == 0 or x2.ndim == 0:
        return torch.mul(x1, x2)
    if x2.ndim <= 2:
        return _matmul(x1, x2)
    return _in_numbers(lambda a, b: torch.tensordot(a, b, dims=([-1], [-2])), x1, x2)


@op
def einsum(subscripts: str, *operands: Any, **kwargs: Any) -> Tensor:
    """Einstein's summation: ``einsum("bi,ij->bj", x, w)``."""
    items = tensors(operands)
    if items[0].dtype == torch.bool:
        return torch.einsum(subscripts, *[item.int() for item in items]).bool()
    return torch.einsum(subscripts, *items)


@op
def inner(x1: Any, x2: Any) -> Tensor:
    """The sum of products over the last axes of both."""
    return _in_numbers(torch.inner, *tensors((x1, x2)))


@op
def outer(x1: Any, x2: Any) -> Tensor:
    """The product of each element of `x1` with each of `x2`, both flattened: ``(n), (m) -> (n, m)``."""
    x1, x2 = tensors((x1, x2))
    return torch.outer(x1.reshape(-1), x2.reshape(-1))


@op
def vdot(x1: Any, x2: Any) -> Tensor:
    """The sum of the products of all elements, complex ones of `x1` conjugated."""
    x1, x2 = tensors((x1, x2))
    return _in_numbers(torch.vdot, x1.reshape(-1), x2.reshape(-1))


@op
def tensordot(x1: Any, x2: Any, axes: Any = 2) -> Tensor:
    """The sum of products over `axes`: the last so many of `x1` and first of `x2`, or one list for each."""
    x1, x2 = tensors((x1, x2))
    if not isinstance(axes, int):
        axes = [[part] if isinstance(part, int) else list(part) for part in axes]
    return _in_numbers(lambda a, b: torch.tensordot(a, b, dims=axes), x1, x2)


@op
def cross(x1: Any, x2: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Tensor:
    """The vector product of vectors of 2 or 3 elements along `axisa` and `axisb`; the result's along `axisc`."""
    if axis is not None:
        axisa = axisb = axisc = axis
    x1, x2 = tensors((x1, x2))
    x1, x2 = torch.movedim(x1, axisa, -1), torch.movedim(x2, axisb, -1)
    _check_vectors(x1.shape, x2.shape)
    flat = x1.shape[-1] == x2.shape[-1] == 2
    x1, x2 = (torch.nn.functional.pad(x, (0, 3 - x.shape[-1])) for x in (x1, x2))
    x1, x2 = torch.broadcast_tensors(x1, x2)
    found = torch.linalg.cross(x1, x2)
    return found[..., 2] if flat else torch.movedim(found, -1, axisc)


def _check_vectors(first: Sequence[int], second: Sequence[int]) -> None:
    if first[-1] not in (2, 3) or second[-1] not in (2, 3):
        raise ValueError(f"cross: vectors have 2 or 3 elements, got shapes {tuple(first)} and {tuple(second)}.")


@op
def slogdet(x: Any) -> tuple[Tensor, Tensor]:
    """The sign of the determinant, and the logarithm of its absolute value."""
    return tuple(torch.linalg.slogdet(floats(x)))


publish(globals())
