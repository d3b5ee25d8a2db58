"""FeatureSpace: as Keras on TensorFlow does (feature_space/record.py), in models, and in files."""

import json
import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras
from torchkeras.utils import FeatureSpace

FOLDER = Path(__file__).with_name("feature_space")
SPACE = SimpleNamespace(**runpy.run_path(str(FOLDER / "cases.py")))
RECORDED = [json.loads(line) for line in (FOLDER / "recorded.jsonl").read_text().splitlines()]


def made(name: str) -> tuple[Any, dict[str, Any]]:
    features, rest = SPACE.spaces(FeatureSpace)[name]
    space, table = FeatureSpace(features, **rest), {key: SPACE.TABLE[key] for key in features}
    space.adapt(table)
    return space, table


def check(found: Any, wanted: Any) -> None:
    if "values" not in wanted:
        assert list(found) == list(wanted)
        for name, value in found.items():
            check(value, wanted[name])
        return
    assert found.dtype is getattr(torch, wanted["dtype"])
    np.testing.assert_allclose(found.numpy(), np.array(wanted["values"]), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("wanted", RECORDED, ids=[row["name"] for row in RECORDED])
def test_vectors_are_those_of_keras(wanted: dict[str, Any]) -> None:
    space, table = made(wanted["name"])
    check(space(table), wanted["table"])
    check(space({key: np.array(column) for key, column in table.items()}), wanted["table"])
    check(space({key: column[1] for key, column in table.items()}), wanted["row"])


def test_learning_from_rows_and_batches() -> None:
    from torchkeras._pipeline import Dataset

    features, rest = SPACE.spaces(FeatureSpace)["by name"]
    wanted, table = made("by name")
    rows = Dataset.from_tensor_slices(table)
    for data in (rows, rows.batch(2), rows.batch(2).map(lambda row: (row, 0)), [table]):
        space = FeatureSpace(features, **rest)
        space.adapt(data)
        torch.testing.assert_close(space(table), wanted(table))


@pytest.mark.parametrize("name", [row["name"] for row in RECORDED])
def test_in_a_model_and_saved(name: str, tmp_path: Path) -> None:
    space, table = made(name)
    arrays = {key: np.array(column) for key, column in table.items()}
    model = torchkeras.Model(space.get_inputs(), space.get_encoded_features())
    wanted, found = space(table), model.predict(arrays, verbose=0)
    torchkeras.saving.save_model(model, tmp_path / "model.keras")
    again = torchkeras.saving.load_model(tmp_path / "model.keras").predict(arrays, verbose=0)
    space.save(tmp_path / "space.keras")
    loaded = torchkeras.saving.load_model(tmp_path / "space.keras")
    assert isinstance(loaded, FeatureSpace)
    for key in wanted if isinstance(wanted, dict) else [...]:
        np.testing.assert_allclose(found[key], wanted[key], rtol=1e-6)
        np.testing.assert_allclose(again[key], wanted[key], rtol=1e-6)
        np.testing.assert_allclose(loaded(table)[key], wanted[key], rtol=1e-6)


def test_a_layer_of_ones_own() -> None:
    words = torchkeras.layers.TextVectorization(output_mode="tf_idf")
    space = FeatureSpace({"text": FeatureSpace.feature("string", words, "float"), "size": "float"})
    space.adapt({"text": ["a b", "b c"], "size": [1.0, 2.0]})
    found = space({"text": ["b", "q"], "size": [3.0, 4.0]})
    np.testing.assert_allclose(found[:, 0], [3.0, 4.0])
    torch.testing.assert_close(found[:, 1:], words(["b", "q"]))


def test_bins_with_given_boundaries() -> None:
    space = FeatureSpace({"size": FeatureSpace.float_discretized(num_bins=3, bin_boundaries=[0.15, 0.25])})
    assert space({"size": [0.1, 0.2, 0.3]}).tolist() == torch.eye(3).tolist()


def test_what_is_wrong_is_named() -> None:
    for text, function in (
        ("[Uu]nknown kind of feature.*float_normalized", lambda: FeatureSpace({"a": "float_normalised"})),
        ("must name at least one", lambda: FeatureSpace({})),
        ("names no features: ..c", lambda: FeatureSpace({"a": "float", "b": "float"}, crosses=[("a", "c")])),
        ("expected a dict of columns", lambda: FeatureSpace({"a": "float"})([1.0])),
        (r"columns \['a'\] are missing", lambda: FeatureSpace({"a": "float"})({"b": [1.0]})),
        ("gives integers", lambda: FeatureSpace({"a": FeatureSpace.integer_hashed(3, "int")})({"a": [1]})),
        ("`output_mode` must be 'concat' or 'dict'", lambda: FeatureSpace({"a": "float"}, output_mode="list")),
    ):
        with pytest.raises(ValueError, match=text):
            function()
