"""What the tests of compiled steps train, eagerly and compiled: rows of a name and arguments of `train`."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

import torchkeras as tk

L = tk.layers
_draw = np.random.default_rng(0)
X = _draw.random((43, 6), dtype="float32")  # five full batches of 8 and one of 3
CLASSES = _draw.integers(0, 3, 43)
ONE_HOT = np.eye(3, dtype="float32")[CLASSES]
VALUES = _draw.random((43, 3), dtype="float32") + 0.1
BITS = _draw.integers(0, 2, (43, 1)).astype("float32")


def stack(*layers: Callable[[], Any], inputs: tuple[int, ...] = (6,)) -> Callable[[], Any]:
    """A function that makes the model of these layers."""
    return lambda: tk.Sequential([L.Input(inputs), *[layer() for layer in layers]])


def dense(units: int = 3, **kwargs: Any) -> Callable[[], Any]:
    return lambda: L.Dense(units, **kwargs)


plain = stack(dense(5, activation="tanh"), dense())
softmax = stack(dense(5, activation="tanh"), dense(activation="softmax"))
sigmoid = stack(dense(5, activation="tanh"), dense(1, activation="sigmoid"))


class AddsLoss(L.Layer):
    def call(self, x: Any) -> Any:
        self.add_loss(1e-2 * tk.ops.mean(tk.ops.square(x)))
        return x


class Subclassed(tk.Model):
    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.last = L.Dense(5, activation="relu"), L.Dense(3)

    def call(self, x: Any, training: bool | None = None) -> Any:
        return self.last(self.hidden(x))


class OwnLoss(Subclassed):
    def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, **kwargs: Any) -> Any:
        return ((y - y_pred) ** 2).mean() + 0.1 * (y_pred**2).mean()


class OwnStep(Subclassed):
    """Keras' guide for torch, "Customizing what happens in fit()"."""

    def train_step(self, data: Any) -> Any:
        x, y = data
        y_pred = self(x, training=True)
        loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        self.zero_grad()
        loss.backward()
        weights = list(self.trainable_weights)
        with torch.no_grad():
            self.optimizer.apply([weight.value.grad for weight in weights], weights)
        for metric in self.metrics:
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
        return {metric.name: metric.result() for metric in self.metrics}


def two_outputs() -> Any:
    inputs = L.Input((6,))
    hidden = L.Dense(4, activation="relu")(inputs)
    return tk.Model(inputs, {"a": L.Dense(3, name="a")(hidden), "b": L.Dense(3, name="b")(hidden)})


def two_inputs() -> Any:
    first, second = L.Input((6,)), L.Input((6,))
    return tk.Model([first, second], L.Dense(3)(L.Concatenate()([first, second])))


def frozen() -> Any:
    model = plain()
    model.layers[0].trainable = False
    return model


def _sgd(**kwargs: Any) -> Callable[[], Any]:
    return lambda: tk.optimizers.SGD(0.1, **kwargs)


def _scaled() -> Any:
    return tk.optimizers.LossScaleOptimizer(tk.optimizers.Adam(), dynamic_growth_steps=3)


def _plateau() -> Any:
    return tk.callbacks.ReduceLROnPlateau(monitor="loss", patience=0, min_delta=10.0, factor=0.5)


schedules = tk.optimizers.schedules
tokens = (X * 3).astype("int32")

