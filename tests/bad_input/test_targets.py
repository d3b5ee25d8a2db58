"""Targets that do not fit the loss or the outputs: a message of ours before the first step."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import torchkeras as keras
from torchkeras import layers, losses
from torchkeras.losses._function_loss import CLASSES

X = np.random.default_rng(0).random((8, 4), dtype="float32")
ONE_HOT = np.eye(3, dtype="float32")[[0, 1, 2, 0, 1, 2, 0, 1]]
GOOD = np.array([0, 1, 2, 0, 1, 2, 0, 1])
SPARSE, CATEGORICAL, BINARY = "sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy"


def labels(last: float) -> np.ndarray:
    """Labels of which only the last is wrong."""
    return np.array([0, 1, 2, 0, 1, 2, 0, last])


def zeros_and(last: float) -> np.ndarray:
    return np.array([0, 1, 0, 0, 1, 1, 0, last])


def net(loss: Any, units: int = 3, activation: str | None = "softmax") -> Any:
    model = keras.Sequential(
        [layers.Input((4,)), layers.BatchNormalization(), layers.Dense(units, activation=activation)]
    )
    model.compile("adam", loss)
    return model


def subclassed(loss: Any) -> Any:
    class Subclassed(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = layers.Dense(3, activation="softmax")

        def call(self, inputs: Any) -> Any:
            return self.dense(inputs)

    model = Subclassed()
    model.compile("adam", loss)
    return model


def outputs(loss: Any) -> Any:
    x = layers.Input((4,))
    p, q = layers.Dense(1, name="p")(x), layers.Dense(3, name="q", activation="softmax")(x)
    model = keras.Model(x, {"p": p, "q": q})
    model.compile("adam", loss)
    return model


P = np.ones((8, 1), "float32")
OUT_OF_RANGE = (SPARSE, "labels from 0 to 2", "3 among them", "more units")
# what -> the model, the targets, what the message tells
ROWS: dict[str, tuple[Callable[[], Any], Any, tuple[str, ...]]] = {
    "a label too many": (lambda: net(SPARSE), labels(3), OUT_OF_RANGE),
    "a label too many in a column": (lambda: net(SPARSE), labels(3)[:, None], OUT_OF_RANGE),
    "a label too many in floats": (lambda: net(SPARSE), labels(3.0), (SPARSE, "labels from 0 to 2", "3.0")),
    "a label too many for a function": (lambda: net(losses.sparse_categorical_crossentropy), labels(3), OUT_OF_RANGE),
    "a label too many for an object": (lambda: net(losses.SparseCategoricalCrossentropy()), labels(3), OUT_OF_RANGE),
    "a label too many, subclassed": (lambda: subclassed(SPARSE), labels(3), OUT_OF_RANGE),
    "a label too many, one output": (
        lambda: outputs({"p": "mse", "q": SPARSE}),
        {"p": P, "q": labels(3)},
        ('Output "q"', *OUT_OF_RANGE),
    ),
    "a negative label": (lambda: net(SPARSE), labels(-1), (SPARSE, "labels from 0 to 2", "-1 among them")),
    "half a label": (lambda: net(SPARSE), labels(0.5), (SPARSE, "integer labels", "0.5 among them")),
    "one-hot for labels": (lambda: net(SPARSE), ONE_HOT, (SPARSE, "(8,)", "(8, 3)", "need `categorical_crossentropy`")),
    "labels for one-hot": (lambda: net(CATEGORICAL), GOOD, (CATEGORICAL, "(8,)", "(8, 3)", "need `sparse_categ")),
    "a column for one-hot": (lambda: net(CATEGORICAL), GOOD[:, None], (CATEGORICAL, "(8, 1)", "need `sparse_categ")),
    "other classes": (lambda: net(CATEGORICAL), np.eye(5)[GOOD], (CATEGORICAL, "(8, 5) and (8, 3)")),
    "2 among two classes": (
        lambda: net(BINARY, 1, "sigmoid"),
        zeros_and(2),
        (BINARY, "from 0 to 1", "2 among", "sparse"),
    ),
    "-1 among two classes": (lambda: net(BINARY, 1, "sigmoid"), zeros_and(-1), (BINARY, "from 0 to 1", "-1 among")),
    "no number among two classes": (lambda: net(BINARY, 1, "sigmoid"), zeros_and(np.nan), (BINARY, "nan among")),
    "labels for two outputs": (lambda: net(BINARY, 2, "sigmoid"), zeros_and(0), (BINARY, "(8,) and (8, 2)")),
    "two columns for three": (lambda: net("mse"), ONE_HOT[:, :2], ("mean_squared_error", "(8, 2)", "(8, 3)")),
    "no targets for an output": (lambda: outputs("mse"), {"p": P}, ("output 'q'", "the keys ['p']")),
    "one list entry for two": (lambda: outputs("mse"), [P], ("output 'q'", "1 entries")),
    "a loss for no output": (lambda: outputs({"p": "mse", "r": "mse"}), {"p": P, "q": P}, ("'r'", "['p', 'q']")),
}


@pytest.mark.parametrize("what", ROWS)
def test_it_is_said_before_the_first_step(what: str, refused: Callable[..., None]) -> None:
    make, y, told = ROWS[what]
    refused(make(), lambda model: model.fit(X, y, batch_size=4), *told)


@pytest.mark.parametrize("run", [
    lambda model: model.evaluate(X, labels(3), batch_size=4),
    lambda model: model.fit(X, GOOD, validation_data=(X, labels(3))),
    lambda model: model.fit(iter([(X, labels(3))])),
    lambda model: model.train_on_batch(X, labels(3)),
    lambda model: model.test_on_batch(X, labels(3)),
])  # fmt: skip
def test_labels_are_looked_at_wherever_they_come_in(run: Callable[[Any], Any], refused: Callable[..., None]) -> None:
    refused(net(SPARSE), run, *OUT_OF_RANGE)


def test_a_second_fit_looks_again() -> None:
    for model in (net(SPARSE), subclassed(SPARSE)):
        model.fit(X, GOOD, verbose=0)
        with pytest.raises(ValueError, match="3 among them"):
            model.fit(X, labels(3), verbose=0)
        assert int(model.optimizer.iterations) == 1


def test_a_column_that_is_broadcast_is_warned_of() -> None:
    with pytest.warns(UserWarning, match=r"\(8, 1\) and y_pred of shape \(8, 3\) are broadcast to \(8, 3\)"):
        net("mse").fit(X, P, verbose=0)


def test_a_users_loss_runs_only_in_its_turn() -> None:
    calls = []

    def loss(y_true: Any, y_pred: Any) -> Any:
        calls.append(y_pred.device.type)
        return (y_true - y_pred).square().mean(-1)

    net(loss).fit(X, ONE_HOT, verbose=0)
    assert calls == ["cpu"]


@pytest.mark.parametrize("cls", CLASSES.values(), ids=lambda cls: cls.__name__)
def test_every_loss_takes_good_targets(cls: Any) -> None:
    if cls is losses.CTC:
        x = layers.Input((6, 4))
        model = keras.Model(x, layers.Dense(5)(x))
        data = np.ones((8, 6, 4), "float32"), np.ones((8, 2), "int32")
    else:
        wants_labels = cls in (
            losses.SparseCategoricalCrossentropy,
            losses.CategoricalGeneralizedCrossEntropy,
            losses.Circle,
        )
        model, data = net(None), (X, GOOD if wants_labels else ONE_HOT)
    model.compile("sgd", cls())
    model.fit(*data, verbose=0)
    assert int(model.optimizer.iterations) == 1


def test_ignored_labels_and_sequences_pass() -> None:
    model = net(losses.SparseCategoricalCrossentropy(ignore_class=-1))
    model.fit(X, labels(-1), verbose=0)
    steps = layers.Input((None, 4))
    model = keras.Model(steps, layers.Dense(3, activation="softmax")(steps))
    model.compile("adam", SPARSE)
    model.fit(np.ones((8, 5, 4)), np.ones((8, 5), int), verbose=0)
    with pytest.raises(ValueError, match="3 among them"):
        model.fit(np.ones((8, 5, 4)), np.full((8, 5), 3), verbose=0)
