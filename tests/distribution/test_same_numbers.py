"""Two and four ranks give the numbers of one: weights, histories, evaluations, predictions."""

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from torchkeras._structures import leaves


def test_two_ranks_train_as_one(cells: Any, on_ranks: Any) -> None:
    compare(cells.run(), on_ranks(2, cells.run))


@pytest.mark.long
def test_four_ranks_train_as_one(cells: Any, on_ranks: Any) -> None:
    compare(cells.run(), on_ranks(4, cells.run))


@pytest.mark.long
def test_more_ranks_than_rows_train_as_one(cells: Any, on_ranks: Any) -> None:
    names = ["few_rows"]
    compare(cells.run(names), on_ranks(5, functools.partial(cells.run, names)))


def compare(alone: dict[str, Any], ranks: list[dict[str, Any]]) -> None:
    differences = {
        f"{name} on rank {rank}": difference
        for rank, results in enumerate(ranks)
        for name in alone
        if (difference := apart(alone[name], results[name]))
    }
    assert differences == {}


def apart(wanted: Any, got: Any) -> str:
    """What differs, or nothing."""
    if wanted.keys() != got.keys() or wanted.get("history", {}).keys() != got.get("history", {}).keys():
        return f"keys {wanted.get('history', wanted).keys()}, {got.get('history', got).keys()}"
    wanted, got = list(numbers(wanted)), list(numbers(got))
    shapes = [array.shape for array in wanted], [array.shape for array in got]
    if shapes[0] != shapes[1]:
        return f"shapes {shapes}"
    far = max(np.abs(a - b).max() for a, b in zip(wanted, got))
    return "" if far < 1e-5 else f"{far:.1e} apart"


def numbers(value: Any) -> Iterator[Any]:
    return (np.asarray(leaf, dtype="float64") for leaf in leaves(value))
