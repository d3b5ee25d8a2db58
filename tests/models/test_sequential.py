"""Stacks: with and without a shape, changed after they were made, and what they refuse."""

from typing import Any

import numpy as np
import pytest
import torch

import torchkeras
from torchkeras import Input, Sequential, layers


def test_built_at_once() -> None:
    for first in (
        [Input((4,)), layers.Dense(3)],
        [layers.InputLayer(shape=(4,)), layers.Dense(3)],
    ):
        model = Sequential([*first, layers.Dense(2)])
        assert model.built
        assert model.input_shape == (None, 4)
        assert model.output_shape == (None, 2)
        assert model.count_params() == 23
        assert [type(layer) for layer in model.layers] == [layers.Dense, layers.Dense]


def test_input_shape_of_a_layer() -> None:
    assert Sequential([layers.Dense(3, input_shape=(4,))]).count_params() == 15
    assert Sequential([layers.Dense(3, input_dim=4)]).count_params() == 15
    assert Sequential([layers.Dense(3, batch_input_shape=(2, 4))]).input_shape == (2, 4)


def test_built_by_the_first_data() -> None:
    model = Sequential([layers.Dense(3), layers.Dense(2)])
    assert not model.built
    assert model.weights == []
    assert model(np.ones((5, 4), "float32")).shape == (5, 2)
    assert model.built
    assert model.count_params() == 23
    assert model(torch.ones(7, 4)).shape == (7, 2)
    with pytest.raises(ValueError, match=r"(?s)4.*5"):
        model(torch.ones(7, 5))


def test_built_by_fit_and_by_build() -> None:
    model = Sequential([layers.Dense(3), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.ones((6, 4)), np.ones((6, 1)), verbose=0)
    assert model.count_params() == 19
    other = Sequential([layers.Dense(3), layers.Dense(1)])
    other.build((None, 4))
    assert other.input_shape == (None, 4)
    assert other.count_params() == 19


def test_what_an_unbuilt_stack_does_not_know() -> None:
    model = Sequential([layers.Dense(3)])
    with pytest.raises(ValueError, match="isn't built"):
        model.count_params()
    for name in ("input", "output", "inputs", "input_shape"):
        with pytest.raises(AttributeError, match=r"not been built|never been called"):
            getattr(model, name)


def test_add_and_pop() -> None:
    model = Sequential(name="stack")
    model.add(Input((4,)))
    model.add(layers.Dense(3))
    assert model.output_shape == (None, 3)
    model.add(layers.Dense(2, name="top"))
    assert model.output_shape == (None, 2)
    assert model.count_params() == 23
    assert model.pop().name == "top"
    assert model.output_shape == (None, 3)
    assert len(model.weights) == len(list(model.parameters())) == 2
    assert not [key for key in model.state_dict() if "top" in key]
    model.add(layers.ReLU())
    assert (model(torch.randn(6, 4)) >= 0).all()


def test_a_changed_stack_trains_on() -> None:
    model = Sequential([Input((4,)), layers.Dense(3), layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.ones((6, 4), "float32")
    model.fit(x, x[:, :1], verbose=0)
    model.pop()
    model.add(layers.Dense(2))
    model.compile("sgd", "mse")
    model.fit(x, x[:, :2], verbose=0)
    assert model.predict(x, verbose=0).shape == (6, 2)


def test_stacks_in_stacks() -> None:
    inner = Sequential([layers.Dense(3), layers.ReLU()], name="inner")
    model = Sequential([Input((4,)), inner, layers.Dense(1)])
    assert model.count_params() == 19
    assert model.get_layer("inner").layers[0].kernel.shape == (4, 3)
    again = Sequential.from_config(model.get_config())
    again.set_weights(model.get_weights())
    torch.testing.assert_close(again(torch.ones(2, 4)), model(torch.ones(2, 4)))


def test_as_part_of_a_graph() -> None:
    stack = Sequential([layers.Dense(3), layers.Dense(2)])
    x = Input((4,))
    model = torchkeras.Model(x, stack(x))
    data = torch.randn(3, 4)
    torch.testing.assert_close(model(data), stack(data))
    part = torchkeras.Model(stack.inputs, stack.layers[0].output)
    torch.testing.assert_close(part(data), stack.layers[0](data))


def test_masks_and_flags_go_through() -> None:
    model = Sequential([layers.Embedding(5, 3, mask_zero=True), layers.Dropout(0.9), layers.LSTM(4)])
    ids = torch.tensor([[1, 2, 0, 0]])
    long = model(ids)
    torch.testing.assert_close(model(ids[:, :2]), long)
    assert not torch.equal(model(ids, training=True), long)


def test_lists_of_layers_from_configs() -> None:
    model = Sequential([Input((4,)), layers.Dense(3, "relu"), layers.Dropout(0.2)], name="kept")
    again = Sequential.from_config(model.get_config())
    assert again.name == "kept"
    assert again.get_config() == model.get_config()
    unbuilt = Sequential([layers.Dense(3)])
    assert not Sequential.from_config(unbuilt.get_config()).built


@pytest.mark.parametrize("bad", [3, "dense", layers.Dense, None])
def test_only_layers(bad: Any) -> None:
    with pytest.raises(ValueError, match=r"layer|Layer"):
        Sequential([bad])


def test_names_must_differ() -> None:
    with pytest.raises(ValueError, match="'same' is already the name of a layer"):
        Sequential([layers.Dense(1, name="same"), layers.Dense(1, name="same")])


def test_a_second_input() -> None:
    with pytest.raises(ValueError, match="already"):
        Sequential([Input((4,)), Input((4,))])


def test_empty() -> None:
    with pytest.raises(ValueError, match="no layers"):
        Sequential().build((None, 3))


def test_outputs_of_layers_lie_on_the_way_to_the_output() -> None:
    model = Sequential([Input((3,))])
    for units in (4, 5, 2):
        model.add(layers.Dense(units))
    assert [len(layer._inbound_nodes) for layer in model.layers] == [1, 1, 1]
    head = torchkeras.Model(model.layers[1].output, model.output)
    assert head(torch.ones(2, 5)).shape == (2, 2)
    below = model.layers[1].output
    model.pop()
    assert model.output is below
