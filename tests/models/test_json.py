"""Configs of models are Keras 3.15.1's, key for key, and each side rebuilds the model from the other's."""

import json
import runpy
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import torch

import torchkeras

# NumPy 2 tells real Keras' variables off
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)


def flat(value: Any) -> list[np.ndarray]:
    return [np.asarray(leaf.detach() if isinstance(leaf, torch.Tensor) else leaf) for leaf in keras.tree.flatten(value)]


def assert_same_outputs(theirs: Any, ours: Any, data: Any) -> None:
    draw = np.random.default_rng(1)
    ours.set_weights([draw.uniform(-0.7, 0.9, w.shape).astype("float32") for w in ours.weights])
    theirs.set_weights(ours.get_weights())
    expected, got = theirs(data), ours(data)
    keras.tree.assert_same_structure(expected, got)
    for one, other in zip(flat(expected), flat(got), strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_allclose(other, one, rtol=1e-5, atol=1e-5)


def test_the_json_is_the_same(build: Any) -> None:
    ours, theirs = build(torchkeras), build(keras)
    assert json.loads(ours.to_json()) == json.loads(theirs.to_json())
    assert list(ours.get_config()) == list(theirs.get_config())


def test_the_same_names_paths_and_weights(build: Any) -> None:
    theirs, ours = build(keras), build(torchkeras)
    assert [layer.name for layer in ours.layers] == [layer.name for layer in theirs.layers]
    assert [w.path for w in ours.weights] == [w.path for w in theirs.weights]
    assert [w.path for w in ours.trainable_weights] == [w.path for w in theirs.trainable_weights]
    assert ours.count_params() == theirs.count_params()
    assert ours.input_shape == theirs.input_shape
    # Keras does not see that the scores have the key's length
    if build.__name__ != "cross_attention":
        assert ours.output_shape == theirs.output_shape


def test_the_same_outputs(build: Any, models: Any) -> None:
    ours = build(torchkeras)
    assert_same_outputs(build(keras), ours, models.data_for(ours))


def test_keras_rebuilds_it(build: Any, models: Any) -> None:
    ours = build(torchkeras)
    assert_same_outputs(keras.models.model_from_json(ours.to_json()), ours, models.data_for(ours))


def test_torchkeras_rebuilds_keras_model(build: Any, models: Any) -> None:
    theirs = build(keras)
    ours = torchkeras.models.model_from_json(theirs.to_json())
    assert_same_outputs(theirs, ours, models.data_for(ours))


def test_the_way_there_and_back(build: Any) -> None:
    ours = build(torchkeras)
    again = torchkeras.models.model_from_json(ours.to_json())
    assert json.loads(again.to_json()) == json.loads(ours.to_json())
    assert type(again) is type(ours)


# Every layer, as the rows of its own tests make it, alone in a graph.


def layer_rows() -> list[dict[str, Any]]:
    files = sorted((Path(__file__).parents[1] / "layers" / "rows").glob("*.py"))
    rows = [row for path in files for row in runpy.run_path(str(path))["ROWS"]]
    # real Keras does not write the training flag of image layers whose input is integers
    rows = [row for row in rows if not (row["layer"] == "Resizing" and "integers" in row)]
    # real Keras writes the batch size of a trial run into the layers of a pipeline
    rows = [row for row in rows if row["layer"] != "Pipeline"]
    return [row for row in rows if "config" not in row.get("differs", ()) and not callable(row.get("call"))]


def alone(module: Any, row: dict[str, Any]) -> Any:
    args = row.get("args", {})
    layer = getattr(module.layers, row["layer"])(**(args(module.layers) if callable(args) else args))
    dtype = "int32" if "integers" in row else "float32"
    shapes = row["inputs"] if isinstance(row["inputs"], list) else [row["inputs"]]
    inputs = [module.Input(batch_shape=shape, dtype=dtype) for shape in shapes]
    given = inputs if isinstance(row["inputs"], list) else inputs[0]
    return module.Model(inputs, layer(given, **row.get("call", {})))


@pytest.mark.parametrize("row", layer_rows(), ids=lambda row: row["layer"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_a_graph_of_one_layer(row: dict[str, Any]) -> None:
    try:
        theirs = alone(keras, row)
    except (TypeError, ValueError) as error:
        pytest.skip(f"real Keras: {error}")
    assert json.loads(alone(torchkeras, row).to_json()) == json.loads(theirs.to_json())
