"""Masks and errors of the layers that join tensors; their values are rows of ``test_parity.py``."""

import json
from typing import Any

import keras
import numpy as np
import pytest
import torch

import torchkeras
from torchkeras import layers

A = [[2.0, 3.0, 5.0, 7.0]]
B = [[11.0, 13.0, 17.0, 19.0]]
MASK_A = torch.tensor([[True, True, False, False]])
MASK_B = torch.tensor([[True, False, True, False]])


def _masked(module: Any, values: Any, mask: Any) -> torch.Tensor:
    class Masked(module.Layer):
        supports_masking = True

        def call(self, x: Any) -> Any:
            return x * 1.0

        def compute_mask(self, x: Any, previous_mask: Any = None) -> Any:
            return mask

    return Masked()(torch.tensor(values).unsqueeze(-1))


def _joined(module: Any, name: str, masks: list[Any], **args: Any) -> tuple[np.ndarray, Any]:
    values = [A, B, B][: len(masks)]
    inputs = [_masked(module, value, mask) for value, mask in zip(values, masks, strict=True)]
    out = getattr(module, name)(**args)(inputs)
    mask = getattr(out, "_keras_mask", None)
    return out.numpy(), None if mask is None else mask.numpy()


@pytest.mark.parametrize("name", ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"])
@pytest.mark.parametrize("masks", [[MASK_A, MASK_B], [MASK_B, MASK_A], [MASK_A, None], [None, MASK_A]])
def test_masked_inputs(name: str, masks: list[Any]) -> None:
    out, mask = _joined(layers, name, masks)
    expected, expected_mask = _joined(keras.layers, name, masks)
    np.testing.assert_allclose(out, expected)
    np.testing.assert_equal(mask, expected_mask)


@pytest.mark.parametrize("name", ["Multiply", "Maximum", "Minimum"])
def test_three_masked_inputs(name: str) -> None:
    out, mask = _joined(layers, name, [MASK_A, MASK_B, MASK_B])
    expected, expected_mask = _joined(keras.layers, name, [MASK_A, MASK_B, MASK_B])
    np.testing.assert_allclose(out, expected)
    np.testing.assert_equal(mask, expected_mask)


@pytest.mark.parametrize("axis", [1, 2, -1])
@pytest.mark.parametrize("masks", [[MASK_A, MASK_B], [MASK_A, None], [None, None]])
def test_the_mask_of_a_concatenation(axis: int, masks: list[Any]) -> None:
    out, mask = _joined(layers, "Concatenate", masks, axis=axis)
    expected, expected_mask = _joined(keras.layers, "Concatenate", masks, axis=axis)
    np.testing.assert_allclose(out, expected)
    np.testing.assert_equal(mask, expected_mask)


def _model(package: Any, name: str, **args: Any) -> Any:
    made = package.layers
    a, b = package.Input((5,), name="a"), package.Input((5,), name="b")
    x = made.Embedding(9, 4, mask_zero=True, name="first")(a)
    y = made.Embedding(9, 4, mask_zero=True, name="second")(b)
    joined = getattr(made, name)(**args, name="joined")([x, y])
    return package.Model([a, b], made.LSTM(3, name="last")(joined), name="model")


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of real Keras' variables
@pytest.mark.parametrize(
    ("name", "args"),
    [("Add", {}), ("Multiply", {}), ("Maximum", {}), ("Concatenate", {}), ("Concatenate", {"axis": 1})],
)
def test_masks_in_a_model(name: str, args: Any) -> None:
    keras.backend.clear_session()
    ours, theirs = _model(torchkeras, name, **args), _model(keras, name, **args)
    assert _sorted(ours.get_config()) == _sorted(theirs.get_config())
    draw = np.random.default_rng(0)
    ours.set_weights([draw.normal(size=w.shape).astype("float32") for w in theirs.weights])
    theirs.set_weights(ours.get_weights())
    inputs = [draw.integers(0, 3, (6, 5)) for _ in range(2)]
    torch.testing.assert_close(ours(inputs), theirs(inputs), rtol=1e-5, atol=1e-5)


def _sorted(config: Any) -> Any:
    """As JSON; the layers by name, as those that compute masks may come before or after."""
    plain = json.loads(json.dumps(config))
    return {**plain, "layers": sorted(plain["layers"], key=lambda layer: layer["name"])}


@pytest.mark.parametrize(
    ("name", "args", "shapes", "message"),
    [
        ("Add", {}, [(2, 3), (2, 4)], "do not broadcast"),
        ("Add", {}, [(2, 3), (3, 3)], "different batch sizes"),
        ("Subtract", {}, [(2, 3)] * 3, "exactly 2 inputs"),
        ("Concatenate", {"axis": 1}, [(2, 3, 2), (2, 3, 3)], "matching shapes except"),
        ("Concatenate", {}, [(2, 3), (2, 2, 2)], "matching shapes except"),
        ("Dot", {"axes": 1}, [(2, 3), (2, 4)], "Incompatible input shapes"),
        ("Dot", {"axes": 1}, [(2, 3)] * 3, "list of 2 inputs"),
    ],
)
def test_shapes_that_do_not_fit(name: str, args: Any, shapes: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        getattr(layers, name)(**args)([torch.ones(shape) for shape in shapes])
    with pytest.raises(ValueError, match=message):
        getattr(layers, name)(**args)([layers.Input(batch_shape=shape) for shape in shapes])


def test_the_short_way_says_the_same() -> None:
    layer = layers.Add()
    plain = [torch.ones(2, 3), torch.ones(2, 3)]
    layer(plain)
    assert layer._ready
    assert torch.equal(layer(plain), torch.full((2, 3), 2.0))
    assert layer([torch.ones(2, 3, dtype=torch.float64)] * 2).dtype is torch.float32
    with pytest.raises(ValueError, match="do not broadcast"):
        layer([torch.ones(2, 3), torch.ones(2, 4)])
    masked = [_masked(layers, A, MASK_A), _masked(layers, B, MASK_B)]
    assert layer(masked)._keras_mask.tolist() == [[True, True, True, False]]


@pytest.mark.parametrize("layer", [layers.Add, layers.Multiply, layers.Concatenate])
def test_a_single_tensor_is_refused(layer: Any) -> None:
    with pytest.raises(ValueError, match="list of inputs"):
        layer()(torch.ones(2, 3))


@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "average", "maximum", "minimum", "concatenate"])
def test_the_functions_are_the_layers(name: str) -> None:
    inputs = [torch.tensor(A), torch.tensor(B)]
    layer = getattr(layers, name.capitalize())
    torch.testing.assert_close(getattr(layers, name)(inputs), layer()(inputs))
    assert getattr(layers, name)(
        [layers.Input((4,)), layers.Input((4,))], name="joined"
    )._keras_history.operation.name == ("joined")


def test_dot_as_a_function() -> None:
    x, y = torch.rand(2, 3), torch.rand(2, 3)
    torch.testing.assert_close(layers.dot([x, y], axes=1), (x * y).sum(1, keepdim=True))
    with pytest.raises(TypeError, match="an integer or a pair"):
        layers.Dot("a")
