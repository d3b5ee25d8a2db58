"""Models made from a graph: what they take and give, what is part of them, what they refuse."""

from typing import Any

import numpy as np
import pytest
import torch

from torchkeras import Input, Model, layers, ops
from torchkeras.models import clone_model, model_from_json


def encoder(name: str = "encoder") -> Any:
    x = Input((4,))
    return Model(x, layers.Dense(3, name="part")(x), name=name)


# Inputs.


@pytest.mark.parametrize(
    "given",
    [
        lambda a, b: [a, b],
        lambda a, b: (a, b),
        lambda a, b: {"a": a, "b": b},
        lambda a, b: {"b": b, "a": a},
        lambda a, b: [a.numpy(), b.numpy()],
        lambda a, b: [a.double(), b],
    ],
    ids=["list", "tuple", "dict", "dict the other way round", "numpy", "float64"],
)
@pytest.mark.parametrize("structure", ["list", "dict"])
def test_forms_of_the_inputs(given: Any, structure: str) -> None:
    a, b = Input((4,), name="a"), Input((3,), name="b")
    outputs = layers.concatenate([a, 2 * b])
    model = Model([a, b] if structure == "list" else {"b": b, "a": a}, outputs)
    one, two = torch.randn(2, 4), torch.randn(2, 3)
    torch.testing.assert_close(model(given(one, two)), torch.cat([one, 2 * two], dim=1))


def test_missing_and_extra_names() -> None:
    a, b = Input((4,), name="a"), Input((3,), name="b")
    model = Model({"a": a, "b": b}, layers.concatenate([a, b]))
    with pytest.raises(ValueError, match='input "b"'):
        model({"a": torch.ones(1, 4)})
    with pytest.warns(UserWarning, match="no inputs .'c'"):
        model({"a": torch.ones(1, 4), "b": torch.ones(1, 3), "c": torch.ones(1)})


def test_wrong_number_and_shape() -> None:
    a, b = Input((4,), name="a"), Input((3,), name="b")
    model = Model([a, b], layers.concatenate([a, b]))
    with pytest.raises(ValueError, match="expects 2 input"):
        model([torch.ones(1, 4)])
    with pytest.raises(ValueError, match=r"(?s)\"a\".*4.*5"):
        model([torch.ones(1, 5), torch.ones(1, 3)])


def test_a_last_axis_of_one_comes_and_goes() -> None:
    column, flat = Input((1,)), Input(())
    model = Model([column, flat], [column * 1, flat * 1])
    one, other = model([torch.ones(5), torch.ones(5, 1)])
    assert one.shape == (5, 1)
    assert other.shape == (5,)


def test_integers_for_a_float_input() -> None:
    x = Input((2,))
    assert Model(x, layers.Dense(1)(x))(torch.ones(3, 2, dtype=torch.int64)).dtype is torch.float32


def test_unknown_sizes_anywhere() -> None:
    x = Input((None, None, 3))
    pooled = layers.GlobalAveragePooling2D()(layers.Conv2D(5, 3, padding="same")(x))
    model = Model(x, [pooled, x[:, 0], ops.reshape(x, (-1, 3))])
    assert model.output_shape == [(None, 5), (None, None, 3), (None, 3)]
    for shape in [(2, 5, 7, 3), (1, 9, 4, 3)]:
        one, two, three = model(torch.ones(shape))
        assert one.shape == (shape[0], 5)
        assert two.shape == (shape[0], shape[2], 3)
        assert three.shape == (shape[0] * shape[1] * shape[2], 3)


def test_a_known_batch() -> None:
    x = Input(batch_shape=(4, 3))
    model = Model(x, layers.Dense(2)(x))
    assert model.output_shape == (4, 2)


# Parts.


def test_a_model_of_an_inner_layer() -> None:
    x = Input((4,))
    hidden = layers.Dense(3, "relu", name="hidden")(x)
    model = Model(x, layers.Dense(1)(hidden))
    part = Model(model.input, model.get_layer("hidden").output)
    data = torch.randn(5, 4)
    torch.testing.assert_close(part(data), model.get_layer("hidden")(data))
    assert part.get_layer("hidden") is model.get_layer("hidden")
    assert [layer.name for layer in part.layers] == [model.layers[0].name, "hidden"]
    both = Model(model.inputs, [model.get_layer("hidden").output, model.output])
    torch.testing.assert_close(both(data)[1], model(data))


