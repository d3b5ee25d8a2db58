"""``tf.data.experimental``: what of it became methods of ``Dataset``, and data sets of CSV files."""

from collections.abc import Callable
from typing import Any

import torch

from torchkeras._pipeline import AUTOTUNE as AUTOTUNE
from torchkeras._pipeline import INFINITE, UNKNOWN, Dataset
from torchkeras._pipeline._nodes import Above, Node
from torchkeras._tensorflow import _refused
from torchkeras._tensorflow._records import TFRecordWriter as TFRecordWriter
from torchkeras._tensorflow.data._csv import CsvDataset as CsvDataset
from torchkeras._tensorflow.data._csv import make_csv_dataset as make_csv_dataset

INFINITE_CARDINALITY = INFINITE
UNKNOWN_CARDINALITY = UNKNOWN


class AutoShardPolicy:
    """How TensorFlow shares a data set among workers; `fit` under torchrun shares batches, whatever is set."""

    OFF, AUTO, FILE, DATA, HINT = -1, 0, 1, 2, 3


def cardinality(dataset: Dataset) -> torch.Tensor:
    """How many elements there are; -1 if it never ends, -2 if only counting would tell."""
    return dataset.cardinality()


class _Asserted(Above):
    """Known to have so many elements."""

    def __init__(self, below: Node, size: int) -> None:
        super().__init__(below)
        self.size = size

    def __iter__(self) -> Any:
        count = 0
        for element in self.below:
            count += 1
            if count <= self.size:
                yield element
        if count != self.size:
            raise ValueError(f"assert_cardinality: expected {self.size} elements, the data set has {count}.")

    def cardinality(self) -> int:
        return self.size


def assert_cardinality(expected_cardinality: Any) -> Callable[[Dataset], Dataset]:
    """For `apply`: the data set has so many elements. One that turns out to have others raises a ValueError."""
    size = int(expected_cardinality)
    return lambda dataset: dataset if size < 0 else Dataset._of(_Asserted(dataset._node, size))


def _method(name: str) -> Callable[..., Any]:
    """What was a function for `apply` before it was a method."""

    def for_apply(*args: Any, **kwargs: Any) -> Callable[[Dataset], Any]:
        return lambda dataset: getattr(dataset, name)(*args, **kwargs)

    for_apply.__name__ = name
    for_apply.__doc__ = f"For `apply`: ``Dataset.{name}`` with these arguments."
    return for_apply


bucket_by_sequence_length = _method("bucket_by_sequence_length")
dense_to_ragged_batch = _method("ragged_batch")
enumerate_dataset = _method("enumerate")
group_by_window = _method("group_by_window")
ignore_errors = _method("ignore_errors")
scan = _method("scan")
take_while = _method("take_while")
unbatch = _method("unbatch")
unique = _method("unique")

choose_from_datasets = Dataset.choose_from_datasets
sample_from_datasets = Dataset.sample_from_datasets
RandomDataset = Dataset.random
Counter = Dataset.counter


def get_single_element(dataset: Dataset) -> Any:
    """The only element of a data set."""
    return dataset.get_single_element()


def map_and_batch(
    map_func: Callable[..., Any], batch_size: int, drop_remainder: bool = False, **kwargs: Any
) -> Callable[[Dataset], Dataset]:
    """For `apply`: `map`, then `batch`."""
    return lambda dataset: dataset.map(map_func, kwargs.get("num_parallel_calls")).batch(batch_size, drop_remainder)


def shuffle_and_repeat(
    buffer_size: int, count: int | None = None, seed: int | None = None
) -> Callable[[Dataset], Dataset]:
    """For `apply`: `shuffle`, then `repeat`."""
    return lambda dataset: dataset.shuffle(buffer_size, seed).repeat(count)


def parallel_interleave(
    map_func: Callable[..., Any], cycle_length: int, block_length: int = 1, **kwargs: Any
) -> Callable[[Dataset], Dataset]:
    """For `apply`: `interleave`."""
    return lambda dataset: dataset.interleave(map_func, cycle_length, block_length)


def prefetch_to_device(device: Any, buffer_size: Any = None) -> Callable[[Dataset], Dataset]:
    """For `apply`: `prefetch`; `fit` brings batches to the device itself."""
    return lambda dataset: dataset.prefetch(AUTOTUNE)


__getattr__ = _refused.lookup("tf.data.experimental", globals())
