"""Trainings that must give the same numbers on one rank and on several: each returns plain values and arrays."""

import contextlib
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, TensorDataset

import torchkeras as keras

CELLS: dict[str, Callable[[], dict[str, Any]]] = {}
ROWS, BATCH = 331, 33  # eleven batches, the last of one row: on most ranks nothing is left of it
rng = np.random.default_rng(0)
X = rng.normal(size=(ROWS, 7)).astype("float32")
Y = rng.integers(0, 3, ROWS)
LABELS = "sparse_categorical_crossentropy"


def cell(function: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    CELLS[function.__name__] = function
    return function


def functional() -> Any:
    inputs = keras.Input((7,))
    hidden = keras.layers.Dense(8, "tanh", kernel_regularizer="l2")(inputs)
    return keras.Model(inputs, keras.layers.Dense(3, "softmax")(hidden))


def found(model: Any, history: Any, **more: Any) -> dict[str, Any]:
    return {"weights": model.get_weights(), "history": history.history, **more}


def trained(model: Any, optimizer: Any = "sgd", loss: Any = LABELS, epochs: int = 5, **options: Any) -> dict[str, Any]:
    model.compile(optimizer, loss, metrics=["accuracy"])
    return found(model, model.fit(X, Y, batch_size=BATCH, epochs=epochs, verbose=0, **options))


@cell
def sgd() -> dict[str, Any]:
    return trained(functional(), keras.optimizers.SGD(0.1, momentum=0.9))


@cell
def adam_and_class_weights() -> dict[str, Any]:
    return trained(functional(), keras.optimizers.Adam(1e-2), class_weight={0: 1.0, 1: 2.0, 2: 0.5})


@cell
def sample_weights_and_validation() -> dict[str, Any]:
    model = functional()
    model.compile("adam", LABELS, weighted_metrics=["accuracy"])
    weights = np.linspace(0, 2, ROWS).astype("float32")
    fitted = model.fit(X, Y, BATCH, 5, 0, sample_weight=weights, validation_split=0.3)
    results = model.evaluate(X, Y, batch_size=20, verbose=0, sample_weight=weights)
    return found(model, fitted, results=results)


@cell
def order_as_it_is() -> dict[str, Any]:
    return trained(functional(), "rmsprop", shuffle=False)


@cell
def whole_batches_shuffled() -> dict[str, Any]:
    return trained(functional(), shuffle="batch")


@cell
def clipped_by_global_norm() -> dict[str, Any]:
    return trained(functional(), keras.optimizers.SGD(1.0, global_clipnorm=0.1))


@cell
def gradients_accumulated() -> dict[str, Any]:
    return trained(functional(), keras.optimizers.Adam(1e-2, gradient_accumulation_steps=3))


@cell
def loss_as_a_sum() -> dict[str, Any]:
    loss = keras.losses.SparseCategoricalCrossentropy(reduction="sum")
    return trained(functional(), keras.optimizers.SGD(1e-3), loss)


@cell
def loss_over_weights() -> dict[str, Any]:
    loss = keras.losses.SparseCategoricalCrossentropy(reduction="mean_with_sample_weight")
    return trained(functional(), keras.optimizers.SGD(1e-1), loss, sample_weight=np.linspace(1, 4, ROWS))


@cell
def masked_sequences() -> dict[str, Any]:
    own = np.random.default_rng(1)
    x = own.normal(size=(90, 6, 4)).astype("float32")
    for row, length in zip(x, own.integers(1, 7, 90)):
        row[length:] = 0
    layers = [keras.layers.Masking(), keras.layers.LSTM(5, return_sequences=True), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((6, 4)), *layers])
    model.compile("adam", "mse", metrics=["mae"])
    return found(model, model.fit(x, x[..., :1], batch_size=16, epochs=8, verbose=0))


@cell
def average_of_weights() -> dict[str, Any]:
    return trained(functional(), keras.optimizers.Adam(1e-2, use_ema=True, ema_momentum=0.9))


@cell
def metrics_of_many_kinds() -> dict[str, Any]:
    y = keras.utils.to_categorical(Y)
    model = functional()
    metrics = ["accuracy", "AUC", "Precision", keras.metrics.F1Score(), keras.metrics.R2Score(), "mse"]
    model.compile("adam", "categorical_crossentropy", metrics=metrics)
    return found(model, model.fit(X, y, BATCH, 5, 0, validation_data=(X[:40], y[:40])))


