"""Where graphs begin, against real Keras."""

import json
from typing import Any

import keras
import numpy as np
import pytest

from torchkeras import Model, layers

ARGUMENTS = [
    {"shape": (3,)},
    {"shape": ()},
    {"shape": (None, 4), "dtype": "int32"},
    {"shape": (3,), "batch_size": 2, "name": "here"},
    {"batch_shape": (None, 5, 1)},
    {"shape": [7], "optional": True},
]


@pytest.mark.parametrize("args", ARGUMENTS, ids=str)
def test_symbols_and_configs_are_those_of_keras(args: dict[str, Any]) -> None:
    keras.backend.clear_session()
    ours, theirs = layers.Input(**args), keras.Input(**args)
    assert (ours.shape, ours.dtype) == (tuple(theirs.shape), theirs.dtype)
    layer, real = ours._keras_history.operation, theirs._keras_history.operation
    config = json.loads(json.dumps(layer.get_config()))
    assert config == json.loads(json.dumps(real.get_config()))
    assert layers.InputLayer.from_config(config).get_config() == layer.get_config()
    assert layer.output is ours
    assert layer.built
    assert layer.dtype == ours.dtype


def test_a_symbol_can_be_given() -> None:
    symbol = layers.Input((3,), name="first")
    assert layers.Input(tensor=symbol) is symbol
    with pytest.raises(ValueError, match="incompatible `shape` argument: it is"):
        layers.Input((4,), tensor=symbol)
    with pytest.raises(ValueError, match="incompatible `dtype`"):
        layers.Input(tensor=symbol, dtype="int32")
    with pytest.raises(ValueError, match="must be a KerasTensor"):
        layers.Input(tensor=np.ones(3))


def test_the_old_name_of_shape() -> None:
    with pytest.warns(UserWarning, match="Use `shape` instead"):
        assert layers.InputLayer(input_shape=(3,)).batch_shape == (None, 3)


def test_what_goes_in_is_what_comes_out() -> None:
    inputs = layers.Input((3,))
    assert Model(inputs, layers.Dense(2)(inputs)).layers[0].input is inputs  # Keras 2; an empty list in Keras 3
