"""`add_loss` and `add_metric` of tensors of a functional model's graph, as Keras 2 had them."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import torchkeras
from torchkeras import layers, ops

X = np.linspace(-1, 1, 24).reshape(8, 3).astype("float32")


def make() -> Any:
    inputs = torchkeras.Input((3,))
    hidden = layers.Dense(4, name="hidden")(inputs)
    model = torchkeras.Model(inputs, layers.Dense(1)(hidden))
    model.add_loss(0.5 * ops.mean(ops.square(hidden)))
    model.add_metric(ops.max(hidden), name="peak", aggregation="mean")
    return model


def hidden_of(model: Any) -> np.ndarray:
    kernel, bias = model.get_layer("hidden").get_weights()
    return X @ kernel + bias


def test_the_graph_s_tensors_are_the_loss_and_a_metric() -> None:
    model = make()
    model.compile("sgd")
    logs = model.evaluate(X, batch_size=8, verbose=0, return_dict=True)
    assert logs["loss"] == pytest.approx(0.5 * np.square(hidden_of(model)).mean(), rel=1e-5)
    assert logs["peak"] == pytest.approx(hidden_of(model).max(), rel=1e-5)


@pytest.mark.filterwarnings("ignore:Gradients do not exist")
def test_it_is_what_is_trained_on() -> None:
    model = make()
    model.compile(torchkeras.optimizers.SGD(0.1))
    kernel, bias = model.get_layer("hidden").get_weights()
    gradient = X.T @ (X @ kernel + bias) / (8 * 4)
    model.fit(X, batch_size=8, epochs=1, verbose=0)
    np.testing.assert_allclose(
        model.get_layer("hidden").get_weights()[0], kernel - 0.1 * gradient, rtol=1e-4, atol=1e-6
    )


def test_it_comes_on_top_of_the_compiled_loss() -> None:
    model = make()
    model.compile("sgd", "mse")
    total = model.evaluate(X, np.zeros((8, 1)), verbose=0, return_dict=True)["loss"]
    expected = np.square(model.predict(X, verbose=0)).mean() + 0.5 * np.square(hidden_of(model)).mean()
    assert total == pytest.approx(expected, rel=1e-5)


def test_nothing_piles_up() -> None:
    model = make()
    model.compile("sgd", "mse")
    for _ in range(3):
        model.predict(X, batch_size=2, verbose=0)
        model(X)
    assert len(model.losses) == 1


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_copies_keep_it(copied: Any) -> None:
    model = make()
    other = copied(model)
    other.compile("sgd")
    assert other.evaluate(X, verbose=0)[0] == pytest.approx(0.5 * np.square(hidden_of(model)).mean(), rel=1e-5)


def test_layers_that_only_the_loss_needs_belong_to_the_model() -> None:
    inputs = torchkeras.Input((3,))
    model = torchkeras.Model(inputs, layers.Dense(1)(inputs))
    model.add_loss(ops.mean(layers.Dense(2, name="judge")(inputs)))
    assert "judge" in [layer.name for layer in model._flatten_layers()]
    assert len(model.trainable_variables) == 4


def test_a_tensor_of_another_graph_is_refused() -> None:
    inputs, stranger = torchkeras.Input((3,)), torchkeras.Input((3,), name="stranger")
    model = torchkeras.Model(inputs, layers.Dense(1)(inputs))
    with pytest.raises(ValueError, match="Graph disconnected"):
        model.add_loss(ops.mean(stranger))
