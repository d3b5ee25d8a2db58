"""Files as Keras 1 wrote them: made by hand here, since no such Keras runs any more."""

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import torchkeras as keras

RNG = np.random.default_rng(0)


def floats(*shape: int) -> np.ndarray[Any, Any]:
    return RNG.normal(size=shape).astype("f4")


def write(path: Path, layers: Any, weights: dict[str, list[Any]], backend: str = "tensorflow", **attrs: Any) -> None:
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = b"1.2.2"
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": layers}).encode()
        for name, value in attrs.items():
            file.attrs[name] = json.dumps(value).encode()
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [name.encode() for name in weights]
        group.attrs["backend"] = backend.encode()
        group.attrs["keras_version"] = b"1.2.2"
        for name, arrays in weights.items():
            inner = group.create_group(name)
            inner.attrs["weight_names"] = [f"{name}_{index}".encode() for index in range(len(arrays))]
            for index, array in enumerate(arrays):
                inner[f"{name}_{index}"] = array


def entry(name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": name, "config": {"name": name.lower(), "trainable": True, **config}}


def test_dense_and_training(tmp_path: Path) -> None:
    first = {"output_dim": 3, "input_dim": 4, "batch_input_shape": [None, 4], "input_dtype": "float32", "bias": True}
    first |= {"init": "glorot_uniform", "activation": "relu", "W_regularizer": {"name": "WeightRegularizer", "l2": 0.1}}
    layers = [entry("Dense", **first), entry("Dropout", p=0.5)]
    kernel, bias = floats(4, 3), floats(3)
    optimizer = {"class_name": "SGD", "config": {"lr": 0.1, "decay": 0.01, "momentum": 0.9, "nesterov": True}}
    training = {"optimizer_config": optimizer, "loss": "mse", "metrics": ["accuracy"], "sample_weight_mode": None}
    write(tmp_path / "x.h5", layers, {"dense": [kernel, bias], "dropout": []}, training_config=training)
    model = keras.saving.load_model(tmp_path / "x.h5")
    x = floats(5, 4)
    np.testing.assert_allclose(model.predict(x, verbose=0), np.maximum(x @ kernel + bias, 0), rtol=1e-5, atol=1e-6)
    assert model.get_layer("dropout").rate == 0.5
    assert float(model.layers[0].kernel_regularizer.l2) == pytest.approx(0.1)
    assert isinstance(model.optimizer._rate, keras.optimizers.schedules.InverseTimeDecay)
    assert set(model.evaluate(x, floats(5, 3), verbose=0, return_dict=True)) == {"accuracy", "loss"}


def convolved(x: Any, kernel: Any, bias: Any) -> Any:
    """A valid correlation, channels first: x (b, i, h, w), kernel (o, i, r, c)."""
    rows, columns = kernel.shape[2:]
    windows = np.lib.stride_tricks.sliding_window_view(x, (rows, columns), (2, 3))
    return np.einsum("bihwrc,oirc->bohw", windows, kernel) + bias[None, :, None, None]


@pytest.mark.parametrize("backend", ["tensorflow", "theano"])
def test_convolution_of_theano(backend: str, tmp_path: Path) -> None:
    config = {"nb_filter": 2, "nb_row": 3, "nb_col": 2, "border_mode": "valid", "subsample": [1, 1], "init": "normal"}
    config |= {"dim_ordering": "th", "batch_input_shape": [None, 3, 6, 5], "activation": "linear"}
    kernel, bias = floats(2, 3, 3, 2), floats(2)
    write(tmp_path / "x.h5", [entry("Convolution2D", **config)], {"convolution2d": [kernel, bias]}, backend)
    x = floats(2, 3, 6, 5)
    used = kernel[:, :, ::-1, ::-1] if backend == "theano" else kernel
    output = keras.saving.load_model(tmp_path / "x.h5").predict(x, verbose=0)
    np.testing.assert_allclose(output, convolved(x, used, bias), rtol=1e-4, atol=1e-5)


def test_convolution1d(tmp_path: Path) -> None:
    config = {"nb_filter": 2, "filter_length": 3, "border_mode": "valid", "subsample_length": 1}
    config |= {"batch_input_shape": [None, 7, 4]}
    kernel, bias = floats(3, 1, 4, 2), floats(2)
    write(tmp_path / "x.h5", [entry("Convolution1D", **config)], {"convolution1d": [kernel, bias]})
    (layer,) = keras.saving.load_model(tmp_path / "x.h5").layers
    np.testing.assert_array_equal(layer.get_weights()[0], kernel[:, 0])


def test_gates_of_lstm_and_gru(tmp_path: Path) -> None:
    """Keras 1 kept three arrays a gate: of LSTM in the order input, candidate, forget, output."""
    config = {"output_dim": 2, "init": "glorot_uniform", "inner_init": "orthogonal", "inner_activation": "hard_sigmoid"}
    config |= {"forget_bias_init": "one", "consume_less": "cpu", "dropout_W": 0.0, "dropout_U": 0.0}
    layers = [
        entry("LSTM", **config, return_sequences=True, batch_input_shape=[None, 5, 3]),
        entry("GRU", **config, return_sequences=False),
    ]
    lstm = [array for _ in range(4) for array in (floats(3, 2), floats(2, 2), floats(2))]
    gru = [array for _ in range(3) for array in (floats(2, 2), floats(2, 2), floats(2))]
    write(tmp_path / "x.h5", layers, {"lstm": lstm, "gru": gru})
    model = keras.saving.load_model(tmp_path / "x.h5")
    kernel, recurrent, bias = model.layers[0].get_weights()
    order = (0, 2, 1, 3)
    np.testing.assert_array_equal(kernel, np.concatenate([lstm[3 * gate] for gate in order], 1))
    np.testing.assert_array_equal(recurrent, np.concatenate([lstm[3 * gate + 1] for gate in order], 1))
    np.testing.assert_array_equal(bias, np.concatenate([lstm[3 * gate + 2] for gate in order]))
    assert model.layers[1].reset_after is False
    np.testing.assert_array_equal(model.layers[1].get_weights()[0], np.concatenate(gru[::3], 1))
    assert model.predict(floats(2, 5, 3), verbose=0).shape == (2, 2)


def test_cudnn_layers_of_keras2(tmp_path: Path) -> None:
    """Kernels transposed gate by gate, two biases where LSTM has one."""
    layer = {"class_name": "CuDNNLSTM", "config": {"name": "l", "units": 2, "batch_input_shape": [None, 5, 3]}}
    arrays = [floats(3, 8), floats(2, 8), floats(16)]
    write(tmp_path / "x.h5", [layer], {"l": arrays})
    with h5py.File(tmp_path / "x.h5", "r+") as file:
        for item in (file, file["model_weights"]):
            item.attrs["keras_version"] = "2.2.4"
    (lstm,) = keras.saving.load_model(tmp_path / "x.h5").layers
    kernel, recurrent, bias = lstm.get_weights()
    assert type(lstm).__name__ == "LSTM"
    np.testing.assert_array_equal(bias, arrays[2][:8] + arrays[2][8:])
    for gate in range(4):
        part = slice(2 * gate, 2 * gate + 2)
        np.testing.assert_array_equal(recurrent[:, part], arrays[1][:, part].T)
        np.testing.assert_array_equal(kernel[:, part].ravel(), arrays[0][:, part].T.reshape(3, 2, order="F").ravel())
