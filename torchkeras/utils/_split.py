"""A data set in two parts."""

from typing import Any

import numpy as np
import torch
from torch.utils.data import Dataset, Subset

from torchkeras._errors import brief
from torchkeras._pipeline import Dataset as Pipeline
from torchkeras._structures import leaves, map_leaves


class _Rows(Dataset[Any]):
    """Arrays of equal length as a map-style data set: item `i` holds row `i` of each."""

    def __init__(self, data: Any) -> None:
        self.data = map_leaves(torch.as_tensor, data)
        lengths = {len(array) for array in leaves(self.data)}
        if len(lengths) != 1:
            raise ValueError(f"split_dataset: arrays of one length were expected, got {sorted(lengths)} rows.")
        (self.length,) = lengths

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> Any:
        return map_leaves(lambda array: array[index], self.data)


def split_dataset(
    dataset: Any,
    left_size: float | None = None,
    right_size: float | None = None,
    shuffle: bool = False,
    seed: int | None = None,
    preferred_backend: str | None = None,
) -> tuple[Any, Any]:
    """A data set in two parts, for example for training and testing.

    Args:
        dataset: an array, a list, tuple or dictionary of arrays, a ``torch.utils.data.Dataset`` with a length, or what
            ``keras.utils.image_dataset_from_directory`` and its like return: its elements are parted in memory.
        left_size: rows of the first part, an int, or a fraction of all, a float; the rest by default.
        right_size: the same for the second part.
        shuffle: take the rows in random order. Without it the first part is the beginning. (Keras shuffles always.)
        seed: for shuffling.
        preferred_backend: only None and ``"torch"`` are known.

    Returns:
        Two ``torch.utils.data.Subset``, or two data sets of the kind of `dataset`, which `fit` takes.

    Raises:
        ValueError: neither size is given, or they do not fit.
        TypeError: not a data set; a size that is no number.
    """
    if preferred_backend not in (None, "torch"):
        raise ValueError(f"split_dataset: expected `preferred_backend` None or 'torch', got {preferred_backend!r}.")
    made: Any = _elements if isinstance(dataset, Pipeline) else Subset
    rows = list(dataset) if isinstance(dataset, Pipeline) else _as_dataset(dataset)
    left, right = _sizes(len(rows), left_size, right_size)
    order = np.random.default_rng(seed).permutation(len(rows)) if shuffle else np.arange(len(rows))
    indices = order.tolist()
    return made(rows, indices[:left]), made(rows, indices[len(rows) - right :])


def _elements(rows: list[Any], indices: list[int]) -> Pipeline:
    """The elements with these numbers, as a pipeline."""
    return Pipeline.of_elements([rows[index] for index in indices])


def _as_dataset(dataset: Any) -> Any:
    if isinstance(dataset, Dataset) and hasattr(dataset, "__len__"):
        return dataset
    if isinstance(dataset, (np.ndarray, torch.Tensor)):
        return _Rows((dataset,))
    if isinstance(dataset, (list, tuple, dict)) and len(dataset):
        return _Rows(tuple(dataset) if isinstance(dataset, list) else dataset)
    raise TypeError(
        "The `dataset` argument must be a `torch.utils.data.Dataset` with a length, or an array or a list, tuple or "
        f"dictionary of arrays. Received: {brief(dataset)}"
    )


def _sizes(total: int, left: float | None, right: float | None) -> tuple[int, int]:
    if left is None and right is None:
        raise ValueError(
            "At least one of the `left_size` or `right_size` must be specified. Received: left_size=None and "
            "right_size=None"
        )
    left_rows, right_rows = _count("left_size", left, total), _count("right_size", right, total)
    if left_rows is None:
        left_rows = total - (right_rows or 0)
    if right_rows is None:
        right_rows = total - left_rows
    if left_rows + right_rows > total:
        raise ValueError(
            f"The sum of `left_size` and `right_size`, {left} and {right}, is greater than the {total} rows of the "
            "data set."
        )
    return left_rows, right_rows


def _count(name: str, size: float | None, total: int) -> int | None:
    """The rows that `size` stands for."""
    if size is None:
        return None
    if not isinstance(size, (int, float)) or isinstance(size, bool):
        raise TypeError(f"Invalid `{name}` Type. Expected: int or float or None, Received: {type(size)}.")
    if not 0 < size < (total if isinstance(size, int) else 1):
        raise ValueError(
            f"`{name}` should be either a positive integer smaller than {total}, or a float between 0 and 1. "
            f"Received: {name}={size}"
        )
    return size if isinstance(size, int) else round(size * total)
