"""Tensors of which only some entries are not zero."""

from typing import Any

import torch
from torch import Tensor

from torchkeras._pipeline._plain import from_plain
from torchkeras._pipeline._ragged import RaggedTensor, joined
from torchkeras._strings import StringTensor


class SparseTensor:
    """The entries that are not zero, by their places.

    Args:
        indices: ``(entries, axes)`` integers.
        values: ``(entries,)`` numbers or text.
        dense_shape: the sizes of the axes.
    """

    def __init__(self, indices: Any, values: Any, dense_shape: Any) -> None:
        self.dense_shape = torch.as_tensor([int(size) for size in dense_shape])
        self.values = from_plain(values)
        self.indices = torch.as_tensor(indices, dtype=torch.int64).reshape(-1, len(self.dense_shape))

    @classmethod
    def stacked(cls, items: list["SparseTensor"]) -> "SparseTensor":
        """Several of as many axes under a new first one, as large as the largest."""
        shape = [max(sizes) for sizes in zip(*(item.shape for item in items))]
        places = [
            torch.cat([torch.full((len(item.indices), 1), number), item.indices], 1)
            for number, item in enumerate(items)
        ]
        return cls(torch.cat(places), joined([item.values for item in items]), (len(items), *shape))

    @property
    def shape(self) -> torch.Size:
        """The sizes of the axes."""
        return torch.Size(self.dense_shape.tolist())

    @property
    def dtype(self) -> Any:
        """The dtype of the values."""
        return self.values.dtype

    def to_dense(self, default_value: Any = None) -> Any:
        """All entries."""
        if isinstance(self.values, StringTensor):
            fill = b"" if default_value is None else StringTensor(default_value).numpy()
            array = StringTensor([fill] * max(1, self.shape.numel())).numpy()[: self.shape.numel()].reshape(self.shape)
            for place, value in zip(self.indices.tolist(), self.values.numpy()):
                array[tuple(place)] = value
            return StringTensor.of(array)
        fill = 0 if default_value is None else default_value
        out = torch.full(self.shape, fill, dtype=self.values.dtype)
        out[tuple(self.indices.T)] = self.values
        return out

    def to_torch(self) -> Tensor:
        """The same as torch's own sparse tensor."""
        values: Any = self.values
        return torch.sparse_coo_tensor(self.indices.T, values, self.shape, check_invariants=True)

    def to_ragged(self) -> RaggedTensor:
        """The rows of a matrix, without what is not there."""
        counts = torch.bincount(self.indices[:, 0], minlength=self.shape[0])
        return RaggedTensor.from_row_lengths(self.values, counts)

    def __repr__(self) -> str:
        return (
            f"SparseTensor(indices={self.indices.tolist()}, values={self.values.tolist()}, shape={tuple(self.shape)})"
        )
