"""Legacy HDF5 files that torchkeras writes load in real Keras, and the other way round."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import keras as real
import numpy as np
import pytest

import torchkeras

RNG = np.random.default_rng(0)


def stack(k: Any) -> Any:
    layers = [k.layers.Dense(6, activation="relu", kernel_regularizer="l2"), k.layers.BatchNormalization()]
    model = k.Sequential([k.Input((4,)), *layers, k.layers.LeakyReLU(0.1), k.layers.Dropout(0.2), k.layers.Dense(2)])
    model.compile(k.optimizers.Adam(0.01), k.losses.MeanSquaredError(), metrics=["mae"])
    model.fit(np.ones((8, 4), "f4"), np.ones((8, 2), "f4"), verbose=0)
    return model


def shared(k: Any) -> Any:
    left, right = k.Input((4,), name="left"), k.Input((4,), name="right")
    inner = k.Sequential([k.Input((4,)), k.layers.Dense(4), k.layers.BatchNormalization()], name="inner")
    dense = k.layers.Dense(4, name="dense")
    joined = k.layers.Concatenate()([inner(dense(left)), inner(right)])
    return k.Model([left, right], [k.layers.Dense(2)(joined), k.layers.Add()([dense(right), dense(left)])])


def images(k: Any) -> Any:
    x = inputs = k.Input((12, 12, 3))
    for layer in (
        k.layers.Conv2D(4, 3, padding="same"),
        k.layers.SeparableConv2D(5, 3),
        k.layers.DepthwiseConv2D(3),
        k.layers.MaxPooling2D(),
        k.layers.Conv2DTranspose(3, 2),
        k.layers.PReLU(shared_axes=[1, 2]),
        k.layers.LayerNormalization(),
        k.layers.GlobalAveragePooling2D(),
    ):
        x = layer(x)
    return k.Model(inputs, x)


def recurrent(k: Any) -> Any:
    x = inputs = k.Input((6, 5))
    x = k.layers.Bidirectional(k.layers.LSTM(3, return_sequences=True))(k.layers.Masking()(x))
    x = k.layers.TimeDistributed(k.layers.Dense(3))(k.layers.GRU(4, return_sequences=True)(x))
    return k.Model(inputs, k.layers.RNN([k.layers.LSTMCell(3), k.layers.GRUCell(2)])(x))


def attention(k: Any) -> Any:
    inputs = k.Input((5, 8))
    return k.Model(inputs, k.layers.MultiHeadAttention(2, 4)(inputs, inputs))


def operators(k: Any) -> Any:
    inputs = k.Input((4,))
    return k.Model(inputs, k.ops.relu(k.layers.Dense(3)(inputs * 2.0 + 1.0)))


MODELS = [stack, shared, images, recurrent, attention, operators]


def data(model: Any) -> Any:
    arrays = [RNG.normal(size=(2, *tensor.shape[1:])).astype("f4") for tensor in model.inputs]
    return arrays if len(arrays) > 1 else arrays[0]


def check_same(one: Any, other: Any) -> None:
    inputs = data(one)
    ours, theirs = one.predict(inputs, verbose=0), other.predict(inputs, verbose=0)
    pairs = zip(ours, theirs) if isinstance(ours, list) else [(ours, theirs)]
    for mine, wanted in pairs:
        np.testing.assert_allclose(mine, wanted, rtol=1e-5, atol=1e-6)


def check_same_optimizer(one: Any, other: Any) -> None:
    if getattr(one, "optimizer", None) is None:
        return
    assert len(one.optimizer.variables) > 2
    # real Keras reads back the count and the rate, but not what its optimizer keeps beside the weights
    for mine, wanted in zip(one.optimizer.variables, other.optimizer.variables):
        np.testing.assert_allclose(mine.numpy(), real.ops.convert_to_numpy(wanted.numpy()), rtol=1e-6)


# what real Keras itself does
pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation"),
    pytest.mark.filterwarnings("ignore:Argument `alpha` is deprecated"),
]


@pytest.mark.parametrize("make", MODELS)
def test_written_here_read_there(make: Callable[[Any], Any], tmp_path: Path) -> None:
    model = make(torchkeras)
    model.save(tmp_path / "model.h5")
    other = real.saving.load_model(tmp_path / "model.h5")
    check_same(model, other)
    check_same_optimizer(model, other)


@pytest.mark.parametrize("make", MODELS)
def test_written_there_read_here(make: Callable[[Any], Any], tmp_path: Path) -> None:
    model = make(real)
    model.save(tmp_path / "model.h5")
    other = torchkeras.saving.load_model(tmp_path / "model.h5")
    check_same(other, model)
    check_same_optimizer(other, model)


@pytest.mark.parametrize("make", MODELS)
def test_written_and_read_here(make: Callable[[Any], Any], tmp_path: Path) -> None:
    model = make(torchkeras)
    model.save(tmp_path / "model.h5")
    other = torchkeras.saving.load_model(tmp_path / "model.h5")
    check_same(model, other)
    check_same_optimizer(model, other)
    assert other.get_config() == model.get_config()
    assert other.compiled == model.compiled


def test_without_optimizer(tmp_path: Path) -> None:
    model = stack(torchkeras)
    model.save(tmp_path / "model.h5", include_optimizer=False)
    assert not torchkeras.saving.load_model(tmp_path / "model.h5").compiled


def test_many_long_names(tmp_path: Path) -> None:
    """More names than the header of one HDF5 object holds."""
    layers = [torchkeras.layers.Dense(1, name=f"{index:03}_{'x' * 700}") for index in range(200)]
    model = torchkeras.Sequential([torchkeras.Input((1,)), *layers])
    model.save(tmp_path / "model.h5")
    with h5py.File(tmp_path / "model.h5") as file:
        assert "layer_names1" in file["model_weights"].attrs
    other = torchkeras.saving.load_model(tmp_path / "model.h5")
    for mine, wanted in zip(other.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, wanted)


def test_a_subclassed_model_has_no_config(tmp_path: Path) -> None:
    class Mine(torchkeras.Model):
        def call(self, x: Any) -> Any:
            return x

    with pytest.raises(NotImplementedError, match="functional or sequential"):
        Mine().save(tmp_path / "model.h5")
    assert list(tmp_path.iterdir()) == []
