"""``keras.ops.linalg``: linear algebra, over the last two axes."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras.ops._op import convert, floats, op, publish, tensors, unary

# Renames

det = unary(torch.linalg.det, floating=True)
inv = unary(torch.linalg.inv, floating=True)

# Own


@op
def cholesky(x: Any, upper: bool = False) -> Tensor:
    """The triangular factor of a positive definite matrix: ``x = l @ l^T``, or ``u^T @ u``."""
    try:
        return torch.linalg.cholesky(floats(x), upper=upper)
    except torch.linalg.LinAlgError as error:
        raise ValueError(f"cholesky: the matrix is not positive definite: {error}") from None


@op
def cholesky_inverse(x: Any, upper: bool = False) -> Tensor:
    """The inverse of a positive definite matrix, out of its triangular factor."""
    return torch.cholesky_inverse(floats(x), upper)


@op
def eig(x: Any) -> tuple[Tensor, Tensor]:
    """The eigenvalues and eigenvectors (columns), complex."""
    return tuple(torch.linalg.eig(floats(x)))


@op
def eigh(x: Any) -> tuple[Tensor, Tensor]:
    """The eigenvalues, ascending, and eigenvectors of a symmetric matrix."""
    return tuple(torch.linalg.eigh(floats(x)))


@op
def lu_factor(x: Any) -> tuple[Tensor, Tensor]:
    """The factors L and U in one matrix, and the row exchanges, counted from 0 (torch: from 1)."""
    factors, pivots = torch.linalg.lu_factor(floats(x))
    return factors, pivots - 1


@op
def lstsq(a: Any, b: Any, rcond: float | None = None) -> Tensor:
    """The `x` for which ``|a @ x - b|`` is least; of several the shortest."""
    a, b = tensors((a, b), floating=True)
    column = b.ndim == a.ndim - 1
    found = torch.linalg.pinv(a, rtol=rcond) @ (b.unsqueeze(-1) if column else b)
    return found.squeeze(-1) if column else found


@op
def matrix_rank(x: Any, tol: float | None = None) -> Tensor:
    """How many singular values are larger than `tol`."""
    return torch.linalg.matrix_rank(floats(x), atol=tol, rtol=None if tol is None else 0.0).to(torch.int32)


@op
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The norm of the vectors along one `axis` or the matrices along two; of all elements by default.

    Args:
        x: a tensor.
        ord: None, ``"fro"``, ``"nuc"``, an integer or ``inf``, as NumPy has them.
        axis: an integer, two integers, or None.
        keepdims: whether the axes stay, with size 1.
    """
    x = floats(x)
    axes = tuple(range(x.ndim)) if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
    if ord is None:  # of two axes this is Frobenius' norm
        return torch.linalg.vector_norm(x, 2, axes if axes else None, keepdims)
    if len(axes) == 1 and not isinstance(ord, str):
        return torch.linalg.vector_norm(x, ord, axes, keepdims)
    return torch.linalg.matrix_norm(x, ord, axes, keepdims)


@op
def pinv(x: Any, rcond: float | None = None) -> Tensor:
    """The pseudo-inverse; singular values up to `rcond` times the largest count as 0."""
    return torch.linalg.pinv(floats(x), rtol=rcond)


@op
def qr(x: Any, mode: str = "reduced") -> tuple[Tensor, Tensor]:
    """The factors Q (orthonormal columns) and R (upper triangular)."""
    if mode not in ("reduced", "complete"):
        raise ValueError(f"qr: unknown mode {mode!r}. Expected one of {{'reduced', 'complete'}}.")
    return tuple(torch.linalg.qr(floats(x), mode))


@op
def solve(a: Any, b: Any) -> Tensor:
    """The `x` with ``a @ x = b``; `b` is a matrix, or a vector."""
    a, b = tensors((a, b), floating=True)
    return torch.linalg.solve(a, b) if b.ndim == a.ndim else torch.linalg.solve(a, b.unsqueeze(-1)).squeeze(-1)


@op
def solve_triangular(a: Any, b: Any, lower: bool = False) -> Tensor:
    """:func:`solve` for a triangular matrix."""
    a, b = tensors((a, b), floating=True)
    column = b.ndim == a.ndim - 1
    found = torch.linalg.solve_triangular(a, b.unsqueeze(-1) if column else b, upper=not lower)
    return found.squeeze(-1) if column else found


@op
def svd(x: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """``u, s, vh`` with ``x = u @ diag(s) @ vh``, or only the singular values."""
    x = floats(x)
    return tuple(torch.linalg.svd(x, full_matrices)) if compute_uv else torch.linalg.svdvals(x)


@op
def jvp(fun: Callable[..., Any], primals: Any, tangents: Any, has_aux: bool = False) -> Any:
    """The value of `fun` at `primals`, and its derivative in the direction `tangents` (forward mode)."""
    primals, tangents = (tuple(convert(item) for item in group) for group in (primals, tangents))
    return torch.func.jvp(fun, primals, tangents, has_aux=has_aux)


publish(globals())