def test_from_the_middle_of_a_graph() -> None:
    x = Input((4,))
    first = layers.Dense(3, name="first")(x)
    second = layers.Dense(2, name="second")(first)
    tail = Model(first, second)
    data = torch.randn(5, 3)
    assert tail.input_shape == (None, 3)
    assert "first" not in [layer.name for layer in tail.layers if not isinstance(layer, layers.InputLayer)]
    whole = Model(x, second)
    torch.testing.assert_close(tail(data), whole.get_layer("second")(data))


def test_shared_layers_and_towers_have_their_weights_once() -> None:
    tower, (a, b) = encoder(), (Input((4,)), Input((4,)))
    model = Model([a, b], layers.Subtract()([tower(a), tower(b)]))
    assert model.count_params() == tower.count_params() == 15
    assert len(model.weights) == 2
    one, two = torch.randn(2, 4), torch.randn(2, 4)
    torch.testing.assert_close(model([one, two]), tower(one) - tower(two))


def test_a_layer_called_on_its_own_output() -> None:
    layer, x = layers.Dense(4, "tanh"), Input((4,))
    data = torch.randn(3, 4)
    torch.testing.assert_close(Model(x, layer(layer(x)))(data), layer(layer(data)))


def test_models_in_models_in_models() -> None:
    inner = encoder("inner")
    x = Input((4,))
    middle = Model(x, layers.ReLU()(inner(x)), name="middle")
    y = Input((4,))
    outer = Model(y, layers.Dense(2)(middle(y)))
    data = torch.randn(2, 4)
    torch.testing.assert_close(outer(data), outer.layers[-1](torch.relu(inner(data))))
    assert outer.get_layer("middle").get_layer("inner") is inner
    assert len(outer.state_dict()) == 4
    inner.set_weights([np.zeros((4, 3)), np.zeros(3)])
    torch.testing.assert_close(outer(data), outer.layers[-1](torch.zeros(2, 3)))


def test_masks_go_through_nested_models() -> None:
    words = Input((5,), dtype="int32")
    embed = Model(words, layers.Embedding(10, 3, mask_zero=True)(words))
    x = Input((5,), dtype="int32")
    model = Model(x, layers.LSTM(4)(embed(x)))
    ids = torch.tensor([[1, 2, 3, 0, 0], [4, 5, 6, 7, 8]])
    trimmed = layers.LSTM(4)
    trimmed.build((None, None, 3))
    trimmed.set_weights(model.layers[-1].get_weights())
    expected = trimmed(embed.layers[-1].embeddings.value[ids[:1, :3]])
    torch.testing.assert_close(model(ids)[:1], expected)


def test_constants_and_python_operators() -> None:
    x = Input((3,))
    table = np.arange(3, dtype="float32")
    y = (x + table) * 2 - torch.ones(3) / 4
    y = abs(-y) ** 2 % 5
    data = torch.randn(4, 3)
    expected = (-((data + torch.tensor(table)) * 2 - 0.25)).abs() ** 2 % 5
    torch.testing.assert_close(Model(x, y)(data), expected)


def test_layers_with_options_and_several_tensors() -> None:
    class Gate(layers.Layer):
        def call(self, x: Any, gate: Any, scale: float = 1.0, training: bool = False) -> Any:
            return x * gate * scale + (100 if training else 0)

    a, b = Input((3,)), Input((3,))
    model = Model([a, b], Gate()(a, gate=b, scale=3.0))
    one, two = torch.randn(2, 3), torch.randn(2, 3)
    torch.testing.assert_close(model([one, two]), one * two * 3)
    torch.testing.assert_close(model([one, two], training=True), one * two * 3 + 100)


