"""Layers and models that don't fit together: a message of ours where they are joined."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import torchkeras as keras
from torchkeras import layers


def same_names() -> Any:
    x = layers.Input((4,))
    return keras.Model(x, layers.Dense(1, name="twin")(layers.Dense(1, name="twin")(x)))


def empty() -> Any:
    model = keras.Sequential(name="nothing")
    model.compile("adam", "mse")
    return model.fit(np.ones((8, 4)), np.ones((8, 1)))


def called_with_other_features() -> Any:
    layer = layers.Dense(3, name="head")
    layer(np.ones((2, 3)))
    return layer(np.ones((2, 4)))


def net() -> Any:
    return keras.Sequential([layers.Input((4,)), layers.Dense(3)], name="net")


# what is called -> what the message tells
ROWS: dict[str, tuple[Callable[[], Any], tuple[str, ...]]] = {
    "add": (lambda: layers.Add()([layers.Input((4,)), layers.Input((3,))]), ('Add "add"', "(None, 4), (None, 3)")),
    "multiply": (
        lambda: layers.multiply([layers.Input((4,)), layers.Input((3,))]),
        ("Multiply", "(None, 4), (None, 3)"),
    ),
    "subtract": (lambda: layers.Subtract()([layers.Input((4,))] * 3), ('Subtract "subtract"', "2")),
    "concatenate": (
        lambda: layers.Concatenate(axis=1)([layers.Input((4, 4)), layers.Input((4, 3))]),
        ('Concatenate "concatenate"', "axis 1", "(None, 4, 4), (None, 4, 3)"),
    ),
    "dot": (lambda: layers.Dot(axes=1)([layers.Input((4,)), layers.Input((3,))]), ('Dot "dot"', "size 4", "(None, 3)")),
    "one tensor to a merge": (lambda: layers.Add()(layers.Input((4,))), ('"add"', "list")),
    "reshape": (lambda: layers.Reshape((5,))(layers.Input((4,))), ('Reshape "reshape"', "(None, 4)", "(5,)")),
    "flat input to a convolution": (
        lambda: layers.Conv2D(3, 3, name="conv_1")(layers.Input((784,))),
        ('Conv2D "conv_1"', "expected a 4-D input (batch, height, width, channels)", "(None, 784)"),
    ),
    "flat input to a recurrence": (
        lambda: layers.LSTM(3, name="memory")(layers.Input((784,))),
        ('"memory"', "expected a 3-D input (batch, steps, features)", "(None, 784)"),
    ),
    "window larger than its input": (
        lambda: layers.Conv2D(3, 7)(layers.Input((4, 4, 3))),
        ('Conv2D "conv2d"', "(7, 7)", "(4, 4)", 'padding="same"'),
    ),
    "pool larger than its input": (
        lambda: layers.MaxPooling2D(7)(layers.Input((4, 4, 3))),
        ('MaxPooling2D "max_pooling2d"', "(7, 7)", "(4, 4)"),
    ),
    "unknown features": (
        lambda: layers.Dense(3)(layers.Input((None,))),
        ('Dense "dense"', "last axis", "(None, None)"),
    ),
    "other features": (called_with_other_features, ('"head"', "value 3", "(2, 4)")),
    "one name twice in a stack": (
        lambda: keras.Sequential([layers.Dense(1, name="twin"), layers.Dense(1, name="twin")]),
        ("unique names", "'twin'", "`name`"),
    ),
    "one name twice in a graph": (same_names, ('"twin"', "2 times", "unique")),
    "not connected": (
        lambda: keras.Model(layers.Input((4,), name="a"), layers.Dense(1)(layers.Input((4,), name="b"))),
        ("Graph disconnected", '"b"', "not among the model's inputs", "Add it to `inputs`"),
    ),
    "an input twice": (
        lambda: (lambda x: keras.Model([x, x], layers.Dense(1)(x)))(layers.Input((4,))),
        ("same input twice",),
    ),
    "an array for an input": (
        lambda: keras.Model(np.ones((8, 4)), layers.Dense(1)(layers.Input((4,)))),
        ("`inputs`", "KerasTensors", "ndarray of shape (8, 4)", "keras.Input"),
    ),
    "an array for an output": (lambda: keras.Model(layers.Input((4,)), np.ones(3)), ("`outputs`", "shape (3,)")),
    "a number in a stack": (lambda: keras.Sequential([3]), ("`keras.Layer`", "3")),
    "a class in a stack": (lambda: keras.Sequential([layers.Dense]), ("the class Dense", "Did you mean `Dense(...)`?")),
    "an empty stack": (empty, ("nothing", "no layers", "`model.add(layer)`")),
    "too few weights": (lambda: net().set_weights([np.ones((4, 3))]), ("net", "length 1", "expecting 2")),
    "weights of other shapes": (lambda: net().set_weights([np.ones((4, 2)), np.ones(3)]), ("(4, 3)", "(4, 2)")),
}


@pytest.mark.parametrize("what", ROWS)
def test_it_is_said_where_they_are_joined(what: str, told: Callable[..., None]) -> None:
    run, texts = ROWS[what]
    told(run, (ValueError, TypeError), *texts)
