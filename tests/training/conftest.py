"""``both(run)`` runs the same lines with real Keras and with torchkeras, from the same weights."""

import warnings
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

import torchkeras
from torchkeras import _registry


def close(got: Any, expected: Any, tolerance: float = 1e-5) -> None:
    """Nested lists and dicts of numbers and arrays: the same keys in the same order, the same values."""
    if isinstance(expected, dict):
        assert list(got) == list(expected)
        for key, value in expected.items():
            close(got[key], value, tolerance)
    elif isinstance(expected, (list, tuple)):
        assert len(got) == len(expected), f"{got} is not {expected}"
        for one, other in zip(got, expected, strict=True):
            close(one, other, tolerance)
    elif isinstance(expected, (str, type(None))):
        assert got == expected
    else:
        np.testing.assert_allclose(np.asarray(got), np.asarray(expected), rtol=tolerance, atol=tolerance)


def with_weights(model: Any, seed: int = 7) -> Any:
    """`model` with weights drawn by a seed, the same for both sides."""
    draw = np.random.default_rng(seed)
    model.set_weights([draw.uniform(-0.5, 0.5, tuple(w.shape)).astype("float32") for w in model.weights])
    return model


@pytest.fixture
def weighted() -> Callable[..., Any]:
    return with_weights


@pytest.fixture
def both() -> Callable[..., Any]:
    def run_both(run: Callable[[Any], Any], tolerance: float = 1e-5) -> Any:
        keras.utils.clear_session(free_memory=False)
        _registry.reset_uids()
        got = run(torchkeras)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = run(keras)
        close(got, expected, tolerance)
        return got

    return run_both