def test_training_flag_reaches_the_layers() -> None:
    x = Input((50,))
    model = Model(x, layers.Dropout(0.5)(x))
    ones = torch.ones(4, 50)
    assert (model(ones) == 1).all()
    assert (model(ones, training=True) == 0).any()
    assert (model(ones) == 1).all()
    fixed = Model(x, layers.Dropout(0.5)(x, training=True))
    assert (fixed(ones) == 0).any()


# A subclass.


class Own(Model):
    """A functional model with a class of its own."""

    def __init__(self, units: int = 3, **kwargs: Any) -> None:
        inputs = Input((4,))
        super().__init__(inputs=inputs, outputs=layers.Dense(units)(inputs), **kwargs)
        self.units = units

    def get_config(self) -> Any:
        return {"units": self.units, "name": self.name}


def test_a_subclass_of_model_with_a_graph() -> None:
    model = Own(5, name="own")
    assert model(torch.ones(2, 4)).shape == (2, 5)
    assert model.output_shape == (None, 5)
    again = Own.from_config(model.get_config())
    assert type(again) is Own
    assert again.units == 5


# Errors.


def test_a_graph_that_is_not_connected() -> None:
    a, b = Input((4,), name="a"), Input((4,), name="b")
    with pytest.raises(ValueError, match=r"not connected|disconnected"):
        Model(a, layers.Dense(1)(b))
    with pytest.raises(ValueError, match=r"(?s)(not connected|disconnected).*\"b\""):
        Model(a, layers.add([a, b]))


def test_names_must_differ() -> None:
    a = Input((4,))
    with pytest.raises(ValueError, match='"twice" is used 2 times'):
        Model(a, layers.Dense(2, name="twice")(layers.Dense(2, name="twice")(a)))


def test_values_are_not_symbols() -> None:
    a = Input((4,))
    with pytest.raises(ValueError, match="`outputs` values must be KerasTensors"):
        Model(a, torch.ones(2))
    with pytest.raises(ValueError, match="`inputs` values must be KerasTensors"):
        Model(np.ones((2, 2)), layers.Dense(1)(a))


def test_the_same_input_twice() -> None:
    a = Input((4,))
    with pytest.raises(ValueError, match="same input twice"):
        Model([a, a], layers.Dense(1)(a))


def test_unknown_layers_are_told_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"(?s)No such layer: prat.*part"):
        encoder().get_layer("prat")
    with pytest.raises(ValueError, match="index 9"):
        encoder().get_layer(index=9)


def test_layers_is_reserved() -> None:
    with pytest.raises(AttributeError, match="layers"):
        encoder().layers = []


def test_forward_frees_what_nobody_needs_any_more() -> None:
    """The plan holds no activations longer than a hand-written forward would."""
    import weakref

    x = inputs = Input((4,))
    alive: list[Any] = []
    most = []

    def watch(value: torch.Tensor) -> torch.Tensor:
        out = value + 1
        alive.append(weakref.ref(out))
        most.append(sum(ref() is not None for ref in alive))
        return out

    for _ in range(6):
        x = layers.Lambda(watch, output_shape=(4,))(x)
    model = Model(inputs, x)
    alive.clear()
    most.clear()
    with torch.no_grad():
        model(torch.ones(1, 4))
    assert max(most) <= 2


@pytest.mark.parametrize("copied", ["itself", "clone", "json"])
@pytest.mark.parametrize("nested", [False, True], ids=["layer", "model"])
def test_inference_mode_that_is_asked_for_stays(copied: str, nested: bool) -> None:
    """Fine-tuning: ``base(inputs, training=False)`` keeps the statistics as they are while the rest trains."""
    a = Input((4,))
    base = Model(a, layers.BatchNormalization()(a)) if nested else layers.BatchNormalization()
    x = Input((4,))
    model = Model(x, base(x, training=False))
    if copied != "itself":
        model = clone_model(model) if copied == "clone" else model_from_json(model.to_json())
    data = torch.randn(8, 4)
    expected = data / (1 + 1e-3) ** 0.5
    torch.testing.assert_close(model(data, training=True), expected)
    model.train()
    torch.testing.assert_close(model(data), expected)
