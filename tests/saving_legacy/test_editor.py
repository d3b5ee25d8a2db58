"""KerasFileEditor: the weights in a file, changed without a model."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import torchkeras as keras


def small(units: int = 2) -> Any:
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="a"), keras.layers.Dense(units, name="b")])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    small().save(tmp_path / "model.keras")
    return tmp_path / "model.keras"


def test_summary(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    editor = keras.saving.KerasFileEditor(path)
    editor.summary()
    text = capsys.readouterr().out
    assert "Saved with Keras 3." in text
    assert "0: shape=(4, 3), dtype=float32" in text
    assert editor.config["class_name"] == "Sequential"


def test_compare(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    editor = keras.saving.KerasFileEditor(path)
    assert editor.compare(small()) == {"status": "success", "error_count": 0, "match_count": 4}
    assert editor.compare(small(5)) == {"status": "error", "error_count": 2, "match_count": 2}
    assert "Weight shape mismatch for /layers/dense_1/0" in capsys.readouterr().out


def test_changes_reach_the_file(path: Path, tmp_path: Path) -> None:
    editor = keras.saving.KerasFileEditor(path)
    editor.rename_object("dense", "first")
    editor.delete_object("layers/dense_1")
    editor.add_object("layers/new", {"0": np.ones((2, 2), "f4")})
    editor.add_weights("new", {"1": np.zeros(2, "f4")})
    editor.delete_weight("first", "1")
    editor.save(tmp_path / "x.weights.h5")
    layers = keras.saving.KerasFileEditor(tmp_path / "x.weights.h5").weights_dict["layers"]
    assert {name: list(weights) for name, weights in layers.items()} == {"first": ["0"], "new": ["0", "1"]}
    np.testing.assert_array_equal(layers["new"]["0"], np.ones((2, 2)))


def test_a_saved_file_loads(path: Path, tmp_path: Path) -> None:
    editor = keras.saving.KerasFileEditor(path)
    editor.add_weights("layers/dense", {"1": np.full(3, 7, "f4")})
    editor.save(tmp_path / "x.weights.h5")
    model = small()
    model.load_weights(tmp_path / "x.weights.h5")
    np.testing.assert_array_equal(model.get_layer("a").get_weights()[1], np.full(3, 7))


def test_wrong_names(path: Path, tmp_path: Path) -> None:
    editor = keras.saving.KerasFileEditor(path)
    with pytest.raises(ValueError, match=r"Object 'denze' not found.*Did you mean"):
        editor.delete_object("denze")
    with pytest.raises(ValueError, match="Weight '7' not found in object 'dense'"):
        editor.delete_weight("dense", "7")
    with pytest.raises(ValueError, match=r"\.weights\.h5"):
        editor.save(tmp_path / "x.h5")
    with pytest.raises(ValueError, match=r"\.keras"):
        keras.saving.KerasFileEditor(tmp_path / "x.txt")
