"""Sparse matrices as data: rows become dense batch by batch, the whole never does."""

from typing import Any

import torch
from torch import Tensor

from torchkeras._data._convert import to_tensor
from torchkeras._strings import StringTensor


class SparseRows:
    """The rows of a ``scipy.sparse`` matrix or of a sparse torch tensor.

    Args:
        matrix: the rows, in any sparse format.
        name: what the argument was called, for messages.

    Attributes:
        shape: ``(rows, ...)``.
    """

    def __init__(self, matrix: Any, name: str = "x") -> None:
        # formats in which picking rows is quick
        self.matrix = matrix.to_sparse_coo().coalesce() if isinstance(matrix, Tensor) else matrix.tocsr()
        self.name = name
        self.shape = tuple(matrix.shape)

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def __getitem__(self, rows: slice) -> "SparseRows":
        if isinstance(self.matrix, Tensor):
            return SparseRows(self.matrix.index_select(0, self._numbers(rows)), self.name)
        return SparseRows(self.matrix[rows], self.name)

    def take(self, rows: slice | Tensor) -> Tensor:
        """These rows, dense, in ``floatx()``."""
        if isinstance(self.matrix, Tensor):
            return to_tensor(self.matrix.index_select(0, self._numbers(rows)).to_dense(), self.name)  # type: ignore[return-value]
        picked = self.matrix[rows if isinstance(rows, slice) else rows.cpu().numpy()]
        return to_tensor(picked.toarray(), self.name)  # type: ignore[return-value]

    def _numbers(self, rows: slice | Tensor) -> Tensor:
        device = self.matrix.device
        return torch.arange(self.shape[0], device=device)[rows] if isinstance(rows, slice) else rows.to(device)


def is_sparse(value: Any) -> bool:
    """Whether `value` is a sparse matrix."""
    if isinstance(value, Tensor):
        return value.layout is not torch.strided
    return hasattr(value, "tocsr") and hasattr(value, "toarray")


def to_rows(value: Any, name: str) -> Any:
    """One leaf of the data: a tensor, or rows that stay sparse until they are wanted."""
    if isinstance(value, SparseRows):
        return value
    return SparseRows(value, name) if is_sparse(value) else to_tensor(value, name)


ROWS = (Tensor, SparseRows, StringTensor)  # what has rows
