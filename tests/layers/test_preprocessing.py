"""Preprocessing layers beyond their rows: adapting, dictionaries, dtypes, errors."""

from typing import Any

import keras
import numpy as np
import pytest
import torch

from torchkeras import layers

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)
DATA = np.random.default_rng(0).normal(2, 3, (8, 3, 4)).astype("float32")


@pytest.mark.parametrize("axis", [-1, None, (1, 2), (0, 2)])
def test_adapting_finds_the_statistics_of_keras(axis: Any) -> None:
    theirs, ours = keras.layers.Normalization(axis=axis), layers.Normalization(axis=axis)
    theirs.adapt(DATA)
    ours.adapt(DATA)
    assert [(w.name, w.shape) for w in ours.weights] == [(w.name, w.shape) for w in theirs.weights]
    torch.testing.assert_close(ours(DATA), theirs(DATA))
    torch.testing.assert_close(ours.mean, theirs.mean)


def test_adapting_in_batches_is_adapting_at_once() -> None:
    whole, parts = layers.Normalization(), layers.Normalization()
    whole.adapt(DATA)
    data = torch.utils.data.TensorDataset(torch.as_tensor(DATA))
    parts.adapt(torch.utils.data.DataLoader(data, batch_size=3))
    torch.testing.assert_close(parts(DATA), whole(DATA))
    generated = layers.Normalization()
    generated.adapt(DATA[i : i + 2] for i in range(0, 8, 2))
    torch.testing.assert_close(generated.variance, whole.variance)
    whole.adapt(DATA * 2)  # anew, not on top
    torch.testing.assert_close(whole.mean, parts.mean * 2)


def test_inverting_undoes_it() -> None:
    there, back = layers.Normalization(), layers.Normalization(invert=True)
    there.adapt(DATA)
    back.adapt(DATA)
    torch.testing.assert_close(back(there(DATA)), torch.as_tensor(DATA), rtol=1e-4, atol=1e-4)


def test_statistics_are_in_the_state_dict() -> None:
    layer = layers.Normalization()
    layer.adapt(DATA)
    assert set(layer.state_dict()) == {"mean", "variance", "count"}


def test_images_in_a_dictionary_and_their_dtype() -> None:
    images = torch.randint(0, 255, (2, 7, 5, 3), dtype=torch.uint8)
    found = layers.Resizing(4, 4)({"images": images, "labels": torch.tensor([1, 2])})
    assert found["images"].shape == (2, 4, 4, 3)
    assert found["images"].dtype is torch.uint8
    assert found["labels"].tolist() == [1, 2]
    assert layers.CenterCrop(4, 4)(images).dtype is torch.float32
    assert layers.CenterCrop(4, 4)(images[0]).shape == (4, 4, 3)


def test_weights_of_counts_and_negative_integers() -> None:
    ids = torch.tensor([[1, 1, 2]])
    weights = torch.tensor([[0.25, 0.5, 1.0]])
    layer = layers.CategoryEncoding(3, output_mode="count")
    assert layer(ids, count_weights=weights).tolist() == [[0.0, 0.75, 1.0]]
    assert layers.CategoryEncoding(3)(torch.tensor([[-1, 2]])).tolist() == [[0.0, 0.0, 1.0]]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: layers.Normalization(mean=1.0), ValueError, "both `mean` and `variance` must be set"),
        (lambda: layers.Normalization(mean=1.0, variance=[1.0]), ValueError, "must have the same shape"),
        (lambda: layers.Normalization(mean=1.0, variance=1.0).adapt(DATA), ValueError, "nothing to adapt"),
        (lambda: layers.Normalization().adapt(iter([])), ValueError, "empty iterable"),
        (lambda: layers.Normalization().adapt([DATA, DATA[:, :, :2]]), ValueError, r"incompatible shape, \(8, 3, 2\)"),
        (lambda: layers.Normalization(axis=5)(DATA), ValueError, r"range \[-ndim, ndim\)"),
        (lambda: layers.CategoryEncoding(), ValueError, "num_tokens must be set"),
        (lambda: layers.CategoryEncoding(3, output_mode="hot"), ValueError, "output_mode: hot"),
        (lambda: layers.CategoryEncoding(3, sparse=True), ValueError, "not supported on torch"),
        (lambda: layers.CategoryEncoding(2)(torch.tensor([3])), ValueError, "below num_tokens=2, got 3"),
        (lambda: layers.Resizing(0, 3), ValueError, "height.*positive integer, got 0"),
        (lambda: layers.Resizing(2, 3, data_format="x"), ValueError, "'channels_last' or 'channels_first'"),
        (lambda: layers.Resizing(2, 3, interpolation="linear")(torch.ones(4, 4, 3)), ValueError, "interpolation"),
    ],
)
def test_errors(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_bins_of_equally_many_numbers() -> None:
    # as real Keras on TensorFlow finds them: its documentation's example
    values = np.array([[-1.5, 1.0, 3.4, 0.5], [0.0, 3.0, 1.3, 0.0]])
    layer = layers.Discretization(num_bins=4, epsilon=0.01)
    with pytest.raises(RuntimeError, match="there are no boundaries yet"):
        layer(values)
    for data in (values, values.tolist(), torch.as_tensor(values), [values[:1], values[1:]], iter([(values, None)])):
        layer.adapt(data)
        np.testing.assert_allclose(layer.bin_boundaries, [0.0, 0.5, 1.3], rtol=1e-6)
    assert layer(values).tolist() == [[0, 2, 3, 2], [1, 3, 3, 1]]
    again = layers.Discretization.from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    assert again(values).tolist() == layer(values).tolist()
    again.adapt(values * 2)
    np.testing.assert_allclose(again.bin_boundaries, [0.0, 1.0, 2.6], rtol=1e-6)
    counts = torch.bincount(layers.Discretization.from_config(layer.get_config())(values).flatten())
    assert counts.tolist() == [1, 2, 2, 3]


def test_bins_refuse_what_contradicts_itself() -> None:
    for args, text in (
        ({}, "set either `num_bins` or `bin_boundaries`"),
        ({"num_bins": 2, "bin_boundaries": [0.0]}, "not both"),
        ({"bin_boundaries": [1.0, 0.0]}, "ascending order"),
        ({"num_bins": 0}, "positive integer"),
    ):
        with pytest.raises(ValueError, match=text):
            layers.Discretization(**args)
    with pytest.raises(ValueError, match="there is nothing to adapt"):
        layers.Discretization([0.0]).adapt(DATA)


@pytest.mark.parametrize(("name", "text"), [("JaxLayer", "JAX"), ("FlaxLayer", "Flax"), ("TFSMLayer", "SavedModel")])
def test_layers_of_other_frameworks_are_refused(name: str, text: str) -> None:
    with pytest.raises(NotImplementedError, match=f"{name}: .*{text}.*cannot run on torch"):
        getattr(layers, name)(lambda x: x)
