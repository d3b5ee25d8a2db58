"""Every layer against real Keras: outputs, gradients, symbolic shapes, configs.

The cases stand in ``rows/*.py``; each file exports ``ROWS``, a list of dicts:

    layer    the name in ``keras.layers``
    args     the constructor's keyword arguments, or a function of the ``layers`` module that gives them
    inputs   the shapes of the inputs; one shape, or a list of shapes for a layer that takes a list
    integers an upper bound: the inputs are integers below it
    call     keyword arguments of the call, or a function that gives them, such as a mask
    training the flag for the call; None leaves it out
    tolerance  1e-5 by default
    graph    False if real Keras makes no model of it
    why      with `differs`, a set of the words "outputs", "initial", "shape", "config": what is not compared, and
             why not
"""

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import torch

import torchkeras
from torchkeras import _registry, layers


def _rows() -> list[dict[str, Any]]:
    rows = []
    for path in sorted(Path(__file__).with_name("rows").glob("*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        rows += module.ROWS
    return rows


ROWS = _rows()
pytestmark = [
    # NumPy 2 tells real Keras' variables off
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:You passed `rms_scaling=True`:UserWarning"),
]
# bases, functions, and what a test of its own covers
WITHOUT_ROW = {"Layer", "Wrapper", "InputLayer", "RNN", "Input"}
WITHOUT_ROW |= {"StringLookup", "IntegerLookup", "TextVectorization", "Hashing", "HashedCrossing"}  # test_text.py
WITHOUT_ROW |= {"JaxLayer", "FlaxLayer", "TFSMLayer"}  # refused: test_preprocessing.py


def _title(row: dict[str, Any]) -> str:
    args = row.get("args", {})
    title = f"{row['layer']}-{'...' if callable(args) else args}"
    return re.sub(r" at 0x[0-9a-f]+", "", title)  # the same in every worker


def _that(word: str) -> Any:
    rows = [row for row in ROWS if word not in row.get("differs", ())]
    return pytest.mark.parametrize("row", rows, ids=map(_title, rows))


def _make(module: Any, row: dict[str, Any]) -> Any:
    args = row.get("args", {})
    args = args(module) if callable(args) else args
    return getattr(module, row["layer"])(**args, name="it")


def _inputs(row: dict[str, Any]) -> Any:
    draw = np.random.default_rng(0)

    def one(shape: tuple[int, ...]) -> torch.Tensor:
        if "integers" in row:
            return torch.as_tensor(draw.integers(0, row["integers"], shape))
        return torch.as_tensor(draw.normal(size=shape).astype("float32")).requires_grad_()

    inputs = row["inputs"]
    return [one(shape) for shape in inputs] if isinstance(inputs, list) else one(inputs)


def _call(row: dict[str, Any]) -> dict[str, Any]:
    found = row.get("call", {})
    found = dict(found() if callable(found) else found)
    return found if row.get("training") is None else {**found, "training": row["training"]}


def _flat(value: Any) -> list[torch.Tensor]:
    return list(torchkeras.tree.flatten(value))


def _run(layer: Any, row: dict[str, Any], weights: list[np.ndarray]) -> tuple[list[Any], list[Any], list[Any]]:
    """Outputs, gradients of the inputs, weights after the call (statistics move)."""
    inputs = _inputs(row)
    if not layer.built:
        layer(inputs, **_call(row))
    layer.set_weights(weights)
    outputs = _flat(layer(inputs, **_call(row)))
    draw = np.random.default_rng(2)
    losses = [
        (out * torch.as_tensor(draw.normal(size=tuple(out.shape)), dtype=out.dtype)).sum()
        for out in outputs
        if out.is_floating_point()
    ]
    if losses and sum(losses).requires_grad:
        sum(losses).backward()
    outputs = [out.detach().numpy() for out in outputs]
    return outputs, [x.grad for x in _flat(inputs)], [w.numpy() for w in layer.weights]


def _draw_weights(theirs: Any) -> list[np.ndarray]:
    draw = np.random.default_rng(1)
    return [draw.uniform(0.1, 0.9, w.shape).astype(str(w.dtype)) for w in theirs.weights]


def _gradient(variable: Any) -> Any:
    """A weight's gradient in Keras' layout; zero where none came."""
    if isinstance(variable, torchkeras.Variable):
        grad, shape = variable.tensor.grad, variable.shape
        grad = None if grad is None else variable._layout.to_keras(grad)
    else:
        grad, shape = variable.value.grad, tuple(variable.shape)
    return np.zeros(shape, "float32") if grad is None else grad.numpy()


@pytest.mark.parametrize("name", sorted(set(_registry.names("layers")) - WITHOUT_ROW))
def test_every_layer_has_a_row(name: str) -> None:
    item = _registry.names("layers")[name]
    if not isinstance(item, type):
        pytest.skip("a function")
    assert {name, item.__name__} & {row["layer"] for row in ROWS}, f"add a row for {name} to tests/layers/rows"


@_that("outputs")
def test_outputs_and_gradients(row: dict[str, Any]) -> None:
    theirs, ours = _make(keras.layers, row), _make(layers, row)
    theirs(_inputs(row), **_call(row))
    weights = _draw_weights(theirs)
    expected, expected_grads, expected_weights = _run(theirs, row, weights)
    outputs, grads, after = _run(ours, row, weights)
    close = {"rtol": row.get("tolerance", 1e-5), "atol": row.get("tolerance", 1e-5)}
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
    for got, wanted in zip(outputs, expected, strict=True):
        assert got.shape == wanted.shape
        assert got.dtype == wanted.dtype
        np.testing.assert_allclose(got, wanted, **close)
    for got, wanted in zip(grads, expected_grads, strict=True):
        assert (got is None) == (wanted is None)
        if got is not None:
            np.testing.assert_allclose(got, wanted, **close)
    for got, wanted in zip(after, expected_weights, strict=True):
        np.testing.assert_allclose(got, wanted, **close)
    for mine, real in zip(ours.weights, theirs.weights, strict=True):
        assert mine.trainable == real.trainable
        np.testing.assert_allclose(_gradient(mine), _gradient(real), err_msg=mine.name, **close)


# Keras makes the seed generator of this one cell before its initializers, that of all others after them
OTHER_ORDER = {"SimpleRNN", "SimpleRNNCell", "RNN"}


@_that("initial")
def test_the_same_seed_gives_the_same_first_weights(row: dict[str, Any]) -> None:
    if row["layer"] in OTHER_ORDER:
        pytest.skip("seeds are drawn in another order")
    found = []
    for package in (keras, torchkeras):
        package.utils.set_random_seed(3)
        layer = _make(package.layers, row)
        inputs = _inputs(row)
        package.utils.set_random_seed(4)  # before the weights are made, whatever was drawn until here
        layer(inputs, **_call(row))
        found.append([w.numpy() for w in layer.weights if w.trainable])
    for got, wanted in zip(found[1], found[0], strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-6, atol=1e-6)


def _symbols(module: Any, row: dict[str, Any]) -> Any:
    dtype = "int64" if "integers" in row else "float32"
    inputs = row["inputs"]
    make = lambda shape: module.Input(shape[1:], dtype=dtype)
    return [make(shape) for shape in inputs] if isinstance(inputs, list) else make(inputs)


@_that("shape")
def test_symbolic_shapes(row: dict[str, Any]) -> None:
    if "call" in row:
        pytest.skip("called with tensors")
    theirs, ours = _make(keras.layers, row), _make(layers, row)
    expected = [(tuple(t.shape), t.dtype) for t in _flat(theirs(_symbols(keras, row)))]
    assert [(t.shape, t.dtype) for t in _flat(ours(_symbols(layers, row)))] == expected


@_that("shape")
def test_compute_output_shape_of_an_unbuilt_layer(row: dict[str, Any]) -> None:
    inputs = row["inputs"]
    shapes = [(None, *s[1:]) for s in inputs] if isinstance(inputs, list) else (None, *inputs[1:])
    try:
        expected = _make(keras.layers, row).compute_output_shape(shapes)
    except Exception:
        pytest.skip("Keras cannot say")
    assert torchkeras.tree.map_structure(
        lambda s: s, _tuples(_make(layers, row).compute_output_shape(shapes))
    ) == _tuples(expected)


def _tuples(shape: Any) -> Any:
    return [_tuples(s) for s in shape] if any(isinstance(s, list | tuple) for s in shape) else tuple(shape)


def _plain(config: dict[str, Any]) -> Any:
    return json.loads(json.dumps(config, sort_keys=True))


@_that("config")
def test_configs(row: dict[str, Any]) -> None:
    keras.backend.clear_session()
    theirs, ours = _make(keras.layers, row), _make(layers, row)
    config = _plain(ours.get_config())
    assert config == _plain(theirs.get_config())
    # copies, as Keras takes things out of the dict it is given
    assert _plain(type(ours).from_config(_plain(config)).get_config()) == config
    assert _plain(type(theirs).from_config(_plain(config)).get_config()) == config
