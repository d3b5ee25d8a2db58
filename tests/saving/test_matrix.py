"""Every layer and every optimizer: what is saved here real Keras loads, and the other way round."""

import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import pytest

import torchkeras

MATRIX = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("matrix.py"))))
pytestmark = [
    # NumPy 2 tells real Keras' variables off
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:You passed `rms_scaling=True`:UserWarning"),
]
every_row = pytest.mark.parametrize("row", MATRIX.ROWS, ids=map(MATRIX.title, MATRIX.ROWS))
one_each = pytest.mark.parametrize("row", MATRIX.ONE_EACH, ids=map(MATRIX.title, MATRIX.ONE_EACH))


@every_row
def test_real_keras_loads_our_models(row: dict[str, Any], tmp_path: Path) -> None:
    ours = MATRIX.model(torchkeras, row)
    ours.save(tmp_path / "it.keras")
    MATRIX.assert_same(keras.saving.load_model(tmp_path / "it.keras"), ours, row)


@every_row
def test_we_load_models_of_real_keras(row: dict[str, Any], tmp_path: Path) -> None:
    theirs = MATRIX.model(keras, row)
    theirs.save(tmp_path / "it.keras")
    MATRIX.assert_same(torchkeras.saving.load_model(tmp_path / "it.keras"), theirs, row)


@one_each
def test_weights_both_ways(row: dict[str, Any], tmp_path: Path) -> None:
    ours, theirs = MATRIX.model(torchkeras, row), MATRIX.model(keras, row)
    ours.save_weights(tmp_path / "ours.weights.h5")
    theirs.save_weights(tmp_path / "theirs.weights.h5")
    for model in (ours, theirs):
        model.set_weights([0 * weight for weight in model.get_weights()])
    ours.load_weights(tmp_path / "theirs.weights.h5")
    theirs.load_weights(tmp_path / "ours.weights.h5")
    MATRIX.assert_same(ours, theirs, row)
