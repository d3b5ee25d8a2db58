"""``tf.ragged``: rows of different lengths."""

from collections.abc import Callable
from typing import Any

import torch

from torchkeras._pipeline import RaggedTensor as RaggedTensor
from torchkeras._pipeline import RaggedTensorSpec as RaggedTensorSpec
from torchkeras._pipeline import StringTensor
from torchkeras._pipeline._elements import as_tensor
from torchkeras._pipeline._spec import as_dtype
from torchkeras._tensorflow import _refused
from torchkeras._tensorflow._rows import own, publish


@own
def constant(
    pylist: Any,
    dtype: Any = None,
    ragged_rank: int | None = None,
    inner_shape: Any = None,
    row_splits_dtype: Any = None,
) -> Any:
    """Nested lists as a ragged tensor: every axis but the first is ragged.

    Args:
        pylist: the lists; a list of numbers or texts gives a plain tensor.
        dtype: of the values.
        ragged_rank: how many axes are ragged; those after them have one length.
        inner_shape: accepted, and not used.
        row_splits_dtype: accepted, and not used.
    """
    rank = _depth(pylist) - 1 if ragged_rank is None else ragged_rank
    return _cast(_nested(pylist, rank), dtype)


def _depth(value: Any) -> int:
    if not isinstance(value, (list, tuple)) and not hasattr(value, "__len__"):
        return 0
    if isinstance(value, (str, bytes)):
        return 0
    return 1 + max((_depth(item) for item in value), default=0)


def _nested(value: Any, rank: int) -> Any:
    if rank <= 0:
        return _flat(value)
    lengths = [len(row) for row in value]
    return RaggedTensor.from_row_lengths(_nested([item for row in value for item in row], rank - 1), lengths)


def _flat(value: Any) -> Any:
    items = list(value)
    return as_tensor(items) if items else torch.empty(0)


def _cast(value: Any, dtype: Any) -> Any:
    if dtype is None or isinstance(value, StringTensor):
        return value
    if isinstance(value, RaggedTensor):
        return value.map_values(lambda inner: _cast(inner, dtype))
    return StringTensor([]) if as_dtype(dtype) == "string" else value.to(as_dtype(dtype))


@own
def stack(values: Any, axis: int = 0) -> RaggedTensor:
    """Tensors as the rows of a ragged one.

    Raises:
        ValueError: another axis than the first.
    """
    if axis != 0:
        raise ValueError(f"tf.ragged.stack: only axis 0 is served, got {axis}.")
    return RaggedTensor.from_rows([each if isinstance(each, RaggedTensor) else as_tensor(each) for each in values])


@own
def boolean_mask(data: Any, mask: Any) -> Any:
    """The entries for which the mask holds, in rows if the mask has two axes."""
    data = data if isinstance(data, RaggedTensor) else as_tensor(data)
    rows = list(mask) if isinstance(mask, RaggedTensor) else [torch.as_tensor(row) for row in mask]
    if not rows or not rows[0].ndim:
        return data[torch.as_tensor(mask)]
    return RaggedTensor.from_rows([row[keep] for row, keep in zip(data, rows)])


@own
def map_flat_values(op: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What a function makes of the innermost values of ragged tensors, in the rows of the first of them."""
    given = [*args, *kwargs.values()]
    first = next(each for each in given if isinstance(each, RaggedTensor))

    def flat(value: Any) -> Any:
        return value.flat_values if isinstance(value, RaggedTensor) else value

    made = op(*map(flat, args), **{name: flat(value) for name, value in kwargs.items()})
    return first.map_values(lambda _: made)


@own
def range(starts: Any, limits: Any = None, deltas: Any = 1, dtype: Any = None) -> RaggedTensor:
    """Series as rows: from `starts` (0 if only one is given) to `limits`."""
    ends = torch.as_tensor(starts if limits is None else limits).reshape(-1)
    begins = torch.zeros_like(ends) if limits is None else torch.as_tensor(starts).reshape(-1).expand_as(ends)
    rows = [torch.arange(int(begin), int(end), int(deltas)) for begin, end in zip(begins, ends)]
    kind = ends.dtype if dtype is None else as_dtype(dtype)
    return RaggedTensor.from_rows([row.to(kind) for row in rows])


@own
def row_splits_to_segment_ids(splits: Any) -> Any:
    """The row of each value, of where the rows begin."""
    lengths = torch.as_tensor(splits).diff()
    return torch.repeat_interleave(torch.arange(len(lengths)), lengths)


@own
def segment_ids_to_row_splits(segment_ids: Any, num_segments: Any = None) -> Any:
    """Where rows begin, of the row of each value."""
    counts = torch.bincount(torch.as_tensor(segment_ids), minlength=0 if num_segments is None else int(num_segments))
    return torch.cat([torch.zeros(1, dtype=torch.int64), counts.cumsum(0)])


publish(globals(), "RaggedTensor", "RaggedTensorSpec")
__getattr__ = _refused.lookup("tf.ragged", globals())
