"""``python -m torchkeras inspect``: what is in a file, without building anything."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import torchkeras as keras
from torchkeras.saving._inspect import main, report

FIXTURES = Path(__file__).parent / "fixtures"


def test_a_good_archive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, name="dense")])
    model.get_layer("dense").set_weights([np.array([[1, 2, 3], [4, np.nan, 6]], "f4"), np.zeros(3, "f4")])
    model.save(tmp_path / "model.keras")
    assert main([str(tmp_path / "model.keras")]) == 0
    text = capsys.readouterr().out
    assert "Dense 'dense' units=3, activation=linear" in text
    assert "layers/dense/vars/0  (2, 3) float32  1 ... 6  1 NaN, 1 not finite" in text
    assert "Nothing in it is refused." in text


def test_what_would_be_refused() -> None:
    lines = list(report(str(FIXTURES / "functions.h5")))
    assert "  refused: /config/layers[1]/config/function: code of a lambda" in lines
    lines = list(report(str(FIXTURES / "custom.h5")))
    assert any("refused" in line and "Mine>Scale" in line for line in lines)


def test_a_damaged_weight(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    model.get_layer("dense").set_weights([np.full((2, 3), 1.2345, "f4"), np.zeros(3, "f4")])
    path = tmp_path / "x.weights.h5"
    model.save_weights(path)
    path.write_bytes(path.read_bytes().replace(np.full(6, 1.2345, "f4").tobytes(), np.ones(6, "f4").tobytes()))
    assert main([str(path)]) == 1
    assert "layers/dense/vars/0: expected SHA-256" in capsys.readouterr().out


def test_no_file_of_ours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "text").write_text("some text")
    assert main([str(tmp_path / "text"), str(tmp_path / "missing")]) == 1
    text = capsys.readouterr().out
    assert "expected an HDF5 file" in text
    assert "No such file" in text


def test_from_the_command_line() -> None:
    command = [sys.executable, "-m", "torchkeras", "inspect", str(FIXTURES / "compiled.h5")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "Keras 2.21.0, backend tensorflow" in done.stdout
