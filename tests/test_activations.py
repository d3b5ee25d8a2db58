"""Every activation against real Keras: values, gradients, names."""

import copy
import json
import pickle

import keras
import numpy as np
import pytest
import torch

import torchkeras
from torchkeras import activations
from torchkeras._registry import names
from torchkeras._symbolic import KerasTensor

NAMES = sorted(names("activations"))
# arguments beside `x`, for those that need or have some
CASES = [(name, {}) for name in NAMES if name not in ("threshold", "sparsemax")] + [
    ("threshold", {"threshold": 0.3, "default_value": -2.0}),
    ("relu", {"negative_slope": 0.1}),
    ("relu", {"max_value": 1.5}),
    ("relu", {"threshold": 0.5}),
    ("relu", {"negative_slope": 0.2, "max_value": 1.0, "threshold": 0.3}),
    ("leaky_relu", {"negative_slope": 0.4}),
    ("elu", {"alpha": 0.7}),
    ("celu", {"alpha": 0.7}),
    ("gelu", {"approximate": True}),
    ("glu", {"axis": 0}),
    ("hard_shrink", {"threshold": 1.0}),
    ("soft_shrink", {"threshold": 1.0}),
    ("softmax", {"axis": 0}),
    ("softmax", {"axis": (0, 1)}),
    ("log_softmax", {"axis": 0}),
    ("squareplus", {"b": 2}),
]


def numbers() -> np.ndarray:
    spread = np.random.default_rng(1).normal(0, 3, (4, 6)).astype("float32")
    spread[0] = [-5, -1.01, -0.3, 0.25, 0.99, 7]
    spread[1] /= 8
    return spread


def value_and_gradient(function, kwargs):
    x = torch.tensor(numbers(), requires_grad=True)
    y = function(x, **kwargs)
    (y * torch.arange(1.0, y.numel() + 1).view(y.shape)).sum().backward()
    return y.detach().numpy(), x.grad.numpy()


@pytest.mark.parametrize(("name", "kwargs"), CASES, ids=str)
def test_values_and_gradients_are_keras(name, kwargs):
    ours = value_and_gradient(getattr(activations, name), kwargs)
    theirs = value_and_gradient(getattr(keras.activations, name), kwargs)
    for mine, wanted in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, wanted, rtol=1e-5, atol=2e-5)


@pytest.mark.parametrize("axis", [-1, 0])
def test_sparsemax_is_the_nearest_point_of_the_simplex(axis):
    # Keras' own is wrong where rows have supports of different size
    x = torch.tensor(numbers(), dtype=torch.float64)
    y = activations.sparsemax(x, axis=axis)
    torch.testing.assert_close(y.sum(axis), torch.ones_like(y.sum(axis)))
    excess = x - y
    level = excess.masked_fill(y == 0, -torch.inf).amax(axis, keepdim=True)
    assert (y >= 0).all()
    torch.testing.assert_close(excess[y > 0], level.expand_as(x)[y > 0])  # one amount taken from all that stay ...
    assert (x <= level + 1e-12)[y == 0].all()  # ... and no more than that lost by the others


def test_every_public_name_is_there():
    public = {name for name in dir(keras.activations) if not name.startswith("_")}
    assert public <= set(dir(activations))
    assert public - {"get", "serialize", "deserialize"} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_finds_its_function_and_back(name):
    found = activations.get(name)
    assert found is getattr(activations, name)
    assert activations.serialize(found) == keras.activations.serialize(keras.activations.get(name))
    assert activations.deserialize(activations.serialize(found)) is found
    full = {"module": "builtins", "class_name": "function", "config": found.__name__, "registered_name": "function"}
    assert activations.deserialize(full) is found


@pytest.mark.parametrize("name", [name for name in NAMES if name != "threshold"])
def test_symbols_arrays_and_copies(name):
    function = getattr(activations, name)
    symbol = function(KerasTensor((None, 6)))
    assert symbol.shape == (None, 3 if name == "glu" else 6)
    np.testing.assert_array_equal(function(numbers()), function(torch.tensor(numbers())))
    assert copy.deepcopy(function) is function
    assert pickle.loads(pickle.dumps(function)) is function


GRAPHS = [row for row in CASES if row[0] not in ("hard_silu", "hard_swish", "mish") and row[1].get("axis") != 0]


def graph_of(module, name, kwargs):
    x = module.Input((6,), name="x")
    y = getattr(module.activations, name)(x, **kwargs)
    return module.Model(x, y) if y is not x else None


@pytest.mark.parametrize(("name", "kwargs"), GRAPHS, ids=str)
def test_graphs_are_written_as_keras_does(name, kwargs):
    keras.backend.clear_session()
    ours, theirs = graph_of(torchkeras, name, kwargs), graph_of(keras, name, kwargs)
    if theirs is None:  # `linear` gives its argument back
        assert ours is None
        return
    written = json.loads(json.dumps(ours.get_config()))
    assert written["layers"] == json.loads(json.dumps(theirs.get_config()))["layers"]
    again = torchkeras.Model.from_config(written)
    np.testing.assert_allclose(again(numbers()), getattr(activations, name)(numbers(), **kwargs))


@pytest.mark.parametrize("name", ["hard_silu", "mish", "sparsemax"])
def test_graphs_that_keras_cannot_make(name):
    again = torchkeras.Model.from_config(graph_of(torchkeras, name, {}).get_config())
    np.testing.assert_allclose(again(numbers()), getattr(activations, name)(numbers()), rtol=1e-5, atol=1e-6)


def test_a_call_costs_one_torch_call():
    x = torch.ones(3)
    with torch.profiler.profile() as profile:
        activations.relu(x)
    assert sum(event.count for event in profile.key_averages() if event.key.startswith("aten::")) <= 2


def test_none_is_linear_and_functions_pass():
    assert activations.get(None) is activations.linear
    assert activations.get(torch.relu) is torch.relu
    assert activations.linear(x := torch.ones(2)) is x


def test_large_numbers_stay_finite():
    x = torch.tensor([-1000.0, 1000.0])
    for name in ("sigmoid", "log_sigmoid", "softmax", "softplus", "silu", "mish", "gelu", "tanh", "sparsemax"):
        assert torch.isfinite(getattr(activations, name)(x)).all(), name


def test_unknown_names_suggest_the_nearest():
    with pytest.raises(ValueError, match=r"identifier: 'rellu'. Did you mean 'relu'"):
        activations.get("rellu")
    with pytest.raises(ValueError, match="identifier: 3"):
        activations.get(3)
