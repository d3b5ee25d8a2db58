"""Each row gives what TensorFlow gave when it was recorded: the same dtypes, shapes and numbers."""

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import _tensorflow as tf

FOLDER = Path(__file__).parent
_spec = importlib.util.spec_from_file_location("recording", FOLDER / "recording.py")
recording: Any = importlib.util.module_from_spec(_spec)  # type: ignore[arg-type]
_spec.loader.exec_module(recording)  # type: ignore[union-attr]

RECORDED = json.loads((FOLDER / "recorded.json").read_text(encoding="utf-8"))


# Rows that need values where a model has none yet, or that say nothing of the array.
WITHOUT_SYMBOLS = ("py_func", "numpy_func", "py_function", "numpy_function", "dynamic_partition", "TensorArray")
WITHOUT_SYMBOLS += (
    "astype",
    "tf.repeat(A, [1, 2]",
    "tf.linalg.lstsq(tf.transpose(A), tf.ones((3, 1)))",
    "tf.nest",
    "lambda: 1",
)
SYMBOLIC = [
    (row, name)
    for row in RECORDED
    for name in "AXSWV"
    if re.search(rf"\b{name}\b", row) and not any(part in row for part in WITHOUT_SYMBOLS)
]


def test_every_row_was_recorded() -> None:
    assert set(RECORDED) == set(recording.rows())


@pytest.mark.filterwarnings("ignore:tf.:DeprecationWarning")
@pytest.mark.parametrize("row", RECORDED)
def test_a_row_gives_what_tensorflow_gives(row: str) -> None:
    _compare(recording.parts(recording.evaluated(row, tf)), RECORDED[row])


@pytest.mark.filterwarnings("ignore:tf.:DeprecationWarning")
@pytest.mark.parametrize(("row", "name"), SYMBOLIC)
def test_a_row_of_a_symbolic_tensor_is_computed_when_its_model_runs(row: str, name: str) -> None:
    array = recording.ARRAYS[name]
    symbol = keras.Input(batch_shape=array.shape)
    found = recording.parts(eval(row, {"tf": tf, "np": np, **recording.ARRAYS, name: symbol}))
    pairs = [pair for pair in zip(found, RECORDED[row]) if isinstance(pair[0], keras.KerasTensor)]
    if pairs:  # sizes that are known are plain numbers
        values = keras.Function([symbol], [ours for ours, _ in pairs])([tf.constant(array)])
        _compare(values, [theirs for _, theirs in pairs])


def _compare(found: list[Any], recorded: list[Any]) -> None:
    assert len(found) == len(recorded)
    for ours, theirs in zip(found, recorded):
        array = ours.detach().resolve_conj().numpy() if isinstance(ours, torch.Tensor) else np.asarray(ours)
        assert list(array.shape) == theirs["shape"]
        assert array.dtype.name == theirs["dtype"]
        if array.dtype == object:
            assert array.reshape(-1).tolist() == theirs["values"]
            continue
        flat = array.reshape(-1)
        flat = np.stack([flat.real, flat.imag], -1).reshape(-1) if flat.dtype.kind == "c" else flat
        expected = np.array(theirs["values"])
        tolerance = 1e-5 * max(1.0, np.abs(expected[np.isfinite(expected)]).max(initial=0))
        np.testing.assert_allclose(flat, expected, rtol=2e-5, atol=tolerance)
