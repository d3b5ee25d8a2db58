"""Lambda: arguments, shapes, masks, and configs with code in them."""

import base64
import json
import marshal

import keras
import numpy as np
import pytest
import torch

import torchkeras
from torchkeras import layers, ops

# NumPy 2 tells real Keras' variables off
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)
UNSAFE = "ignore:The object being serialized includes a `lambda`"


def shift(x, by=1):
    return x + by


def test_arguments_mask_and_training_are_passed() -> None:
    seen = {}

    def function(x, by, mask=None, training=None):
        seen.update(mask=mask, training=training)
        return x + by

    layer = layers.Lambda(function, arguments={"by": 2})
    x = torch.ones(2, 3)
    x._keras_mask = torch.tensor([True, False])
    assert torch.equal(layer(x, training=True), torch.full((2, 3), 3.0))
    assert seen["mask"].tolist() == [True, False]
    assert seen["training"] is True


def test_output_shape_is_found_out_or_given() -> None:
    symbol = torchkeras.Input((4, 3))
    assert layers.Lambda(lambda x: x.sum(-1))(symbol).shape == (None, 4)
    assert layers.Lambda(lambda x: x, output_shape=(7,))(symbol).shape == (None, 7)
    assert layers.Lambda(lambda x: x, output_shape=lambda shape: (*shape, 2))(symbol).shape == (None, 4, 3, 2)
    assert layers.Lambda(lambda pair: pair[0] @ pair[1].mT)([symbol, symbol]).shape == (None, 4, 4)


def test_mask_function() -> None:
    layer = layers.Lambda(lambda x: x, mask=lambda inputs, mask: inputs[..., 0] > 0)
    assert layer(torch.tensor([[[1.0], [0.0]]]))._keras_mask.tolist() == [[True, False]]


@pytest.mark.filterwarnings(UNSAFE)
@pytest.mark.parametrize(
    "arguments",
    [
        {"function": ops.square},
        {"function": shift, "arguments": {"by": np.ones(2)}},
        {"function": shift, "arguments": {"by": torch.ones(2)}, "output_shape": [2, 3]},
        {"function": lambda x: x * 2, "output_shape": (2,), "mask": torch.ones(2)},
    ],
)
def test_config_is_that_of_keras(arguments: dict) -> None:
    theirs = dict(arguments)
    if theirs["function"] is ops.square:
        theirs["function"] = keras.ops.square
    wanted = keras.layers.Lambda(**theirs, name="it").get_config()
    config = layers.Lambda(**arguments, name="it").get_config()
    for written in (config, wanted):
        if written["function"]["class_name"] == "__lambda__":  # marshal's bytes depend on the number of references
            inner = written["function"]["config"]
            inner["code"] = marshal.loads(base64.b64decode(inner["code"])).co_code.hex()
    assert json.dumps(config, sort_keys=True) == json.dumps(wanted, sort_keys=True)


@pytest.mark.filterwarnings(UNSAFE)
def test_code_in_a_config_is_refused_unless_trusted() -> None:
    config = layers.Lambda(lambda x: x * 3).get_config()
    with pytest.raises(ValueError, match="safe_mode=False"):
        layers.Lambda.from_config(config)
    layer = layers.Lambda.from_config(config, safe_mode=False)
    assert torch.equal(layer(torch.ones(2)), torch.full((2,), 3.0))
    text = torchkeras.Sequential([torchkeras.Input((2,)), layers.Lambda(lambda x: x * 3)]).to_json()
    with pytest.raises(ValueError, match="safe_mode=False"):
        torchkeras.models.model_from_json(text)


def test_registered_functions_are_found_by_name() -> None:
    config = layers.Lambda(shift).get_config()
    with pytest.raises(TypeError, match="shift"):
        layers.Lambda.from_config(config)
    assert layers.Lambda.from_config(config, custom_objects={"shift": shift}).function is shift


def test_not_a_function() -> None:
    with pytest.raises(TypeError, match=r"Lambda.*`function`: expected a function, got 3"):
        layers.Lambda(3)


def test_a_given_shape_for_several_inputs() -> None:
    first, second = torchkeras.Input((4, 3)), torchkeras.Input((4, 3))
    output = layers.Lambda(lambda pair: (pair[0] - pair[1]).sum(-1), output_shape=(4,))([first, second])
    assert output.shape == (None, 4)
