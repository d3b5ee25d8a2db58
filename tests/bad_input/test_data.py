"""Data that does not fit the model: a message of ours before the first step."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers

X = np.random.default_rng(0).random((8, 4), dtype="float32")
Y = np.random.default_rng(1).random((8, 3), dtype="float32")
B = np.ones((8, 2), "float32")
WORDS = np.arange(40).reshape(8, 5) % 10


def net() -> Any:
    # batch normalization: a forward pass in training would change its statistics, which the tests compare
    model = keras.Sequential([layers.Input((4,), name="photo"), layers.BatchNormalization(), layers.Dense(3)])
    model.compile("adam", "mse")
    return model


def functional() -> Any:
    photo = layers.Input((4,), name="photo")
    model = keras.Model(photo, layers.Dense(3)(photo), name="net")
    model.compile("adam", "mse")
    return model


def pictures() -> Any:
    model = keras.Sequential([layers.Input((2, 2, 1), name="photo"), layers.Flatten(), layers.Dense(3)])
    model.compile("adam", "mse")
    return model


def subclassed() -> Any:
    class Subclassed(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = layers.Dense(3, name="head")

        def call(self, inputs: Any) -> Any:
            return self.dense(inputs)

    model = Subclassed()
    model.compile("adam", "mse")
    model(X)
    return model


def by_name() -> Any:
    a, b = layers.Input((4,), name="a"), layers.Input((2,), name="b")
    model = keras.Model({"a": a, "b": b}, layers.Dense(3)(layers.Concatenate()([a, b])), name="pair")
    model.compile("adam", "mse")
    return model


def by_place() -> Any:
    a, b = layers.Input((4,), name="a"), layers.Input((2,), name="b")
    model = keras.Model([a, b], layers.Dense(3)(layers.Concatenate()([a, b])), name="pair")
    model.compile("adam", "mse")
    return model


def words() -> Any:
    model = keras.Sequential(
        [layers.Input((5,)), layers.Embedding(10, 2, name="words"), layers.Flatten(), layers.Dense(3)]
    )
    model.compile("adam", "mse")
    return model


def uncompiled() -> Any:
    return keras.Sequential([layers.Input((4,)), layers.Dense(3)], name="net")


def _late(value: int) -> np.ndarray:
    """Words of which only the last row is wrong."""
    found = WORDS.copy()
    found[-1, -1] = value
    return found


SHAPE = ('"sequential"', 'input "photo"', "(None, 4)")
# what -> the model, what is done with it, what the message tells
ROWS: dict[str, tuple[Callable[[], Any], Callable[[Any], Any], tuple[str, ...]]] = {
    "one feature too many": (net, lambda m: m.fit(np.ones((8, 5)), Y), (*SHAPE, "(8, 5)", "Input((5,))")),
    "one axis too many": (net, lambda m: m.fit(np.ones((8, 4, 4)), Y), (*SHAPE, "(8, 4, 4)")),
    "in a functional model": (
        functional,
        lambda m: m.fit(np.ones((8, 5)), Y),
        ('"net"', '"photo"', "(None, 4)", "(8, 5)"),
    ),
    "no batch axis": (net, lambda m: m.fit(np.ones(4), np.ones(4)), (*SHAPE, "got (4,)", "x[None]")),
    "flat pictures": (
        pictures,
        lambda m: m.fit(X, Y),
        ('"photo"', "(None, 2, 2, 1)", "(8, 4)", "x.reshape(-1, 2, 2, 1)"),
    ),
    "in evaluate": (net, lambda m: m.evaluate(np.ones((8, 5)), Y), (*SHAPE, "(8, 5)")),
    "in predict": (net, lambda m: m.predict(np.ones((8, 5))), (*SHAPE, "(8, 5)")),
    "in train_on_batch": (net, lambda m: m.train_on_batch(np.ones((8, 5)), Y), (*SHAPE, "(8, 5)")),
    "in a generator": (net, lambda m: m.fit(iter([(np.ones((8, 5)), Y)])), (*SHAPE, "(8, 5)")),
    "in validation data": (
        net,
        lambda m: m.fit(X, Y, validation_data=(np.ones((8, 5)), Y)),
        ("validation_data: ", *SHAPE, "(8, 5)"),
    ),
    "in a subclassed model": (subclassed, lambda m: m.fit(np.ones((8, 5)), Y), ('"head"', "value 4", "(8, 5)")),
    "fewer targets": (net, lambda m: m.fit(X, Y[:7]), ("same number of rows", "`x` has 8", "`y` has 7")),
    "fewer weights": (net, lambda m: m.fit(X, Y, sample_weight=np.ones(5)), ("`sample_weight` has 5", "`x` has 8")),
    "fewer validation targets": (net, lambda m: m.fit(X, Y, validation_data=(X, Y[:7])), ("`y` has 7",)),
    "weights of no use": (
        net,
        lambda m: m.fit(X, Y, sample_weight=np.ones((8, 5))),
        ("`sample_weight`", "one weight a sample", "(8,)", "got shape (8, 5)"),
    ),
    "no rows": (net, lambda m: m.fit(X[:0], Y[:0]), ("`x`", "at least one row", "empty")),
    "empty lists": (net, lambda m: m.fit([], []), ("`x`", "expected an array", "nothing")),
    "no x": (net, lambda m: m.fit(None, Y), (*SHAPE, "got None")),
    "no y": (net, lambda m: m.fit(X), ('"sequential"', "no targets `y`")),
    "an empty generator": (net, lambda m: m.fit(iter([])), ("yields nothing",)),
    "a generator and targets": (net, lambda m: m.fit(iter([(X, Y)]), Y), ("`y`", "yields (x, y) itself")),
    "batches of four": (net, lambda m: m.fit(iter([(X, Y, Y, Y)])), ("(x, y, sample_weight)", "tuple of 4")),
    "texts": (net, lambda m: m.fit(np.array([["a"] * 4] * 8), Y), ("`x`", "expected numbers", "(8, 4)")),
    "texts as targets": (net, lambda m: m.fit(X, np.array(["cat", "dog"] * 4)), ("`y`", "expected numbers", "(8,)")),
    "a file's name": (net, lambda m: m.fit("train.csv", Y), ("`x`", "expected numbers")),
    "objects": (net, lambda m: m.fit(np.array([[object()] * 4] * 8), Y), ("`x`", "expected numbers", "object")),
    "dates": (net, lambda m: m.fit(np.zeros((8, 4), "datetime64[D]"), Y), ("`x`", "expected numbers", "datetime64")),
    "ragged rows": (net, lambda m: m.fit([[1, 2], [3]], Y), ("`x`", "ragged", "one length")),
    "complex x": (net, lambda m: m.fit(X.astype("complex64"), Y), ("`x`", "complex", "complex64")),
    "complex tensors": (net, lambda m: m.fit(torch.zeros(8, 4, dtype=torch.complex64), Y), ("`x`", "complex")),
    "complex y": (net, lambda m: m.fit(X, Y.astype("complex64")), ("`y`", "complex", "complex64")),
    "a named input missing": (by_name, lambda m: m.fit({"a": X}, Y), ('input "b"', '"pair"', "['a', 'b']")),
    "a named input misspelt": (by_name, lambda m: m.fit({"a": X, "bb": B}, Y), ('input "b"', "['a', 'bb']")),
    "a name missing, inputs in a list": (by_place, lambda m: m.fit({"a": X}, Y), ('input "b"', '"pair"')),
    "one input of two": (by_place, lambda m: m.fit(X, Y), ('"pair"', "expected 2 input(s) (a, b)", "got 1")),
    "three inputs of two": (by_place, lambda m: m.fit([X, B, X], Y), ('"pair"', "(a, b)", "got 3")),
    "the second input": (by_place, lambda m: m.fit([X, X], Y), ('input "b"', "(None, 2)", "(8, 4)")),
    "inputs of two lengths": (by_place, lambda m: m.fit([X, B[:7]], Y), ("`x` has 7 and 8",)),
    "a word too many": (
        words,
        lambda m: m.fit(WORDS + 1, Y),
        ('Embedding "words"', "0 ... 9", "got 10", "`input_dim`"),
    ),
    "a word too many, at the end": (words, lambda m: m.fit(_late(12), Y, batch_size=2), ("0 ... 9", "got 12")),
    "a negative word": (words, lambda m: m.fit(_late(-1), Y, batch_size=2), ('"words"', "got -1")),
    "a word too many in predict": (words, lambda m: m.predict(WORDS + 1), ('"words"', "got 10")),
    "fit before compile": (uncompiled, lambda m: m.fit(X, Y), ('"net"', "`compile()`", "`fit()`", "optimizer='adam'")),
    "evaluate before compile": (uncompiled, lambda m: m.evaluate(X, Y), ('"net"', "`compile()`", "`evaluate()`")),
}


@pytest.mark.parametrize("what", ROWS)
def test_it_is_said_before_the_first_step(what: str, refused: Callable[..., None]) -> None:
    make, run, told = ROWS[what]
    refused(make(), run, *told)


@pytest.mark.parametrize("make", [by_name, by_place])
def test_an_extra_named_input_is_warned_of(make: Callable[[], Any]) -> None:
    with pytest.warns(UserWarning, match=r"\"pair\" has no inputs \['c'\]; it takes \['a', 'b'\]"):
        make().fit({"a": X, "b": B, "c": X}, Y, verbose=0)


def test_a_failed_fit_can_be_followed_by_a_good_one() -> None:
    model = net()
    with pytest.raises(ValueError, match="expects shape"):
        model.fit(np.ones((8, 5)), Y)
    assert model.fit(X, Y, verbose=0).epoch == [0]


@pytest.mark.parametrize("shape", [(8, 4, 1), (8, 4)])
def test_a_last_axis_of_size_1_may_be_missing_or_too_many(shape: tuple[int, ...]) -> None:
    net().fit(X.reshape(shape), Y, verbose=0)


def test_other_sizes_than_a_stack_was_built_for_are_fine_where_its_layers_take_them() -> None:
    model = keras.Sequential(
        [layers.Input((10, 3)), layers.Conv1D(4, 3), layers.GlobalAveragePooling1D(), layers.Dense(1)]
    )
    model.compile("adam", "mse")
    model.fit(np.ones((8, 20, 3)), np.ones((8, 1)), verbose=0)


def test_a_model_with_its_own_steps_may_take_anything() -> None:
    class Own(keras.Sequential):
        def train_step(self, data: Any) -> dict[str, Any]:
            return super().train_step((data[0][:, :4], data[1]))

    model = Own([layers.Input((4,)), layers.Dense(3)])
    model.compile("sgd", "mse")
    model.fit(np.ones((8, 5)), Y, verbose=0)
    assert int(model.optimizer.iterations) == 1
