"""Each model is Keras': the same layers under the same names, the same weights in the same order, the same outputs."""

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import torch

import torchkeras
from tests.applications.rows import MODELS, OWN_HEAD, SMALL, pair, rows
from torchkeras import _missing, applications

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def as_text(config: Any) -> list[str]:
    return json.dumps(config, indent=1, default=str, sort_keys=True).splitlines()


def compare(theirs: Any, ours: Any) -> None:
    assert as_text(ours.get_config()) == as_text(theirs.get_config())
    assert [tuple(w.shape) for w in ours.weights] == [tuple(w.shape) for w in theirs.weights]
    assert [w.path for w in ours.weights] == [w.path for w in theirs.weights]
    assert ours.count_params() == theirs.count_params()


def disturb(model: Any) -> None:
    """Let no normalization be the identity, as all are at first."""
    draw = np.random.default_rng(0)
    values = model.get_weights()
    for index, weight in enumerate(model.weights):
        if values[index].ndim == 1:
            middle = float(weight.name in ("gamma", "moving_variance", "variance"))
            values[index] = draw.uniform(middle - 0.2, middle + 0.2, values[index].shape).astype("float32")
    model.set_weights(values)


def same_outputs(theirs: Any, ours: Any) -> None:
    images = np.random.default_rng(1).uniform(0, 255, (2, *theirs.input_shape[1:])).astype("float32")
    with torch.no_grad():
        expected, got = (keras.ops.convert_to_numpy(model(images)) for model in (theirs, ours))
    assert np.isfinite(expected).all() and expected.std() > 0
    np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())


def test_every_name_of_keras_is_here() -> None:
    for path, names in _missing.keras_names().items():
        if path.startswith("keras.applications"):
            module: Any = torchkeras.applications
            for part in path.split(".")[2:]:
                module = getattr(module, part)
            assert [name for name in names if not hasattr(module, name)] == []
    assert len(MODELS) == 40 and set(SMALL) <= set(MODELS)


@pytest.mark.parametrize("name", rows(quick={"ResNet50"}))
def test_the_default_model_is_keras(name: str) -> None:
    compare(*pair(name))


@pytest.mark.parametrize("name", rows(quick=()))
def test_the_features_are_keras(name: str) -> None:
    for pooling in ("avg", "max"):
        compare(*pair(name, include_top=False, pooling=pooling, input_shape=(96, 80, 3)))


@pytest.mark.parametrize("name", rows(list(SMALL), quick=OWN_HEAD))
def test_a_small_classifier_is_keras(name: str) -> None:
    size = SMALL[name]
    theirs, ours = pair(name, input_shape=(size, size, 3), classes=10, classifier_activation=None)
    compare(theirs, ours)
    disturb(theirs)
    ours.set_weights(theirs.get_weights())
    same_outputs(theirs, ours)


@pytest.mark.parametrize("name", rows(list(SMALL), quick=SMALL.keys() - {"InceptionResNetV2"}))
def test_features_out_of_keras_weights_file_are_keras(name: str, tmp_path: Path) -> None:
    arguments = {"include_top": False, "input_shape": (SMALL[name], SMALL[name], 3), "pooling": "avg"}
    theirs, ours = pair(name, **arguments)
    compare(theirs, ours)
    disturb(theirs)
    theirs.save_weights(tmp_path / "some.weights.h5")
    ours.load_weights(tmp_path / "some.weights.h5")
    same_outputs(theirs, ours)


@pytest.mark.parametrize("name", ["MobileNetV3Small"])
def test_the_argument_weights_takes_a_path(name: str, tmp_path: Path) -> None:
    arguments = {"include_top": False, "input_shape": (32, 32, 3)}
    theirs = getattr(keras.applications, name)(weights=None, **arguments)
    theirs.save_weights(tmp_path / "some.weights.h5")
    for file in (tmp_path / "some.weights.h5", str(tmp_path / "some.weights.h5")):
        ours = getattr(applications, name)(weights=file, **arguments)
        for expected, got in zip(theirs.get_weights(), ours.get_weights(), strict=True):
            np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("name", ["ConvNeXtTiny", pytest.param("InceptionResNetV2", marks=pytest.mark.long)])
def test_models_with_layers_of_their_own_are_read_from_keras_file(name: str, tmp_path: Path) -> None:
    theirs = getattr(keras.applications, name)(weights=None, include_top=False, input_shape=(SMALL[name],) * 2 + (3,))
    theirs.save(tmp_path / "model.keras")
    same_outputs(theirs, torchkeras.saving.load_model(tmp_path / "model.keras"))


def test_nasnet_takes_images_of_any_size() -> None:
    """Which Keras' own does not, built without `input_shape`."""
    model = applications.NASNetMobile(weights=None, include_top=False, pooling="avg")
    for size in (64, 75):
        assert model.predict(np.zeros((1, size, size + 2, 3), "float32"), verbose=0).shape == (1, 1056)
