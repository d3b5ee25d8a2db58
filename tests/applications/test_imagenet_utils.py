"""What goes into a model trained on ImageNet and comes out of it is Keras'."""

import importlib
import json
import re
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import torch

import torchkeras
from tests.applications.test_models import as_text
from torchkeras import _missing, _settings
from torchkeras.applications import imagenet_utils
from torchkeras.applications.imagenet_utils import decode_predictions, preprocess_input

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

MODES = ["caffe", "tf", "torch"]
NAMESPACES = [path for path in _missing.keras_names() if path.startswith("keras.applications.")]


def images(dtype: str, shape: tuple[int, ...] = (2, 5, 4, 3)) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, shape).astype(dtype)


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float16", "float32", "float64"])
@pytest.mark.parametrize("mode", MODES)
def test_arrays(mode: str, dtype: str) -> None:
    for first, shape in ((False, (2, 5, 4, 3)), (False, (5, 4, 3)), (True, (2, 3, 5, 4)), (True, (3, 5, 4))):
        data_format = "channels_first" if first else None
        theirs, ours = images(dtype, shape), images(dtype, shape)
        expected = keras.applications.imagenet_utils.preprocess_input(theirs, data_format, mode)
        got = preprocess_input(ours, data_format, mode)
        assert got.dtype == expected.dtype
        rtol, atol = (2e-3, 1e-2) if dtype == "float16" else (1e-6, 1e-5)
        np.testing.assert_allclose(got, expected, rtol=rtol, atol=atol)
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-2)  # written over, or not, as Keras does


@pytest.mark.parametrize("mode", MODES)
def test_tensors(mode: str) -> None:
    expected = preprocess_input(images("float32"), mode=mode)
    for dtype in (torch.float32, torch.float64, torch.uint8):
        given = torch.tensor(images("uint8")).to(dtype)
        got = preprocess_input(given, mode=mode)
        assert got.dtype == (torch.float64 if dtype == torch.float64 else torch.float32)
        np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-5)
        np.testing.assert_array_equal(given, images("uint8"))
    first = torch.tensor(images("float32")).permute(0, 3, 1, 2)
    np.testing.assert_allclose(
        preprocess_input(first, "channels_first", mode).permute(0, 2, 3, 1), expected, rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize("mode", MODES)
def test_symbolic_tensors(mode: str) -> None:
    models: list[Any] = []
    for library in (keras, torchkeras):
        library.backend.clear_session()
        image = library.Input((5, 4, 3))
        models.append(library.Model(image, library.applications.imagenet_utils.preprocess_input(image, mode=mode)))
    theirs, ours = models
    assert as_text(ours.get_config()) == as_text(theirs.get_config())
    np.testing.assert_allclose(
        ours(images("float32")), preprocess_input(images("float32"), mode=mode), rtol=1e-5, atol=1e-5
    )


def test_a_symbolic_image_of_bytes_becomes_one_of_floats() -> None:
    image = torchkeras.Input((5, 4, 3), dtype="uint8")
    model = torchkeras.Model(image, preprocess_input(image, mode="tf"))
    np.testing.assert_allclose(model(images("uint8")), preprocess_input(images("uint8"), mode="tf"), atol=1e-6)


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_each_namespace_prepares_as_keras(namespace: str) -> None:
    theirs, ours = (importlib.import_module(namespace.replace("keras", root, 1)) for root in ("keras", "torchkeras"))
    np.testing.assert_allclose(
        ours.preprocess_input(images("uint8")), theirs.preprocess_input(images("uint8")), rtol=1e-6, atol=1e-5
    )
    assert ours.decode_predictions is decode_predictions


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"mode": "caffee"}, "got mode='caffee'"), ({"data_format": "last"}, "got 'last'")],
)
def test_unknown_words_are_refused(arguments: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        preprocess_input(images("uint8"), **arguments)


@pytest.fixture
def class_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with names of classes made up for the test."""
    for library in (_settings, keras.src.utils.file_utils.config):
        monkeypatch.setattr(library, "keras_home", lambda: tmp_path, raising=False)
    (tmp_path / "models").mkdir()
    file = tmp_path / "models" / "imagenet_class_index.json"
    file.write_text(json.dumps({str(i): [f"n{i:08}", f"class {i}"] for i in range(1000)}))
    imagenet_utils._class_index.cache_clear()
    yield file
    imagenet_utils._class_index.cache_clear()


def test_predictions_are_named(class_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from keras.src.applications import imagenet_utils as theirs

    monkeypatch.setattr(theirs, "CLASS_INDEX", json.loads(class_index.read_text()))
    scores = np.random.default_rng(0).random((3, 1000)).astype("float32")
    for top in (1, 5):
        expected = keras.applications.imagenet_utils.decode_predictions(scores, top)
        for given in (scores, torch.tensor(scores, requires_grad=True)):
            got = decode_predictions(given, top)
            assert got == expected
    assert isinstance(got[0][0], tuple) and isinstance(got[0][0][2], np.float32)


def test_the_names_of_classes_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_settings, "keras_home", lambda: tmp_path)
    monkeypatch.setattr("torchkeras.utils._files._fetch", _unreachable)
    imagenet_utils._class_index.cache_clear()
    with pytest.raises(OSError, match=re.escape(f"put it at {tmp_path / 'models' / 'imagenet_class_index.json'}")):
        decode_predictions(np.zeros((1, 1000)))


def _unreachable(origin: str, out: Any) -> None:
    raise OSError(f"URL fetch failure on {origin}: no network")


def test_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=re.escape("of shape (samples, 1000), got ndarray of shape (2, 10)")):
        decode_predictions(np.zeros((2, 10)))
