"""Arrays side by side: as many rows in each, and some of the rows of all."""

from typing import Any

from torch import Tensor

from torchkeras._data._convert import to_tensors
from torchkeras._data._sparse import ROWS, SparseRows, to_rows
from torchkeras._strings import StringTensor
from torchkeras._structures import leaves


def as_rows(x: Any, y: Any, sample_weight: Any) -> tuple[Any, Any, Any]:
    """What the user passes, as tensors and sparse rows, checked to be as many."""
    named = ("x", x), ("y", y), ("sample_weight", sample_weight)
    data = tuple(to_tensors(part, name, to_rows) for name, part in named)
    check_lengths(data)
    return data


def rows(data: Any) -> int:
    """The size of the first axis."""
    return int(next(leaf for leaf in leaves(data) if isinstance(leaf, ROWS)).shape[0])


def check_lengths(data: tuple[Any, ...]) -> None:
    """Refuse arrays without rows, and x, y and weights with different numbers of them."""
    sizes = {
        name: sorted({_first_size(leaf, name) for leaf in leaves(part) if isinstance(leaf, ROWS)})
        for name, part in zip(("x", "y", "sample_weight"), data, strict=True)
    }
    sizes = {name: found for name, found in sizes.items() if found}
    if not sizes:
        raise ValueError("`x`: expected an array, got nothing that holds numbers.")
    if len({size for found in sizes.values() for size in found}) > 1:
        told = ", ".join(f"`{name}` has {' and '.join(map(str, found))}" for name, found in sizes.items())
        raise ValueError(f"Data cardinality is ambiguous: all arrays must have the same number of rows, but {told}.")
    if 0 in sizes.get("x", []):
        raise ValueError("`x`: expected at least one row, got an empty array.")


def _first_size(part: Tensor | SparseRows | StringTensor, name: str) -> int:
    if part.ndim == 0:
        raise ValueError(f"`{name}`: expected an array with a batch axis, got a single number.")
    return int(part.shape[0])
