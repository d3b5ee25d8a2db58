"""Diagonals and triangles of matrices."""

from typing import Any

import torch
from torch import Tensor

from torchkeras import _settings
from torchkeras._dtypes import to_torch_dtype
from torchkeras.ops._op import op, publish, tensor

# Own


@op
def diag(x: Any, k: int = 0) -> Tensor:
    """The `k`-th diagonal of a matrix, or the matrix with the vector `x` on it."""
    return torch.diag(tensor(x), k)


@op
def diagflat(x: Any, k: int = 0) -> Tensor:
    """The matrix with all elements of `x` on its `k`-th diagonal."""
    return torch.diagflat(tensor(x), k)


@op
def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The diagonals over two axes, as the last axis."""
    return torch.diagonal(tensor(x), offset, axis1, axis2)


@op
def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The sums of the diagonals over two axes."""
    x = torch.diagonal(tensor(x), offset, axis1, axis2)
    narrow = x.dtype in (torch.bool, torch.uint8, torch.int8, torch.int16)
    return torch.sum(x, -1, dtype=torch.int32 if narrow else x.dtype)


@op
def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Tensor:
    """Ones at and below the `k`-th diagonal of an ``(N, M)`` matrix, zeros above."""
    ones = torch.ones(N, N if M is None else M, dtype=to_torch_dtype(dtype), device=_settings.device())
    return torch.tril(ones, k)


@op
def tril(x: Any, k: int = 0) -> Tensor:
    """`x` with zeros above the `k`-th diagonal of the last two axes."""
    return torch.tril(tensor(x), k)


@op
def triu(x: Any, k: int = 0) -> Tensor:
    """`x` with zeros below the `k`-th diagonal of the last two axes."""
    return torch.triu(tensor(x), k)


publish(globals())
