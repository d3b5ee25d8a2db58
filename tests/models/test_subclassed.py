"""Models that write their own `call`: when they are built, what they track, how they are stored."""

import copy
import pickle
from typing import Any

import keras
import numpy as np
import pytest
import torch

import torchkeras
from torchkeras import Model, layers


class Net(Model):
    """Layers in attributes, lists, dicts and nested lists."""

    def __init__(self, units: int = 3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.first = layers.Dense(units, "relu", name="first")
        self.listed = [layers.Dense(units, name=f"listed_{index}") for index in range(2)]
        self.named = {"a": layers.Dense(units, name="named"), "deep": [layers.Dropout(0.5)]}
        self.last = layers.Dense(1, name="last")

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        x = self.first(inputs)
        for layer in self.listed:
            x = layer(x)
        x = self.named["deep"][0](self.named["a"](x), training=training)
        return self.last(x)


X = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))


def test_built_by_the_first_call() -> None:
    model = Net()
    assert not model.built
    assert model(X).shape == (6, 1)
    assert model.built
    assert len(model.weights) == len(list(model.parameters())) == 10
    assert [w.path for w in model.trainable_weights[:2]] == ["net/first/kernel", "net/first/bias"]


def test_built_by_build_and_by_fit() -> None:
    built, fitted = Net(), Net()
    built.build((None, 4))
    assert built.count_params() == 15 + 12 + 12 + 12 + 4
    fitted.compile("adam", "mse")
    fitted.fit(X, X[:, :1], verbose=0, epochs=2)
    assert fitted.count_params() == built.count_params()
    assert [w.shape for w in fitted.weights] == [w.shape for w in built.weights]
    called = Net()
    called(X)
    assert [w.path.split("/", 1)[1] for w in built.weights] == [w.path.split("/", 1)[1] for w in called.weights]


def test_a_model_that_was_never_called() -> None:
    with pytest.raises(ValueError, match="isn't built"):
        Net().count_params()


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_copies(copied: Any) -> None:
    model = Net()
    model(X)
    other = copied(model)
    torch.testing.assert_close(other(X), model(X))
    other.listed.append(layers.Dense(2))
    assert len(model.listed) == 2
    assert other.listed[1] is not model.listed[1]


def test_state_dict() -> None:
    model, other = Net(), Net()
    model(X)
    other(X)
    assert all(any(layer in key for layer in ("first", "listed", "named", "last")) for key in model.state_dict())
    other.load_state_dict(model.state_dict())
    torch.testing.assert_close(other(X), model(X))


def test_the_flag_reaches_the_layers() -> None:
    model = Net(50)
    model(X)
    torch.testing.assert_close(model(X), model(X, training=False))
    assert not torch.equal(model(X, training=True), model(X, training=True))
    model.train()
    assert not torch.equal(model(X), model(X))


def test_config_and_clone() -> None:
    model = Net(5, name="mine")
    model(X)
    assert model.get_config()["units"] == 5
    again = Net.from_config(model.get_config())
    assert (again.units, again.name) == (5, "mine")
    clone = torchkeras.models.clone_model(model)
    assert isinstance(clone, Net)
    assert clone.first is not model.first


def test_the_same_numbers_as_keras(models: Any) -> None:
    class Theirs(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.first = keras.layers.Dense(3, "relu")
            self.listed = [keras.layers.Dense(3) for _ in range(2)]
            self.named = {"a": keras.layers.Dense(3)}
            self.last = keras.layers.Dense(1)

        def call(self, inputs: Any) -> Any:
            x = self.first(inputs)
            for layer in self.listed:
                x = layer(x)
            return self.last(self.named["a"](x))

    ours, theirs = Net(), Theirs()
    ours(X)
    theirs(X)
    theirs.set_weights(ours.get_weights())
    torch.testing.assert_close(ours(X), theirs(X))


def test_own_weights_and_losses() -> None:
    class Own(Model):
        def __init__(self) -> None:
            super().__init__()
            self.scale = self.add_weight((), "ones", name="scale")
            self.count = torchkeras.Variable(0.0, trainable=False, name="count")

        def call(self, x: Any) -> Any:
            self.count.assign_add(1.0)
            self.add_loss(torch.square(self.scale.value))
            return x * self.scale

    model = Own()
    model.compile(torchkeras.optimizers.SGD(0.1), "mse")
    model.fit(X, X * 0, epochs=3, batch_size=6, verbose=0)
    assert float(model.scale) < 1
    assert float(model.count) >= 3
    assert [w.name for w in model.trainable_weights] == ["scale"]
    assert [w.name for w in model.non_trainable_weights] == ["count"]


def test_several_inputs_by_keyword() -> None:
    class Two(Model):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = layers.Dense(2), layers.Dense(2)

        def call(self, inputs: Any) -> Any:
            return self.a(inputs["a"]) + self.b(inputs["b"])

    model = Two()
    model.compile("sgd", "mse")
    data = {"a": X.numpy(), "b": X.numpy()[:, :2]}
    model.fit(data, X[:, :2].numpy(), verbose=0)
    assert model.predict(data, verbose=0).shape == (6, 2)
    assert [w.shape for w in model.weights] == [(4, 2), (2,), (2, 2), (2,)]


def test_without_call() -> None:
    class Empty(Model):
        pass

    with pytest.raises(NotImplementedError, match="call"):
        Empty()(X)


def test_numpy_and_lists_are_taken() -> None:
    model = Net()
    np.testing.assert_allclose(model(X.numpy()).detach(), model(X).detach())
    assert model(X.tolist()).shape == (6, 1)


def test_a_name_that_is_nowhere_defined_is_said_as_it_is() -> None:
    class Mistaken(torchkeras.Model):
        def call(self, x):
            return not_defined_anywhere(x)  # noqa: F821

    with pytest.raises(NameError, match="not_defined_anywhere"):
        Mistaken().build((None, 3))
