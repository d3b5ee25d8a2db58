"""`clone_model`: the same architecture with new weights, or with other layers."""

import json
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras
from torchkeras import Input, Model, Sequential, layers
from torchkeras.models import clone_model


def test_every_architecture(build: Any, models: Any) -> None:
    model = build(torchkeras)
    clone = clone_model(model)
    assert json.loads(clone.to_json()) == json.loads(model.to_json())
    mine = {id(parameter) for parameter in model.parameters()}
    assert not any(id(parameter) in mine for parameter in clone.parameters())
    clone.set_weights(model.get_weights())
    data = models.data_for(model)
    for one, other in zip(torchkeras.tree.flatten(clone(data)), torchkeras.tree.flatten(model(data)), strict=True):
        torch.testing.assert_close(one, other)


def small() -> Any:
    inputs = Input((4,))
    return Model(inputs, layers.Dense(2, name="out")(layers.Dense(3, "relu", name="hidden")(inputs)))


@pytest.mark.parametrize("make", [small, lambda: Sequential([Input((4,)), layers.Dense(3), layers.Dense(2)])])
def test_clone_function(make: Any) -> None:
    seen = []

    def wider(layer: Any) -> Any:
        seen.append(layer.name)
        config = layer.get_config()
        if isinstance(layer, layers.Dense):
            config["use_bias"] = False
        return type(layer).from_config(config)

    model = make()
    clone = clone_model(model, clone_function=wider)
    assert len(clone.weights) == 2
    assert len(model.weights) == 4
    assert set(seen) >= {layer.name for layer in model.layers if isinstance(layer, layers.Dense)}


def test_call_function() -> None:
    def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
        outputs = layer(*args, **kwargs)
        return layers.ReLU()(outputs) if layer.name == "out" else outputs

    clone = clone_model(small(), call_function=call)
    assert (clone(torch.randn(50, 4)) >= 0).all()


def test_input_tensors() -> None:
    inputs = Input((4,), name="given")
    clone = clone_model(small(), input_tensors=inputs)
    assert clone.input_names == ["given"]
    stack = clone_model(Sequential([layers.Dense(3)]), input_tensors=inputs)
    assert stack.output_shape == (None, 3)


def test_shared_layers_stay_shared() -> None:
    shared, a, b = layers.Dense(3), Input((4,)), Input((4,))
    clone = clone_model(Model([a, b], layers.add([shared(a), shared(b)])))
    assert len(clone.weights) == 2


def test_recursive() -> None:
    inner = small()
    inputs = Input((4,))
    model = Model(inputs, inner(inputs))
    seen: list[str] = []

    def note(layer: Any) -> Any:
        seen.append(layer.name)
        return type(layer).from_config(layer.get_config())

    clone_model(model, clone_function=note)
    assert "hidden" not in seen
    clone = clone_model(model, clone_function=note, recursive=True)
    assert "hidden" in seen
    clone.set_weights(model.get_weights())
    np.testing.assert_allclose(clone.predict(np.ones((2, 4)), verbose=0), model.predict(np.ones((2, 4)), verbose=0))


def test_what_it_refuses() -> None:
    class Own(Model):
        def call(self, x: Any) -> Any:
            return x

    with pytest.raises(ValueError, match="only supported for"):
        clone_model(Own(), clone_function=lambda layer: layer)
    with pytest.raises(ValueError, match="not supported with Sequential"):
        clone_model(Sequential([layers.Dense(1)]), call_function=lambda layer, x: layer(x))
    with pytest.raises(ValueError, match="1 KerasTensors"):
        clone_model(small(), input_tensors=[Input((4,)), Input((4,))])
