"""Arguments that make no sense: a message of ours where they are given."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import torchkeras as keras
from torchkeras import layers, losses, optimizers

X, Y = np.ones((8, 4), "float32"), np.ones((8, 3), "float32")
CLASSES = np.array([0, 1, 2, 0, 1, 2, 0, 1])
POSITIVE = "expected a positive integer, got "
RATE = "between 0 and 1. Received: "


def net(loss: Any = "mse", **arguments: Any) -> Any:
    model = keras.Sequential([layers.Input((4,)), layers.BatchNormalization(), layers.Dense(3, activation="softmax")])
    model.compile("adam", loss, **arguments)
    return model


def classes() -> Any:
    return net("sparse_categorical_crossentropy")


def two_outputs() -> Any:
    x = layers.Input((4,))
    model = keras.Model(x, [layers.Dense(3)(x), layers.Dense(3)(x)])
    model.compile("adam", "mse")
    return model


# the method and its arguments -> what the message tells
NUMBERS: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("fit", {"batch_size": 0}, ("`batch_size`", POSITIVE + "0")),
    ("fit", {"batch_size": 2.5}, ("`batch_size`", POSITIVE + "2.5")),
    ("fit", {"batch_size": "32"}, ("`batch_size`", POSITIVE + "'32'")),
    ("fit", {"batch_size": True}, ("`batch_size`", POSITIVE + "True")),
    ("evaluate", {"batch_size": -3}, ("`batch_size`", POSITIVE + "-3")),
    ("predict", {"batch_size": 0}, ("`batch_size`", POSITIVE + "0")),
    ("fit", {"epochs": -1}, ("`epochs`", "non-negative integer, got -1")),
    ("fit", {"epochs": 2.5}, ("`epochs`", "got 2.5")),
    ("fit", {"initial_epoch": -1}, ("`initial_epoch`", "non-negative integer, got -1")),
    ("fit", {"steps_per_epoch": 0}, ("`steps_per_epoch`", POSITIVE + "0")),
    ("fit", {"validation_steps": 0}, ("`validation_steps`", POSITIVE + "0")),
    ("fit", {"validation_batch_size": 0}, ("`validation_batch_size`", POSITIVE + "0")),
    ("evaluate", {"steps": 0}, ("`steps`", POSITIVE + "0")),
    ("predict", {"steps": 0}, ("`steps`", POSITIVE + "0")),
    ("fit", {"validation_split": 1.5}, ("`validation_split`", "between 0 and 1, got 1.5")),
    ("fit", {"validation_split": -0.5}, ("`validation_split`", "got -0.5")),
    ("fit", {"validation_split": "0.2"}, ("`validation_split`", "got '0.2'")),
    ("fit", {"validation_split": 0.99}, ("8 samples", "`validation_split=0.99`")),
    ("fit", {"validation_freq": 0, "validation_data": (X, Y)}, ("`validation_freq`", "positive integer", "got 0")),
    ("fit", {"validation_freq": [0, 2]}, ("`validation_freq`", "epochs' numbers")),
    ("fit", {"validation_data": (X, Y, None, None)}, ("`validation_data`", "(x, y, sample_weight)", "tuple of 4")),
    ("fit", {"verbose": 7}, ("`verbose`", "0, 1, 2 or 'auto'", "got 7")),
    ("evaluate", {"verbose": "yes"}, ("`verbose`", "got 'yes'")),
    ("fit", {"shuffle": "batches"}, ("`shuffle`", "got 'batches'", "Did you mean 'batch'?")),
    ("fit", {"callbacks": [3]}, ("callbacks", "`keras.callbacks.Callback`", "got 3")),
    ("fit", {"callbacks": keras.callbacks.EarlyStopping}, ("callbacks", "pass EarlyStopping()")),
]


@pytest.mark.parametrize(("method", "given", "told"), NUMBERS, ids=lambda value: str(value)[:40])
def test_numbers(method: str, given: dict[str, Any], told: tuple[str, ...], refused: Callable[..., None]) -> None:
    data = (X,) if method == "predict" else (X, Y)
    refused(net(), lambda model: getattr(model, method)(*data, **given), *told)


def test_a_batch_size_beside_a_generator(refused: Callable[..., None]) -> None:
    refused(net(), lambda model: model.fit(iter([(X, Y)]), batch_size=0), "`batch_size`", POSITIVE + "0")


CLASS_WEIGHTS: list[tuple[Any, tuple[str, ...]]] = [
    ({0: 1.0, 1: 2.0}, ("classes [0, 1, 2]", "no weight for [2]")),
    ({"cat": 1.0, "dog": 2.0}, ("class numbers (0, 1, ...)", "the key 'cat'")),
    ({0.5: 1.0}, ("class numbers", "the key 0.5")),
    ({0: "a", 1: 1.0, 2: 1.0}, ("weights are numbers", "got 'a' for the class 0")),
    ([1.0, 2.0], ("expected a dict", "list of 2")),
]


@pytest.mark.parametrize(("weights", "told"), CLASS_WEIGHTS)
def test_class_weights(weights: Any, told: tuple[str, ...], refused: Callable[..., None]) -> None:
    refused(classes(), lambda model: model.fit(X, CLASSES, class_weight=weights), "`class_weight`", *told)


def test_class_weights_of_two_outputs(refused: Callable[..., None]) -> None:
    def run(model: Any) -> None:
        model.fit(X, [Y, Y], class_weight={0: 1.0})

    refused(two_outputs(), run, "`class_weight`", "one output")


def stack() -> Any:
    return keras.Sequential([layers.Dense(1)])


# what is called -> what the message tells; the nearest known name where there is one
NAMES: list[tuple[Callable[[], Any], tuple[str, ...]]] = [
    (lambda: net("mean_sqared_error"), ("loss", "'mean_sqared_error'", "Did you mean 'mean_squared_error'?")),
    (lambda: net(3), ("loss", "got 3")),
    (lambda: stack().compile("adm", "mse"), ("optimizer", "'adm'", "Did you mean 'adam'?")),
    (lambda: stack().compile(3, "mse"), ("optimizer", "3")),
    (lambda: net(metrics=["acuracy"]), ("metric", "'acuracy'", "Did you mean 'accuracy'?")),
    (lambda: net(metrics=["mean_absolut_error"]), ("metric", "Did you mean 'mean_absolute_error'?")),
    (lambda: net(weighted_metrics=["acuracy"]), ("metric", "Did you mean 'accuracy'?")),
    (lambda: net(metrics=[3]), ("`metrics`", "got 3")),
    (lambda: net(metrics="accuracy"), ("`metrics`", "list, tuple, or dict", "'accuracy'")),
    (lambda: net(metric=["accuracy"]), ("compile", "'metric'", "Did you mean 'metrics'?")),
    (lambda: layers.Dense(3, activation="rleu"), ('Dense "dense"', "'rleu'", "Did you mean 'relu'?")),
    (lambda: layers.Activation("sigmod"), ('Activation "activation"', "Did you mean 'sigmoid'?")),
    (lambda: layers.Dense(3, kernel_initializer="he_norml"), ("`kernel_initializer`", "Did you mean 'he_normal'?")),
    (lambda: layers.Dense(3, kernel_regularizer="l3"), ('Dense "dense"', "`kernel_regularizer`", "'l3'")),
    (lambda: layers.Dense(3, kernel_constraint="max_nrm"), ("`kernel_constraint`", "Did you mean 'max_norm'?")),
    (lambda: layers.Dense(3, activaton="relu"), ("Dense", "'activaton'", "Did you mean 'activation'?")),
    (lambda: layers.Conv2D(3, 3, stride=2), ("Conv2D", "'stride'", "Did you mean 'strides'?")),
    (lambda: layers.Conv2D(3, 3, padding="sme"), ('Conv2D "conv2d"', "`padding`", "Did you mean 'same'?")),
    (lambda: optimizers.Adam(learning_rat=1.0), ("Adam", "learning_rat", "Did you mean 'learning_rate'?")),
    (lambda: losses.Huber(dleta=1.0), ("Huber", "'dleta'", "Did you mean 'delta'?")),
    (lambda: losses.MeanSquaredError(reduction="meen"), ("MeanSquaredError", "'meen'", "Did you mean 'mean'?")),
    (lambda: net().get_layer("dens"), ("dens", "Did you mean 'dense'?")),
]


@pytest.mark.parametrize(("run", "texts"), NAMES, ids=[" ".join(texts) for _, texts in NAMES])
def test_unknown_names(run: Callable[[], Any], texts: tuple[str, ...], told: Callable[..., None]) -> None:

    told(run, (ValueError, TypeError), *texts)


CONSTRUCTORS: list[tuple[Callable[[], Any], tuple[str, ...]]] = [
    (lambda: layers.Dense(0), ('Dense "dense"', "`units`", POSITIVE + "0")),
    (lambda: layers.Dense(-1), ('Dense "dense"', "`units`", POSITIVE + "-1")),
    (lambda: layers.Dense(2.5), ('Dense "dense"', "`units`", POSITIVE + "2.5")),
    (lambda: layers.Dense("3"), ('Dense "dense"', "`units`", POSITIVE + "'3'")),
    (lambda: layers.LSTM(0), ('LSTM "lstm"', "`units`", POSITIVE + "0")),
    (lambda: layers.Conv2D(0, 3), ('Conv2D "conv2d"', "`filters`", "filters=0")),
    (lambda: layers.Conv2D(3, (3, 3, 3)), ('Conv2D "conv2d"', "`kernel_size`", "2 integers", "(3, 3, 3)")),
    (lambda: layers.Embedding(0, 3), ('Embedding "embedding"', "`input_dim`", "0")),
    (lambda: layers.Dropout(1.5), ('Dropout "dropout"', "`rate`", RATE + "rate=1.5")),
    (lambda: layers.Dropout(-0.1), ('Dropout "dropout"', "`rate`", RATE + "rate=-0.1")),
    (lambda: layers.LSTM(3, dropout=1.5), ('LSTM "lstm"', "`dropout`", RATE + "dropout=1.5")),
    (lambda: optimizers.Adam(-1e-3), ("Adam", "`learning_rate`", "at least 0, got -0.001")),
    (lambda: optimizers.SGD(float("nan")), ("SGD", "`learning_rate`", "finite", "got nan")),
    (lambda: optimizers.SGD("0.1"), ("SGD", "`learning_rate`", "a number", "got '0.1'")),
    (lambda: layers.Input((4.5,)), ("shape", "integers", "(4.5,)")),
    (lambda: layers.Input((-4,)), ("shape", "negative", "(-4,)")),
]


@pytest.mark.parametrize(("run", "texts"), CONSTRUCTORS, ids=[" ".join(texts) for _, texts in CONSTRUCTORS])
def test_constructors(run: Callable[[], Any], texts: tuple[str, ...], told: Callable[..., None]) -> None:
    told(run, (ValueError, TypeError), *texts)


@pytest.mark.parametrize("value", [-1e-3, float("nan"), float("inf")])
def test_a_learning_rate_assigned_later(value: float) -> None:
    model = net()
    with pytest.raises(ValueError, match="`learning_rate` should be a finite number of at least 0"):
        model.optimizer.learning_rate = value