class Subclassed(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = keras.layers.Dense(8, "relu"), keras.layers.Dense(3, "softmax")
        self.unused = keras.layers.Dense(2)
        self.unused.build((None, 8))

    def call(self, x: Any) -> Any:
        return self.second(self.first(x))


@cell
def subclassed() -> dict[str, Any]:
    with quiet():
        return trained(Subclassed(), keras.optimizers.Adam(1e-2))


class OwnStep(Subclassed):
    """Calls itself twice, clips by hand, and has a mean of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.mean = keras.metrics.Mean(name="mean")

    def train_step(self, data: Any) -> dict[str, Any]:
        x, y = data
        self.zero_grad()
        loss = self.compute_loss(y=y, y_pred=self(x, training=True)) + 0.1 * self(x * 2, training=True).square().mean()
        loss.backward()
        weights = self.first.trainable_weights + self.second.trainable_weights
        gradients = [v.value.grad for v in weights]
        norm = torch.sqrt(sum(gradient.square().sum() for gradient in gradients))
        self.optimizer.apply([gradient / norm for gradient in gradients], weights)
        self.mean.update_state(loss)
        return {"mean": self.mean.result(), "last": loss.detach()}


@cell
def own_train_step() -> dict[str, Any]:
    with quiet():
        return trained(OwnStep(), keras.optimizers.SGD(0.1))


class OwnGradients(Subclassed):
    def train_step(self, data: Any) -> dict[str, Any]:
        x, y = data
        loss = self.compute_loss(y=y, y_pred=self(x, training=True))
        weights = self.first.trainable_weights + self.second.trainable_weights
        gradients = torch.autograd.grad(loss, [v.tensor for v in weights])
        self.optimizer.apply([v._layout.to_keras(gradient) for v, gradient in zip(weights, gradients)], weights)
        return {"loss": loss.detach()}


@cell
def own_gradients() -> dict[str, Any]:
    with quiet():
        return trained(OwnGradients(), keras.optimizers.Adam(1e-2))


class Gan(keras.Model):
    """Two models with an optimizer each, neither of them called through this one."""

    def __init__(self) -> None:
        super().__init__()
        self.maker = keras.Sequential([keras.layers.Dense(8, "tanh"), keras.layers.Dense(7)])  # built in the first step
        self.judge = keras.Sequential([keras.Input((7,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)])
        self.judged, self.made = keras.metrics.Mean(name="judge_loss"), keras.metrics.Mean(name="maker_loss")

    def compile(self, first: Any, second: Any) -> None:
        super().compile()
        self.first, self.second = first, second
        self.loss = keras.losses.BinaryCrossentropy(from_logits=True)

    def train_step(self, data: Any) -> dict[str, Any]:
        x = data
        noise = torch.sin(x[:, :4] * 50)
        judge, maker = self.judge.trainable_weights, None
        fake = self.maker(noise).detach()
        loss = self.loss(torch.ones(len(x), 1), self.judge(x)) + self.loss(torch.zeros(len(x), 1), self.judge(fake))
        self.zero_grad()
        loss.backward()
        self.first.apply([v.value.grad for v in judge], judge)
        self.judged.update_state(loss)
        self.zero_grad()
        loss = self.loss(torch.ones(len(x), 1), self.judge(self.maker(noise)))
        loss.backward()
        maker = self.maker.trainable_weights
        self.second.apply([v.value.grad for v in maker], maker)
        self.made.update_state(loss)
        return {"judge_loss": self.judged.result(), "maker_loss": self.made.result()}


@cell
def own_gradients_with_a_loss_scale() -> dict[str, Any]:
    class Scaled(OwnGradients):
        def compute_loss(self, **given: Any) -> Any:
            return self.optimizer.scale_loss(super().compute_loss(**given))

    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(1e-2), initial_scale=2.0**126)
    with quiet():
        result = trained(Scaled(), optimizer)
    return {"weights": result["weights"], "scale": float(optimizer.dynamic_scale)}


@cell
def gan() -> dict[str, Any]:
    model = Gan()
    model.compile(keras.optimizers.Adam(1e-2), keras.optimizers.SGD(1e-1))
    return found(model, model.fit(X, batch_size=BATCH, epochs=5, verbose=0))


@cell
def gan_by_batches() -> dict[str, Any]:
    """As scripts for Keras 1 and 2 are written: the judge is frozen within the model that trains the maker."""
    maker = keras.Sequential([keras.Input((4,)), keras.layers.Dense(7)])
    judge = keras.Sequential([keras.Input((7,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1, "sigmoid")])
    judge.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    judge.trainable = False
    both = keras.Sequential([maker, judge])
    both.compile(keras.optimizers.SGD(0.1), "binary_crossentropy")
    history: dict[str, Any] = {"judge": [], "maker": [], "test": []}
    for step in range(25):
        rows = slice(step * 5, step * 5 + 5)
        noise = np.sin(X[rows, :4] * 50)
        history["judge"].append(judge.train_on_batch(X[rows], np.ones(5), class_weight={0: 1.0, 1: 0.5}))
        history["judge"].append(judge.train_on_batch(maker.predict_on_batch(noise), np.zeros(5)))
        history["maker"].append(both.train_on_batch(noise, np.ones(5)))
        history["test"].append(both.test_on_batch(noise[:3], np.ones(3)))
    return {"weights": both.get_weights(), "history": history}


@cell
def batches_of_a_generator() -> dict[str, Any]:
    def batches() -> Any:
        while True:
            for at in range(0, ROWS, BATCH):
                yield X[at : at + BATCH], Y[at : at + BATCH]

    model = functional()
    model.compile("adam", LABELS)
    return found(model, model.fit(batches(), steps_per_epoch=10, epochs=5, verbose=0))


@cell
def loader_that_shuffles() -> dict[str, Any]:
    data = TensorDataset(torch.from_numpy(X), torch.from_numpy(Y))
    model = functional()
    model.compile("adam", LABELS)
    fitted = model.fit(DataLoader(data, BATCH, shuffle=True), epochs=5, verbose=0)
    return found(model, fitted, results=model.evaluate(DataLoader(data, 50), verbose=0))


class Rows(keras.utils.PyDataset):
    def __len__(self) -> int:
        return -(-ROWS // BATCH)

    def __getitem__(self, index: int) -> Any:
        rows = slice(index * BATCH, (index + 1) * BATCH)
        return X[rows], Y[rows]


@cell
def dataset_of_batches() -> dict[str, Any]:
    model = functional()
    model.compile("sgd", LABELS, metrics=["accuracy"])
    return found(model, model.fit(Rows(), epochs=5, verbose=0, shuffle=True))


@cell
def synchronized_batch_normalization() -> dict[str, Any]:
    layers = [keras.layers.Dense(6), keras.layers.BatchNormalization(synchronized=True), keras.layers.Dense(3)]
    model = keras.Sequential([keras.Input((7,)), *layers])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return found(model, model.fit(X, Y, BATCH, 5, 0))


@cell
def stops_early_and_lowers_its_rate() -> dict[str, Any]:
    callbacks = [
        keras.callbacks.EarlyStopping(monitor="val_loss", patience=2, restore_best_weights=True),
        keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=1, min_delta=0.1, factor=0.5),
    ]
    return trained(functional(), keras.optimizers.Adam(0.05), epochs=30, callbacks=callbacks, validation_split=0.2)


@cell
def stops_within_an_epoch() -> dict[str, Any]:
    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.steps = getattr(self, "steps", 0) + 1
            self.model.stop_training = self.steps == 17

    stop = Stop()
    result = trained(functional(), epochs=9, callbacks=[stop])
    return {**result, "steps": stop.steps}


@cell
def few_rows() -> dict[str, Any]:
    model = functional()
    model.compile("adam", LABELS, metrics=["accuracy"])
    fitted = model.fit(X[:3], Y[:3], batch_size=2, epochs=25, verbose=0)
    return found(model, fitted, outputs=model.predict(X[:3], batch_size=2, verbose=0))


@cell
def outputs_in_order() -> dict[str, Any]:
    inputs = keras.Input((7,))
    both = {"sum": keras.ops.sum(inputs, -1), "twice": keras.layers.Rescaling(2.0)(inputs)}
    model = keras.Model(inputs, both)
    data = DataLoader(TensorDataset(torch.from_numpy(X)), 50)
    return {"arrays": model.predict(X, batch_size=33, verbose=0), "loader": model.predict(data, verbose=0)}


@cell
def loss_scale() -> dict[str, Any]:
    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(1e-2), initial_scale=2.0**126)
    result = trained(functional(), optimizer)
    return {**result, "scale": float(optimizer.dynamic_scale)}


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without the warning of weights that get no gradient."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Gradients do not exist")
        yield


def run(names: Any = None) -> dict[str, Any]:
    """The results of all cells, each begun from the same seed."""
    results = {}
    for name in names or CELLS:
        keras.utils.set_random_seed(7)
        results[name] = CELLS[name]()
    return results