FEATURES: dict[str, dict[str, Any]] = {
    "schedule": {"optimizer": lambda: tk.optimizers.Adam(schedules.ExponentialDecay(1e-2, 3, 0.9))},
    "callback that sets the rate": {"optimizer": _sgd(), "callbacks": [_plateau]},
    "clipnorm": {"optimizer": _sgd(clipnorm=0.01)},
    "clipvalue": {"optimizer": _sgd(clipvalue=0.01)},
    "global_clipnorm": {"optimizer": _sgd(global_clipnorm=0.01)},
    "weight_decay": {"optimizer": _sgd(weight_decay=0.01)},
    "moving averages": {"optimizer": _sgd(use_ema=True, ema_overwrite_frequency=4)},
    "gradient accumulation": {"optimizer": lambda: tk.optimizers.Adam(gradient_accumulation_steps=3)},
    "loss_scale_factor": {"optimizer": _sgd(loss_scale_factor=8.0)},
    "LossScaleOptimizer": {"optimizer": _scaled},
    "constraints": {"model": stack(dense(5, kernel_constraint="max_norm"), dense(kernel_constraint="non_neg"))},
    "regularizers": {"model": stack(dense(5, kernel_regularizer="l2"), dense(activity_regularizer="l1"))},
    "add_loss": {"model": stack(dense(5), AddsLoss, dense())},
    "BatchNormalization": {"model": stack(dense(5, use_bias=False), L.BatchNormalization, dense())},
    "seeded noise": {
        "model": stack(
            lambda: L.Dropout(0.3, seed=5),
            dense(5),
            lambda: L.GaussianNoise(0.1, seed=6),
            lambda: L.AlphaDropout(0.2, seed=7),
            dense(),
        )
    },
    "masks": {
        "model": stack(lambda: L.Embedding(3, 4, mask_zero=True), L.GlobalAveragePooling1D, dense()),
        "x": tokens,
    },
    "recurrent": {"model": stack(lambda: L.Masking(0.5), lambda: L.GRU(4), dense(), inputs=(6, 1)), "x": X[..., None]},
    "convolution": {
        "model": stack(lambda: L.Reshape((3, 2, 1)), lambda: L.Conv2D(4, 2), L.Flatten, dense()),
        "optimizer": "nadam",
    },
    "subclassed": {"model": Subclassed, "metrics": ["mae"]},
    "compute_loss": {"model": OwnLoss, "metrics": ["mae"]},
    "train_step": {"model": OwnStep, "metrics": ["mae"]},
    "two outputs": {"model": two_outputs, "y": {"a": VALUES, "b": VALUES[::-1]}, "metrics": {"a": ["mae"]}},
    "two inputs": {"model": two_inputs, "x": [X, X[::-1].copy()]},
    "frozen layer": {"model": frozen},
    "class weights": {
        "model": softmax,
        "y": CLASSES,
        "loss": "sparse_categorical_crossentropy",
        "metrics": ["accuracy"],
        "class_weight": {0: 1.0, 1: 2.0, 2: 0.5},
    },
    "sample weights": {"sample_weight": np.arange(43) / 43, "weighted_metrics": ["mae"]},
    "validation": {"validation_split": 0.3, "metrics": ["mae"]},
    "mixed_bfloat16": {
        "model": stack(dense(5, activation="relu", dtype="mixed_bfloat16"), dense(dtype="mixed_bfloat16"))
    },
    "metrics": {
        "model": softmax,
        "y": ONE_HOT,
        "loss": "categorical_crossentropy",
        "metrics": ["accuracy", tk.metrics.F1Score, tk.metrics.AUC, tk.metrics.Precision, tk.metrics.R2Score],
    },
}

_FIT = ("class_weight", "sample_weight", "validation_split")


def train(jit_compile: Any, epochs: int = 3, **row: Any) -> tuple[Any, Any]:
    """The model and its history, after training it with the row's arguments on batches of 8."""
    tk.utils.clear_session()
    tk.utils.set_random_seed(3)
    model = row.get("model", plain)()
    metrics = row.get("metrics")
    if isinstance(metrics, list):
        metrics = [metric() if callable(metric) else metric for metric in metrics]
    optimizer = row.get("optimizer", "adam")
    model.compile(
        optimizer() if callable(optimizer) else optimizer,
        row.get("loss", "mse"),
        metrics=metrics,
        weighted_metrics=row.get("weighted_metrics"),
        jit_compile=jit_compile,
    )
    callbacks = [make() for make in row.get("callbacks", [])]
    options = {name: row[name] for name in _FIT if name in row}
    x, y = row.get("x", X), row.get("y", VALUES)
    history = model.fit(x, y, batch_size=8, epochs=epochs, verbose=0, callbacks=callbacks, **options)
    return model, history.history


def agree(one: tuple[Any, Any], other: tuple[Any, Any], tolerance: float = 1e-4) -> None:
    """The same weights, the same optimizer, the same history."""
    (model, history), (second, second_history) = one, other
    for mine, theirs in (
        (model.get_weights(), second.get_weights()),
        (model.optimizer.get_weights(), second.optimizer.get_weights()),
    ):
        assert len(mine) == len(theirs)
        for left, right in zip(mine, theirs, strict=True):
            np.testing.assert_allclose(left, right, rtol=tolerance, atol=tolerance)
    assert list(history) == list(second_history)
    for name in history:
        np.testing.assert_allclose(history[name], second_history[name], rtol=tolerance, atol=tolerance)
