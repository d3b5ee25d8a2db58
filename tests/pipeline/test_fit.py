"""Models take data sets: as sources of batches, with known, unknown and no end."""

from typing import Any

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras._pipeline import Dataset, SparseTensor

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3)).astype("float32")
Y = (X.sum(1) > 0).astype("int64")


def model() -> Any:
    keras.utils.set_random_seed(0)
    made = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, activation="relu"), keras.layers.Dense(2)])
    made.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return made


def test_a_dataset_trains_as_its_arrays_do() -> None:
    dataset = Dataset.from_tensor_slices((X, Y)).batch(16)
    arrays = model().fit(X, Y, batch_size=16, shuffle=False, epochs=2, verbose=0)
    batches = model().fit(dataset, epochs=2, verbose=0, validation_data=dataset)
    assert batches.history["loss"] == pytest.approx(arrays.history["loss"])
    assert set(batches.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}


def test_evaluate_and_predict() -> None:
    dataset, made = Dataset.from_tensor_slices((X, Y)).batch(16), model()
    assert made.evaluate(dataset, verbose=0) == pytest.approx(made.evaluate(X, Y, batch_size=16, verbose=0))
    wanted = made.predict(X, verbose=0)
    assert np.allclose(made.predict(dataset, verbose=0), wanted, atol=1e-6)
    assert np.allclose(made.predict(dataset.map(lambda x, y: x), verbose=0), wanted, atol=1e-6)


def test_sample_weights_are_the_third_item() -> None:
    weights = np.linspace(0, 1, 40).astype("float32")
    dataset = Dataset.from_tensor_slices((X, Y, weights)).batch(40)
    wanted = model().evaluate(X, Y, sample_weight=weights, batch_size=40, verbose=0)
    assert model().evaluate(dataset, verbose=0) == pytest.approx(wanted)


def test_dicts_of_features() -> None:
    inputs = {name: keras.Input((1,), name=name) for name in ("a", "b")}
    made = keras.Model(inputs, keras.layers.Dense(1)(keras.layers.Concatenate()(list(inputs.values()))))
    made.compile("adam", "mse")
    dataset = Dataset.from_tensor_slices(({"a": X[:, :1], "b": X[:, 1:2]}, X[:, 2:])).shuffle(40).batch(8)
    assert len(made.fit(dataset, epochs=2, verbose=0).history["loss"]) == 2


class Batches(keras.callbacks.Callback):
    def __init__(self) -> None:
        super().__init__()
        self.counts: list[int] = []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.counts.append(0)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.counts[-1] += 1


@pytest.mark.parametrize(
    ("dataset", "steps", "expected"),
    [
        (Dataset.from_tensor_slices((X, Y)).batch(16), None, [3, 3]),
        (Dataset.from_tensor_slices((X, Y)).shuffle(40).repeat().batch(16), 4, [4, 4]),
        (Dataset.from_tensor_slices((X, Y)).filter(lambda x, y: y > 0).batch(5), None, [-(-int(Y.sum()) // 5)] * 2),
        (Dataset.from_tensor_slices((X, Y)).batch(10).repeat(2), 4, [4, 4]),
    ],
)
def test_steps(dataset: Dataset, steps: int | None, expected: list[int]) -> None:
    counted = Batches()
    model().fit(dataset, steps_per_epoch=steps, epochs=2, verbose=0, callbacks=[counted])
    assert counted.counts == expected


def test_an_endless_dataset_goes_on_where_the_last_epoch_stopped() -> None:
    seen: list[int] = []
    dataset = Dataset.from_tensor_slices((X, Y)).enumerate().map(lambda i, xy: seen.append(int(i)) or xy)
    model().fit(dataset.repeat().batch(10), steps_per_epoch=3, epochs=2, verbose=0)
    assert seen[-60:-10] == [*range(10, 40), *range(20)] or seen[:60] == [*range(40), *range(20)]


def test_looking_at_a_batch_does_not_count_for_the_order() -> None:
    dataset = Dataset.from_tensor_slices(np.arange(30)).shuffle(30, seed=4).batch(30)
    _ = dataset.map(lambda x: x + 1).element_spec
    again = Dataset.from_tensor_slices(np.arange(30)).shuffle(30, seed=4).batch(30)
    assert torch.equal(next(iter(dataset)), next(iter(again)))


def test_looking_at_a_batch_fills_no_buffer() -> None:
    seen: list[int] = []
    dataset = Dataset.range(100).map(lambda x: seen.append(int(x)) or x).shuffle(100).batch(4)
    assert sorted(dataset.glance().tolist()) == [0, 1, 2, 3] and seen == [0, 1, 2, 3]
    assert next(iter(dataset)).tolist() != [0, 1, 2, 3] and len(seen) == 104


def test_adapt_takes_a_dataset() -> None:
    layer = keras.layers.Normalization()
    layer.adapt(Dataset.from_tensor_slices(X).batch(7))
    assert np.allclose(np.asarray(layer.mean).ravel(), X.mean(0), atol=1e-5)


def test_ragged_and_sparse_batches_are_padded() -> None:
    rows = Dataset.range(1, 4).map(lambda x: torch.arange(int(x))).ragged_batch(3)
    places = SparseTensor([[0, 1], [1, 0]], [4, 5], (2, 3))
    sums = keras.Sequential([keras.Input((None,)), keras.layers.Lambda(lambda x: keras.ops.sum(x, -1, keepdims=True))])
    assert sums.predict(rows, verbose=0).tolist() == [[0], [1], [3]]
    assert sums.predict(Dataset.from_tensors(places), verbose=0).tolist() == [[4], [5]]


def test_class_weights() -> None:
    weights = {0: 1.0, 1: 3.0}
    arrays = model().fit(X, Y, batch_size=16, shuffle=False, verbose=0, class_weight=weights)
    batches = model().fit(Dataset.from_tensor_slices((X, Y)).batch(16), verbose=0, class_weight=weights)
    assert batches.history["loss"] == pytest.approx(arrays.history["loss"])
