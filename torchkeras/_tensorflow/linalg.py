"""``tf.linalg``: products, norms, decompositions and diagonals of matrices (the last two axes)."""

from typing import Any

import torch

from torchkeras import ops
from torchkeras._tensorflow import _creation, _refused
from torchkeras._tensorflow._rows import own, own_op, publish, row
from torchkeras._tensorflow.math import _reductions
from torchkeras.ops._op import tensor, tensors

# Renames

cholesky = row(ops.cholesky, "input")
eye = _creation.eye
global_norm = _reductions.global_norm
l2_normalize = _reductions.l2_normalize
cross = row(ops.cross, "a b")
det = matrix_determinant = row(ops.det, "input")
inv = matrix_inverse = row(ops.inv, "input")
logdet = row(ops.logdet, "matrix")
matrix_rank = row(ops.matrix_rank, "a tol")
pinv = row(ops.pinv, "a rcond")
slogdet = row(ops.slogdet, "input")
solve = matrix_solve = row(ops.solve, "matrix rhs")
tensordot = row(ops.tensordot, "a b axes")
eigh = self_adjoint_eig = row(ops.eigh, "tensor")
eig = row(ops.eig, "tensor")

# Own


@own
def matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    adjoint_a: bool = False,
    adjoint_b: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    output_type: Any = None,
) -> Any:
    """The product of matrices, either of them transposed before: ``(…, n, k), (…, k, m) -> (…, n, m)``."""
    left = _turned(a, adjoint_a) if transpose_a or adjoint_a else a
    right = _turned(b, adjoint_b) if transpose_b or adjoint_b else b
    return ops.matmul(left, right)


def _turned(x: Any, conjugate: bool = False) -> Any:
    turned = ops.swapaxes(x, -1, -2)
    return ops.conj(turned) if conjugate else turned


@own
def matvec(a: Any, b: Any, transpose_a: bool = False) -> Any:
    """The product of matrices and vectors: ``(…, n, k), (…, k) -> (…, n)``."""
    return ops.squeeze(matmul(a, ops.expand_dims(b, -1), transpose_a), -1)


@own
def einsum(equation: str, *inputs: Any, optimize: Any = None) -> Any:
    """Einstein's sum."""
    return ops.einsum(equation, *inputs)


@own
def matrix_transpose(a: Any, conjugate: bool = False) -> Any:
    """The last two axes exchanged."""
    return _turned(a, conjugate)


@own
def adjoint(matrix: Any) -> Any:
    """The last two axes exchanged, and the complex conjugate."""
    return _turned(matrix, True)


@own
def norm(tensor: Any, ord: Any = "euclidean", axis: Any = None, keepdims: Any = None, keep_dims: Any = None) -> Any:
    """The norm of all elements, or of vectors (one axis) or matrices (two): `ord` is ``"euclidean"``, 1, 2, inf ..."""
    keep = bool(keep_dims if keepdims is None else keepdims)
    axis = tuple(axis) if isinstance(axis, list) else axis
    if ord in ("euclidean", "fro") or (ord == 2 and not isinstance(axis, tuple)):
        return ops.sqrt(ops.sum(ops.square(ops.absolute(tensor)), axis, keep))
    return ops.norm(ops.reshape(tensor, (-1,)) if axis is None else tensor, ord, axis, keep)


@own
def normalize(tensor: Any, ord: Any = "euclidean", axis: Any = None) -> Any:
    """`tensor` over its norm, and that norm."""
    size = norm(tensor, ord, axis, keepdims=True)
    return ops.divide(tensor, size), size


@own
def qr(input: Any, full_matrices: bool = False) -> Any:
    """The factors Q, with orthonormal columns, and R, upper triangular."""
    return ops.qr(input, "complete" if full_matrices else "reduced")


@own
def svd(tensor: Any, full_matrices: bool = False, compute_uv: bool = True) -> Any:
    """The singular values ``s``, then ``u`` and ``v``, such that the matrix is ``u @ diag(s) @ v^H``."""
    if not compute_uv:
        return ops.svd(tensor, full_matrices, False)
    u, s, v = ops.svd(tensor, full_matrices)
    return s, u, _turned(v, True)


@own_op
def eigvalsh(tensor: Any) -> Any:
    """The eigenvalues of symmetric (Hermitian) matrices."""
    return torch.linalg.eigvalsh(tensor)


@own_op
def lstsq(matrix: Any, rhs: Any, l2_regularizer: float = 0.0, fast: bool = True) -> Any:
    """The `x` for which ``matrix @ x`` is nearest to `rhs`, with a penalty on the square of `x`."""
    matrix, rhs = tensors((matrix, rhs))
    if not l2_regularizer:
        return torch.linalg.lstsq(matrix, rhs).solution
    gram = matrix.mT @ matrix + l2_regularizer * torch.eye(matrix.shape[-1], dtype=matrix.dtype, device=matrix.device)
    return torch.linalg.solve(gram, matrix.mT @ rhs)


@own_op
def triangular_solve(matrix: Any, rhs: Any, lower: bool = True, adjoint: bool = False) -> Any:
    """The `x` for which ``matrix @ x == rhs``, where the matrix is triangular."""
    matrix, rhs = tensors((matrix, rhs))
    return torch.linalg.solve_triangular(matrix.mH if adjoint else matrix, rhs, upper=lower == adjoint)


@own_op
def cholesky_solve(chol: Any, rhs: Any) -> Any:
    """The `x` for which ``chol @ chol^T @ x == rhs``."""
    chol, rhs = tensors((chol, rhs))
    return torch.cholesky_solve(rhs, chol)


@own_op
def expm(input: Any) -> Any:
    """The matrix exponential."""
    return torch.linalg.matrix_exp(tensor(input))


@own_op
def diag(diagonal: Any) -> Any:
    """Matrices with these diagonals: ``(…, n) -> (…, n, n)``."""
    return torch.diag_embed(tensor(diagonal))


@own_op
def diag_part(input: Any) -> Any:
    """The diagonals of matrices: ``(…, n, m) -> (…, min(n, m))``."""
    return torch.diagonal(tensor(input), dim1=-2, dim2=-1)


tensor_diag, tensor_diag_part = diag, diag_part


@own_op
def set_diag(input: Any, diagonal: Any) -> Any:
    """The matrices with other diagonals."""
    return torch.diagonal_scatter(tensor(input), tensor(diagonal), dim1=-2, dim2=-1)


@own_op
def band_part(input: Any, num_lower: Any, num_upper: Any) -> Any:
    """The matrices, 0 outside a band of so many diagonals below and above the main one; -1 keeps all of a side."""
    x = tensor(input)
    lower, upper = int(num_lower), int(num_upper)
    x = x if upper < 0 else torch.tril(x, upper)
    return x if lower < 0 else torch.triu(x, -lower)


@own
def trace(x: Any) -> Any:
    """The sum of the diagonal of each matrix."""
    return ops.trace(x, axis1=-2, axis2=-1)


publish(globals())
__getattr__ = _refused.lookup("tf.linalg", globals())
