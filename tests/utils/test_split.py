"""A data set in two parts."""

import numpy as np
import pytest
import torch
from torch.utils.data import TensorDataset

from torchkeras._pipeline import Dataset
from torchkeras.utils import split_dataset

X = np.arange(10)


def rows(part):
    return [int(row[0]) for row in part]


@pytest.mark.parametrize("data", [X, torch.arange(10), [X, X * 10], (X,), TensorDataset(torch.arange(10))])
def test_parts_are_the_beginning_and_the_end(data):
    left, right = split_dataset(data, left_size=0.7)
    assert (rows(left), rows(right)) == ([0, 1, 2, 3, 4, 5, 6], [7, 8, 9])


@pytest.mark.parametrize(
    ("arguments", "counts"),
    [
        ({"left_size": 3}, (3, 7)),
        ({"right_size": 3}, (7, 3)),
        ({"left_size": 3, "right_size": 4}, (3, 4)),
        ({"left_size": 0.3, "right_size": 0.2}, (3, 2)),
        ({"right_size": 0.25}, (8, 2)),
        ({"left_size": 0.5, "preferred_backend": "torch"}, (5, 5)),
    ],
)
def test_sizes(arguments, counts):
    left, right = split_dataset(X, **arguments)
    assert (len(left), len(right)) == counts
    assert not set(rows(left)) & set(rows(right))


def test_dictionaries_keep_their_keys():
    left, _ = split_dataset({"a": X, "b": X * 2}, left_size=2)
    assert [(int(row["a"]), int(row["b"])) for row in left] == [(0, 0), (1, 2)]


def test_shuffled_parts_together_are_the_whole():
    parts = [split_dataset(X, left_size=0.5, shuffle=True, seed=seed) for seed in (1, 1, 2)]
    orders = [rows(left) + rows(right) for left, right in parts]
    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[2]) == list(range(10))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({}, ValueError, "At least one of"),
        ({"left_size": 1.5}, ValueError, "`left_size` should be either a positive integer smaller than 10"),
        ({"left_size": 0}, ValueError, "`left_size` should be"),
        ({"right_size": 20}, ValueError, "`right_size` should be"),
        ({"left_size": -1}, ValueError, "`left_size` should be"),
        ({"left_size": "a"}, TypeError, "Invalid `left_size` Type"),
        ({"left_size": 0.5, "right_size": 0.8}, ValueError, "is greater than the 10 rows"),
        ({"left_size": 0.5, "preferred_backend": "jax"}, ValueError, "`preferred_backend`"),
    ],
)
def test_sizes_that_do_not_fit(arguments, error, message):
    with pytest.raises(error, match=message):
        split_dataset(X, **arguments)


def test_what_is_no_data_set():
    with pytest.raises(TypeError, match=r"must be a `torch\.utils\.data\.Dataset`"):
        split_dataset(3, left_size=0.5)
    with pytest.raises(ValueError, match=r"arrays of one length were expected, got \[3, 10\]"):
        split_dataset([X, X[:3]], left_size=0.5)


def test_pipelines_are_parted_by_elements():
    dataset = Dataset.from_tensor_slices((X, X * 10)).batch(2)
    left, right = split_dataset(dataset, left_size=0.6)
    assert [x.tolist() for x, _ in left] == [[0, 1], [2, 3], [4, 5]]  # as Keras on TensorFlow parts one of its own
    assert len(right) == 2 and next(iter(right))[1].tolist() == [60, 70]
