"""Each pipeline of the rows gives what TensorFlow's ``tf.data`` gives: elements, cardinality and spec."""

import json
from pathlib import Path

import pytest

from tests.pipeline.record_tf_data import plain_spec, recorded
from tests.pipeline.rows import ROWS
from torchkeras._pipeline import Dataset

RECORDED = json.loads((Path(__file__).parent / "fixtures" / "tf_data.json").read_text(encoding="utf-8"))

# TensorFlow's spec is that of a traced function, here that of an element, which knows its size.
OTHER_SPEC = {"buckets", "group by window"}


def test_all_rows_are_recorded() -> None:
    assert sorted(RECORDED) == sorted(ROWS)


@pytest.mark.parametrize("name", ROWS)
def test_same_elements(name: str) -> None:
    found = recorded(ROWS[name](Dataset))
    assert found["elements"] == RECORDED[name]["elements"]


@pytest.mark.parametrize("name", ROWS)
def test_same_cardinality(name: str) -> None:
    assert int(ROWS[name](Dataset).cardinality()) == RECORDED[name]["cardinality"]


@pytest.mark.parametrize("name", ROWS)
def test_same_spec(name: str) -> None:
    same = plain_spec(ROWS[name](Dataset).element_spec) == RECORDED[name]["spec"]
    assert same == (name not in OTHER_SPEC)
