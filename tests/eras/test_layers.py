"""Layers that Keras dropped: against tf-keras' recorded numbers, or where it has none, against the formula."""

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras import KerasTensor, layers, models
from torchkeras._eras import layers as old

ROWS = json.loads((Path(__file__).parent / "recorded" / "layers.json").read_text(encoding="utf-8"))


def made(name: str, *args: Any, **kwargs: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return getattr(old, name)(*args, **kwargs)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize("index", range(len(ROWS)), ids=lambda index: f"{ROWS[index]['layer']}-{index}")
def test_a_layer_computes_what_keras_2_computed(index: int) -> None:
    row = ROWS[index]
    layer = getattr(old, row["layer"])(**row["args"])
    draw = np.random.RandomState(index)
    x = draw.uniform(-1, 1, row["input"]).astype("float32")
    symbolic = layer(KerasTensor((None, *row["input"][1:])))
    layer.set_weights([draw.uniform(0.1, 0.9, shape).astype("float32") for _, shape, _ in row["weights"]])
    outputs = layer(torch.as_tensor(x))
    assert [[w.name, list(w.shape)] for w in layer.weights] == [[name, shape] for name, shape, _ in row["weights"]]
    assert symbolic.shape == (None, *outputs.shape[1:])
    np.testing.assert_allclose(outputs.detach().numpy(), row["output"], rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("rank", [1, 2])
def test_same_padding_pads_as_a_convolution_with_shared_weights(rank: int) -> None:
    shape = (2, 5, 4)[: rank + 1]
    layer = getattr(old, f"LocallyConnected{rank}D")(3, 3, padding="same", implementation=2)
    conv = getattr(layers, f"Conv{rank}D")(3, 3, padding="same")
    x = torch.randn(*shape, 2)
    conv(x), layer(x)
    kernel = conv.kernel.numpy().reshape(1, -1, 3)
    layer.set_weights([np.repeat(kernel, layer.kernel.shape[0], 0), np.zeros(layer.bias.shape, "float32")])
    torch.testing.assert_close(layer(x), conv(x))


def test_highway_lets_a_gated_part_through() -> None:
    layer = old.Highway(activation="tanh")
    x = np.random.RandomState(0).uniform(-1, 1, (3, 4)).astype("float32")
    layer(x)
    w, w_carry, b, b_carry = weights = [v.numpy() for v in layer.weights]
    assert [v.name for v in layer.weights] == ["W", "W_carry", "b", "b_carry"] and (weights[3] == 1).all()
    gate = sigmoid(x @ w_carry + b_carry)
    expected = gate * np.tanh(x @ w + b) + (1 - gate) * x
    np.testing.assert_allclose(layer(x).detach().numpy(), expected, rtol=1e-5, atol=1e-6)


def test_maxout_takes_the_largest_feature() -> None:
    layer = old.MaxoutDense(3, nb_feature=2, W_regularizer="l2")
    x = np.random.RandomState(0).uniform(-1, 1, (5, 4)).astype("float32")
    assert layer(KerasTensor((None, 4))).shape == (None, 3)
    w = layer.W.numpy()
    expected = np.einsum("bn,kno->kbo", x, w).max(0)
    np.testing.assert_allclose(layer(x).detach().numpy(), expected, rtol=1e-5, atol=1e-6)
    assert layer.losses[0].item() == pytest.approx(0.01 * (w**2).sum(), rel=1e-5)


def test_parametric_softplus_and_srelu() -> None:
    x = np.linspace(-2, 2, 12, dtype="float32").reshape(3, 4)
    softplus = old.ParametricSoftplus()
    np.testing.assert_allclose(softplus(x).detach().numpy(), 0.2 * np.log1p(np.exp(5.0 * x)), rtol=1e-5, atol=1e-6)
    srelu = old.SReLU(shared_axes=[1])
    srelu(x)
    srelu.set_weights([np.array([number], "float32") for number in (-1.0, 0.5, -1.5, 0.25)])
    expected = np.where(x < -1, -1 + 0.5 * (x + 1), np.where(x > 0.5, 0.5 + 0.25 * (x - 0.5), x))
    np.testing.assert_allclose(srelu(x).detach().numpy(), expected, rtol=1e-5, atol=1e-6)


# CuDNN.


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_cudnn_layers_are_todays_in_results_configs_and_weights(kind: str) -> None:
    with pytest.warns(DeprecationWarning, match=f"`CuDNN{kind}` is an old name: today it is `{kind}`"):
        layer = getattr(old, f"CuDNN{kind}")(3, return_sequences=True)
    today = getattr(layers, kind)(3, return_sequences=True)
    x = torch.randn(2, 5, 4)
    today(x), layer(x)
    layer.set_weights(today.get_weights())
    torch.testing.assert_close(layer(x), today(x))
    written = layers.serialize(layer)
    assert (written["module"], written["class_name"]) == ("keras.layers", kind)
    assert type(layers.deserialize(written)).__name__ == kind


@pytest.mark.parametrize(("kind", "gates"), [("LSTM", 4), ("GRU", 3)])
def test_cudnn_layers_take_the_weights_that_keras_2_stored(kind: str, gates: int) -> None:
    layer = made(f"CuDNN{kind}", 3)
    x = torch.randn(2, 5, 4)
    layer(x)
    draw = np.random.RandomState(0)
    kernel, recurrent, bias = (draw.normal(size=s).astype("float32") for s in ((4, 3), (3, 3), (2 * gates * 3,)))
    stored = [part.reshape(4, 3) for part in np.split(draw.normal(size=(4, 3 * gates)).astype("float32"), gates, 1)]
    recurrents = [recurrent * (gate + 1) for gate in range(gates)]
    layer.set_weights([np.hstack(stored), np.hstack(recurrents), bias])
    expected = np.hstack([part.T.reshape(4, 3, order="F") for part in stored])
    np.testing.assert_array_equal(layer.get_weights()[0], expected)
    np.testing.assert_array_equal(layer.get_weights()[1], np.hstack([part.T for part in recurrents]))
    joined = bias.reshape(2, -1).sum(0) if kind == "LSTM" else bias.reshape(2, -1)
    np.testing.assert_allclose(layer.get_weights()[2], joined, rtol=1e-6)
    assert kernel.shape == (4, 3)


# Merging.

JOINED = {
    "sum": lambda a, b: a + b,
    "mul": lambda a, b: a * b,
    "ave": lambda a, b: (a + b) / 2,
    "max": np.maximum,
    "concat": lambda a, b: np.concatenate([a, b], -1),
    "dot": lambda a, b: (a * b).sum(-1, keepdims=True),
    "cos": lambda a, b: (a * b).sum(-1, keepdims=True) / np.sqrt((a**2).sum(-1) * (b**2).sum(-1))[:, None],
}


@pytest.mark.parametrize("mode", JOINED)
def test_merge_joins_as_its_mode_says(mode: str) -> None:
    a, b = np.random.RandomState(0).uniform(-1, 1, (2, 3, 4)).astype("float32")
    first, second = layers.Input((4,)), layers.Input((4,))
    with pytest.warns(DeprecationWarning, match=r"`merge\(mode="):
        joined = old.merge([first, second], mode=mode)
    layer = made("Merge", mode=mode)
    expected = JOINED[mode](a, b)
    assert joined.shape == (None, *expected.shape[1:])
    for model in (models.Model([first, second], joined), layer):
        outputs = model([torch.as_tensor(a), torch.as_tensor(b)])
        np.testing.assert_allclose(outputs.detach().numpy(), expected, rtol=1e-5, atol=1e-6)


def test_merge_takes_a_function_and_the_axes_of_a_dot_product() -> None:
    first, second = layers.Input((3, 4)), layers.Input((5, 4))
    assert made("merge", [first, second], mode="dot", dot_axes=(2, 2)).shape == (None, 3, 5)
    assert made("merge", [first, second], mode="concat", concat_axis=1).shape == (None, 8, 4)
    mean = made("merge", [first, first], mode=lambda x: x[0] - x[1], output_shape=lambda shapes: shapes[0])
    assert mean.shape == (None, 3, 4)
    with pytest.raises(ValueError, match="Unknown mode of `merge`: 'summ'"):
        old.merge([first, first], mode="summ")


SHARED = """
import numpy as np
from keras.layers import Dense, Merge
from keras.models import Sequential
question = Sequential([Dense(3, input_dim=4)])
match = Sequential([Merge([Sequential([Dense(3, input_dim=5)]), question], mode="mul"), Dense(3)])
answer = Sequential([Merge([match, question], mode="concat"), Dense(1)])
a, b = np.random.rand(2, 5).astype("float32"), np.random.rand(2, 4).astype("float32")
weights = [w for stack in (match.layers[0].branches[0], question, match.layers[1], answer.layers[1])
           for w in stack.get_weights()]
asked = b @ weights[2] + weights[3]
matched = ((a @ weights[0] + weights[1]) * asked) @ weights[4] + weights[5]
expected = np.concatenate([matched, asked], -1) @ weights[6] + weights[7]
np.testing.assert_allclose(answer.predict([a, b], verbose=0), expected, rtol=1e-5)
answer.compile("sgd", "mse")
answer.fit([a, b], np.ones((2, 1)), verbose=0)
"""


def test_a_branch_of_two_merges_is_fed_once(runner: Any, tmp_path: Path) -> None:
    runner.run(SHARED, cwd=tmp_path).check()


# Under other names.


def test_convolutions_of_keras_1_are_todays(runner: Any, tmp_path: Path) -> None:
    source = """
import warnings; warnings.simplefilter("ignore")
from keras.layers import *
def show(layer, *names):
    print("=", type(layer).__name__, *[getattr(layer, name) for name in names])
show(AtrousConvolution2D(4, 3, 2, atrous_rate=(2, 1), border_mode="same"), "kernel_size", "dilation_rate", "padding")
show(AtrousConvolution1D(nb_filter=4, filter_length=3, atrous_rate=2), "filters", "kernel_size", "dilation_rate")
show(Deconvolution2D(3, 3, 2, (None, 14, 14, 3), subsample=(2, 2)), "filters", "kernel_size", "strides")
show(Deconvolution2D(3, 3, 2, output_shape=(None, 14, 14, 3)), "filters", "kernel_size", "strides")
show(TimeDistributedDense(5, init="one", W_regularizer="l2", input_dim=3, input_length=7), "units",
     "kernel_initializer", "kernel_regularizer", "_input_shape_argument")
show(SyncBatchNormalization(momentum=0.5), "synchronized", "momentum")
show(isinstance(Conv2DTranspose(1, 1), Deconvolution2D) and Dense(1), "units")
"""
    assert runner.run(source, cwd=tmp_path).check().facts == [
        "= Conv2D (3, 2) (2, 1) same",
        "= Conv1D 4 (3,) (2,)",
        "= Conv2DTranspose 3 (3, 2) (2, 2)",
        "= Conv2DTranspose 3 (3, 2) (1, 1)",
        "= Dense 5 Ones() L2() (None, 7, 3)",
        "= BatchNormalization True 0.5",
        "= Dense 1",
    ]


def test_a_user_cell_and_a_user_recurrent_layer_step() -> None:
    class Sum(old.AbstractRNNCell):
        state_size = output_size = 2

        def call(self, inputs: Any, states: Any) -> Any:
            return inputs + states[0], [inputs + states[0]]

    class Decay(old.Recurrent):
        def __init__(self, units: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.units, self.states = units, [None]

        def get_constants(self, inputs: Any, training: Any = None) -> Any:
            return [inputs.new_full((), 0.5)]

        def step(self, inputs: Any, states: Any) -> Any:
            state, half = states
            new = inputs + half * state
            return new, [new]

    x = torch.arange(12.0).reshape(2, 3, 2)
    torch.testing.assert_close(layers.RNN(Sum(), return_sequences=True)(x), x.cumsum(1))
    expected = x[:, 2] + 0.5 * (x[:, 1] + 0.5 * x[:, 0])
    torch.testing.assert_close(Decay(2)(x), expected)
    mask = torch.tensor([[True, True, False], [True, True, True]])
    torch.testing.assert_close(Decay(2)(x, mask=mask)[0], x[0, 1] + 0.5 * x[0, 0])
    symbol = layers.Input((3, 2))
    assert Decay(2, return_sequences=True)(symbol).shape == (None, 3, 2)


def test_pooling_layers_of_ones_own_derive_from_keras_2s_bases() -> None:
    class Spread(old._GlobalPooling2D):
        def call(self, inputs: Any) -> Any:
            axes = (1, 2) if self.data_format == "channels_last" else (2, 3)
            return inputs.amax(axes) - inputs.amin(axes)

    x = torch.rand(2, 4, 5, 3)
    torch.testing.assert_close(Spread()(x), x.amax((1, 2)) - x.amin((1, 2)))
    assert Spread(data_format="channels_first")(layers.Input((3, 4, 5))).shape == (None, 3)
    assert old._GlobalPooling1D().compute_output_shape((None, 4, 3)) == (None, 3)


@pytest.mark.parametrize(("name", "axis"), [("RandomHeight", 1), ("RandomWidth", 2)])
def test_random_sizes_change_one_axis_in_training(name: str, axis: int) -> None:
    layer = getattr(old, name)((0.5, 0.5), interpolation="nearest")
    x = torch.rand(2, 4, 6, 3)
    expected = list(x.shape)
    expected[axis] = x.shape[axis] * 3 // 2
    assert list(layer(x, training=True).shape) == expected
    assert layer(x) is x or torch.equal(layer(x), x)
    assert layer(layers.Input((4, 6, 3))).shape[axis] is None


@pytest.mark.parametrize("name", ["DenseFeatures", "SequenceFeatures", "DynamicLookup"])
def test_what_needs_tensorflow_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(NotImplementedError, match=f"{name} is not served: .*use "):
        getattr(old, name)([])


KEPT = {
    "LocallyConnected1D": ({"filters": 2, "kernel_size": 2}, (4, 3)),
    "LocallyConnected2D": ({"filters": 2, "kernel_size": 2, "kernel_regularizer": "l2"}, (4, 3, 2)),
    "Highway": ({"activation": "tanh"}, (4,)),
    "MaxoutDense": ({"output_dim": 2}, (4,)),
    "ThresholdedReLU": ({"theta": 0.5}, (4,)),
    "ParametricSoftplus": ({}, (4,)),
    "SReLU": ({}, (4,)),
    "RandomFourierFeatures": ({"output_dim": 3, "kernel_initializer": "laplacian"}, (4,)),
    "RandomHeight": ({"factor": 0.1}, (4, 4, 3)),
}


@pytest.mark.parametrize("ending", ["keras", "h5"])
@pytest.mark.parametrize("name", KEPT)
def test_models_with_them_come_back_from_files(name: str, ending: str, tmp_path: Path) -> None:
    args, shape = KEPT[name]
    model = models.Sequential([layers.Input(shape), getattr(old, name)(**args)])
    model.save(tmp_path / f"model.{ending}")
    found = models.load_model(tmp_path / f"model.{ending}")
    x = np.random.RandomState(0).uniform(-1, 1, (2, *shape)).astype("float32")
    np.testing.assert_array_equal(found.predict(x, verbose=0), model.predict(x, verbose=0))
    assert found.layers[0].get_config() == model.layers[0].get_config()
