"""Each model is Keras': the same layers under the same names, the same weights in the same order, the same outputs."""

import json
from typing import Any

import keras
import numpy as np
import pytest
import torch

from tests.applications.rows import MODELS, SMALL, pair, rows
from torchkeras import applications

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def as_text(config: Any) -> list[str]:
    return json.dumps(config, indent=1, default=str, sort_keys=True).splitlines()


def compare(theirs: Any, ours: Any) -> None:
    assert as_text(ours.get_config()) == as_text(theirs.get_config())
    assert [tuple(w.shape) for w in ours.weights] == [tuple(w.shape) for w in theirs.weights]
    assert [w.path for w in ours.weights] == [w.path for w in theirs.weights]
    assert ours.count_params() == theirs.count_params()


@pytest.mark.parametrize("name", rows())
def test_the_classifier_is_keras(name: str) -> None:
    compare(*pair(name))


@pytest.mark.parametrize("pooling", ["avg", "max"])
@pytest.mark.parametrize("name", rows())
def test_the_features_are_keras(name: str, pooling: str) -> None:
    compare(*pair(name, include_top=False, pooling=pooling, input_shape=(96, 96, 3)))


@pytest.mark.parametrize("include_top", [True, False])
@pytest.mark.parametrize("name", SMALL)
def test_outputs_are_keras(name: str, include_top: bool) -> None:
    size = SMALL[name]
    theirs, ours = pair(name, include_top=include_top, input_shape=(size, size, 3), classes=10)
    values = np.random.default_rng(0)
    weights = [values.normal(0.0, 0.05, w.shape).astype("float32") + (w.ndim == 1) for w in theirs.get_weights()]
    theirs.set_weights(weights)
    ours.set_weights(weights)
    images = values.uniform(0, 255, (2, size, size, 3)).astype("float32")
    with torch.no_grad():
        expected, got = (keras.ops.convert_to_numpy(model(images)) for model in (theirs, ours))
    assert expected.std() > 0
    np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize("name", SMALL)
def test_a_model_takes_keras_weights_file(name: str, tmp_path: Any) -> None:
    size = SMALL[name]
    arguments = {"include_top": False, "input_shape": (size, size, 3)}
    theirs = getattr(keras.applications, name)(weights=None, **arguments)
    file = tmp_path / "some.weights.h5"
    theirs.save_weights(file)
    ours = getattr(applications, name)(weights=file, **arguments)
    for expected, got in zip(theirs.get_weights(), ours.get_weights(), strict=True):
        np.testing.assert_array_equal(got, expected)


def test_the_small_ones_exist() -> None:
    assert set(SMALL) <= set(MODELS)
