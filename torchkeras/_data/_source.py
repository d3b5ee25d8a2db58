"""One source of batches for whatever users pass as data."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset

from torchkeras._data._arrays import ArraySource
from torchkeras._data._convert import as_triple
from torchkeras._data._iterables import FUNCTIONS, Called, GeneratorSource, LoaderSource, PyDatasetSource
from torchkeras._data._pydataset import PyDataset
from torchkeras._data._rows import as_rows, rows
from torchkeras._data._sparse import ROWS
from torchkeras._data._weights import checked_class_weight, class_weighter
from torchkeras._data._workers import check_for_workers
from torchkeras._errors import brief
from torchkeras._structures import map_leaves


def make_source(
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    batch_size: int | None = None,
    steps: int | None = None,
    shuffle: Any = False,
    class_weight: Any = None,
    device: torch.device | None = None,
) -> Any:
    """A source of batches: iterating it once is an epoch of ``(x, y, sample_weight)`` tensors.

    Args:
        x: arrays, tensors, frames, sparse matrices, lists or dicts of them; or a ``DataLoader``, a ``Dataset``, a
            ``PyDataset``, a generator, a function that makes one, any iterable of batches.
        y, sample_weight: targets and weights, if `x` holds arrays.
        batch_size: rows a batch for arrays and datasets, 32 by default.
        steps: batches an epoch; only needed to take from endless sources.
        shuffle: for arrays and map-style datasets: a new order each epoch; ``"batch"`` shuffles whole batches.
        class_weight: weights by class, multiplied into the sample weights.
        device: where the training runs.
    """
    weights = checked_class_weight(class_weight)
    device = device or torch.device("cpu")
    if type(x) is TensorDataset and len(x.tensors) <= 3:  # tensors, of which a loader would take row by row
        _refuse(y, sample_weight, None, x)
        x, y, sample_weight = as_triple(x.tensors)
        batch_size = checked_batch_size(batch_size)
    if yields_batches(x):
        _refuse(y, sample_weight, batch_size, x)
        weigh = class_weighter(weights) if weights is not None else None
        return _source_of_batches(x, weigh, batch_size, shuffle)
    data = as_rows(x, y, sample_weight)
    if weights is not None and y is None:
        raise ValueError("`class_weight` needs targets `y`.")
    known = data[1] if isinstance(data[1], Tensor) else None
    weigh = class_weighter(weights, known) if weights is not None else None
    size = checked_batch_size(batch_size)
    if batch_size is None and steps is not None:
        size = max(1, -(-rows(data) // steps))
    return ArraySource(data, size, shuffle, weigh, device)


def checked_batch_size(batch_size: Any) -> int:
    """`batch_size`, 32 if None.

    Raises:
        ValueError: not a positive integer.
    """
    if batch_size is None:
        return 32
    if isinstance(batch_size, bool) or not hasattr(batch_size, "__index__") or batch_size.__index__() < 1:
        raise ValueError(f"`batch_size`: expected a positive integer, got {batch_size!r}.")
    return batch_size.__index__()


def yields_batches(x: Any) -> bool:
    """Whether `x` brings its batches itself, rather than being cut into some."""
    if isinstance(x, (DataLoader, Dataset, PyDataset, Iterator, *FUNCTIONS)):
        return True
    if isinstance(x, (list, tuple, dict, str, bytes, Tensor)) or hasattr(x, "shape") or hasattr(x, "to_numpy"):
        return False
    return hasattr(x, "__iter__") or (hasattr(x, "__getitem__") and hasattr(x, "__len__"))


def _refuse(y: Any, sample_weight: Any, batch_size: Any, x: Any) -> None:
    kind = type(x).__name__
    if y is not None:
        raise ValueError(f"`y` should not be passed when `x` is a {kind}: it yields (x, y) itself.")
    if sample_weight is not None:
        raise ValueError(
            f"`sample_weight` should not be passed when `x` is a {kind}: it yields (x, y, sample_weight) itself."
        )
    if batch_size is not None and isinstance(x, DataLoader):
        raise ValueError("`batch_size` should not be passed when `x` is a DataLoader: it makes the batches itself.")


def _source_of_batches(x: Any, weigh: Any, batch_size: int | None, shuffle: Any) -> Any:
    if isinstance(x, PyDataset):
        check_for_workers(x, x.workers if x.use_multiprocessing else 0)
        return PyDatasetSource(x, weigh, bool(shuffle))
    if isinstance(x, DataLoader):
        check_for_workers(x.dataset, x.num_workers)
        return LoaderSource(x, weigh)
    if isinstance(x, FUNCTIONS):
        return LoaderSource(Called(x), weigh)
    if isinstance(x, Dataset):
        size = checked_batch_size(batch_size)
        reorder = bool(shuffle) and not isinstance(x, IterableDataset)
        return LoaderSource(DataLoader(x, batch_size=size, shuffle=reorder), weigh, size)
    if isinstance(x, Iterator):
        return GeneratorSource(x, weigh)
    if getattr(x, "endless", False) is True:  # a data set that repeats itself
        return GeneratorSource(iter(x), weigh)
    if hasattr(x, "__iter__"):
        return LoaderSource(x, weigh)
    if hasattr(x, "__getitem__"):
        return PyDatasetSource(x, weigh, bool(shuffle))
    raise ValueError(f"`x`: unrecognized data type: {brief(x)}.")


def split_arrays(x: Any, y: Any, sample_weight: Any, fraction: float) -> tuple[Any, Any]:
    """``(x, y, sample_weight)`` of the first rows, and of the last `fraction` of them."""
    if isinstance(fraction, bool) or not isinstance(fraction, (int, float)) or not 0 < fraction < 1:
        raise ValueError(f"`validation_split`: expected a number between 0 and 1, got {fraction!r}.")
    if yields_batches(x):
        raise ValueError(f"`validation_split` is only supported for arrays, got `x` of type {type(x).__name__}.")
    data = as_rows(x, y, sample_weight)
    size = rows(data)
    border = int(size * (1.0 - fraction))
    if border == 0 or border == size:
        raise ValueError(
            f"Training data contains {size} samples, which is not sufficient to split it into a validation and "
            f"training set as specified by `validation_split={fraction}`. Either provide more data, or a different "
            "value for `validation_split`."
        )
    return tuple(
        map_leaves(lambda leaf, part=part: leaf[part] if isinstance(leaf, ROWS) else leaf, data)  # type: ignore[misc]
        for part in (slice(0, border), slice(border, None))
    )
