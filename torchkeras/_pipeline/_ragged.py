"""Rows of different lengths, end to end in one tensor."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras._pipeline._plain import from_plain
from torchkeras._strings import StringTensor


class RaggedTensor:
    """Rows of different lengths: ``(rows, None, ...)``.

    Args:
        values: the rows end to end: a tensor, text, or again a ragged tensor.
        row_splits: where each row begins in them, and the end: ``rows + 1`` integers.
    """

    def __init__(self, values: Any, row_splits: Any) -> None:
        self.values = values if isinstance(values, RaggedTensor) else from_plain(values)
        self.row_splits = torch.as_tensor(row_splits, dtype=torch.int64)

    @classmethod
    def from_row_lengths(cls, values: Any, row_lengths: Any) -> "RaggedTensor":
        """From the rows end to end and the length of each."""
        lengths = torch.as_tensor(row_lengths, dtype=torch.int64).reshape(-1)
        return cls(values, torch.cat([torch.zeros(1, dtype=torch.int64), lengths.cumsum(0)]))

    @classmethod
    def from_row_splits(cls, values: Any, row_splits: Any) -> "RaggedTensor":
        """From the rows end to end and where each begins."""
        return cls(values, row_splits)

    @classmethod
    def from_rows(cls, rows: list[Any]) -> "RaggedTensor":
        """From tensors, texts or ragged tensors, one a row."""
        lengths = [len(row) for row in rows]
        return cls.from_row_lengths(joined(rows), lengths)

    @property
    def dtype(self) -> Any:
        """The dtype of the values."""
        return self.values.dtype

    @property
    def flat_values(self) -> Any:
        """The values of the innermost rows."""
        return self.values.flat_values if isinstance(self.values, RaggedTensor) else self.values

    @property
    def ragged_rank(self) -> int:
        """How many axes are ragged."""
        return 1 + (self.values.ragged_rank if isinstance(self.values, RaggedTensor) else 0)

    @property
    def shape(self) -> tuple[int | None, ...]:
        """``(rows, None, ...)``."""
        return (len(self), None, *self.values.shape[1:])

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return len(self.shape)

    def nrows(self) -> Tensor:
        """The number of rows."""
        return torch.tensor(len(self))

    def row_lengths(self, axis: int = 1) -> Tensor:
        """The length of each row."""
        if axis != 1:
            raise ValueError(f"RaggedTensor.row_lengths: only axis 1 is known, got axis={axis}.")
        return self.row_splits.diff()

    def row_starts(self) -> Tensor:
        """Where each row begins in the values."""
        return self.row_splits[:-1]

    def bounding_shape(self) -> Tensor:
        """The shape of :meth:`to_tensor`."""
        return torch.tensor(tuple(self.to_tensor().shape))

    def to_tensor(self, default_value: Any = None, shape: Any = None) -> Any:
        """The rows padded at their ends: ``(rows, longest, ...)``.

        Args:
            default_value: what to pad with; 0 or an empty text by default.
            shape: the shape wanted, None for what an axis needs; longer rows are cut.
        """
        inner = tuple(shape)[2:] if shape is not None else ()
        rows = list(self)
        if isinstance(self.values, RaggedTensor):
            inner_width = max((int(row.row_lengths().max()) for row in rows if len(row)), default=0)
            inner_shape = (None, inner[0] if inner and inner[0] is not None else inner_width, *inner[1:])
            rows = [row.to_tensor(default_value, inner_shape) for row in rows]
        width = int(self.row_lengths().max()) if len(self) else 0
        count = len(self)
        if shape is not None:
            count = count if shape[0] is None else shape[0]
            width = width if shape[1] is None else shape[1]
        return _padded(rows, count, width, default_value, self.flat_values)

    def to_list(self) -> list[Any]:
        """Nested Python lists."""
        return [row.to_list() if isinstance(row, RaggedTensor) else row.tolist() for row in self]

    def numpy(self) -> np.ndarray:
        """An object array of the rows' arrays."""
        out = np.empty(len(self), dtype=object)
        for place, row in enumerate(self):
            out[place] = row.numpy()
        return out

    def with_values(self, values: Any) -> "RaggedTensor":
        """The same rows of other values."""
        return RaggedTensor(values, self.row_splits)

    def map_values(self, function: Callable[[Any], Any]) -> "RaggedTensor":
        """With `function` applied to the innermost values."""
        nested = isinstance(self.values, RaggedTensor)
        return self.with_values(self.values.map_values(function) if nested else function(self.values))

    def __len__(self) -> int:
        return len(self.row_splits) - 1

    def __iter__(self) -> Iterator[Any]:
        bounds = self.row_splits.tolist()
        return (self.values[start:end] for start, end in itertools.pairwise(bounds))

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, tuple):
            row, *others = index
            picked = self[row]
            return picked[tuple(others)] if isinstance(row, int) else _each(picked, tuple(others))
        if isinstance(index, (int, np.integer)) or (isinstance(index, Tensor) and not index.ndim):
            at = range(len(self))[int(index)]
            return self.values[int(self.row_splits[at]) : int(self.row_splits[at + 1])]
        numbers = torch.arange(len(self))[index].tolist()
        if not numbers:
            return RaggedTensor(self.values[:0], [0])
        return RaggedTensor.from_rows([self[number] for number in numbers])

    def __repr__(self) -> str:
        return f"<tf.RaggedTensor {self.to_list()}>"


def _arithmetic(name: str) -> Any:
    def method(self: RaggedTensor, other: Any) -> RaggedTensor:
        other = other.flat_values if isinstance(other, RaggedTensor) else other
        return self.map_values(lambda values: getattr(values, name)(other))

    method.__name__ = name
    return method


for _name in ("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "pow", "lt", "le", "gt", "ge"):
    setattr(RaggedTensor, f"__{_name}__", _arithmetic(f"__{_name}__"))


def _each(rows: RaggedTensor, index: tuple[Any, ...]) -> Any:
    """The same place, or places, of each row."""
    picked = [row[index] for row in rows]
    if isinstance(index[0], slice):
        return RaggedTensor.from_rows(picked)
    return torch.stack(picked) if isinstance(picked[0], Tensor) else StringTensor([row.numpy() for row in picked])


def joined(rows: list[Any]) -> Any:
    """Tensors, texts or ragged tensors end to end along their first axis."""
    if isinstance(rows[0], RaggedTensor):
        lengths = torch.cat([row.row_lengths() for row in rows])
        return RaggedTensor.from_row_lengths(joined([row.values for row in rows]), lengths)
    if isinstance(rows[0], StringTensor):
        return StringTensor.of(np.concatenate([np.asarray(row) for row in rows]))
    return torch.cat(rows)


def _padded(rows: list[Any], count: int, width: int, default: Any, like: Any) -> Any:
    """``(count, width, ...)``, the rows at its start."""
    rows = [row[:width] for row in rows[:count]]
    rest = tuple(rows[0].shape[1:]) if rows else tuple(like.shape[1:])
    if isinstance(like, StringTensor):
        text = StringTensor("" if default is None else default).numpy()
        array = np.full((count, width, *rest), text, dtype=object)
        for place, row in enumerate(rows):
            array[place, : len(row)] = np.asarray(row)
        return StringTensor.of(array)
    out = torch.full((count, width, *rest), 0 if default is None else default, dtype=like.dtype)
    for place, row in enumerate(rows):
        out[place, : len(row)] = row
    return out
