"""Models to print and to draw, written once for real Keras and for torchkeras: each function takes the module."""

from typing import Any

import numpy as np


def graph(k: Any) -> Any:
    layers = k.layers
    image = layers.Input((8, 8, 3), name="image")
    x = layers.BatchNormalization()(layers.Conv2D(4, 3, activation="relu")(image))
    flat = layers.Flatten()(x)
    inner = k.Sequential([layers.Input((144,)), layers.Dense(2), layers.Dense(3)], name="inner")
    return k.Model(image, layers.Concatenate()([inner(flat), flat]) * 2, name="graph")


def chain(k: Any) -> Any:
    layers = k.layers
    stack = [layers.Input((4,)), layers.Dense(2000, name="wide"), layers.Dropout(0.2), layers.Dense(3, dtype="float16")]
    return k.Sequential(stack, name="chain")


def unbuilt(k: Any) -> Any:
    return k.Sequential(
        [k.layers.Dense(3, name="d"), k.layers.Dropout(0.1), k.layers.LSTM(2, name="l")], name="unbuilt"
    )


def empty(k: Any) -> Any:
    return k.Sequential(name="empty")


def shared(k: Any) -> Any:
    start, dense = k.layers.Input((4,), name="start"), k.layers.Dense(4, name="dense")
    once = dense(start)
    return k.Model(start, [k.layers.Add(name="add")([once, dense(once), start]), once], name="shared")


def used_elsewhere(k: Any) -> Any:
    dense = k.layers.Dense(4, name="dense")
    dense(k.layers.Input((7, 4)))
    start = k.layers.Input((4,), name="start")
    return k.Model(start, dense(dense(start)), name="again")


def several_outputs(k: Any) -> Any:
    start = k.layers.Input((5,), name="start")
    states = k.layers.LSTM(3, return_state=True, name="lstm")(k.layers.Embedding(10, 3, name="embedding")(start))
    return k.Model(start, states, name="states")


def nested(k: Any) -> Any:
    one, two = k.layers.Input((4,), name="one"), k.layers.Input((4,), name="two")
    inner = k.Model([one, two], [k.layers.Dense(4, name="d")(one), k.layers.Dense(3, name="e")(two)], name="inner")
    start = k.layers.Input((4,), name="start")
    deep = k.Sequential([k.layers.Input((7,)), k.Sequential([k.layers.Dense(2, name="f")], name="deeper")], name="deep")
    return k.Model(start, deep(k.layers.Concatenate(name="join")(inner([start, start]))), name="outer")


def two_inputs(k: Any) -> Any:
    starts = [k.layers.Input((2,), name="left"), k.layers.Input((2,), name="right")]
    return k.Model(starts, k.layers.Dense(2, name="dense")(k.layers.Add(name="add")(starts)), name="two")


def frozen(k: Any) -> Any:
    model = chain(k)
    model.layers[0].trainable = False
    return model


def wrappers(k: Any) -> Any:
    layers = k.layers
    inside = layers.TimeDistributed(layers.Dense(3), name="each"), layers.Bidirectional(layers.LSTM(2), name="both")
    return k.Sequential([layers.Input((5, 4)), *inside], name="wrapped")


def subclassed(k: Any) -> Any:
    class Sub(k.Model):
        def __init__(self) -> None:
            super().__init__(name="sub")
            self.first, self.second = k.layers.Dense(2, name="first"), k.layers.LSTM(3, name="second")

        def call(self, x: Any) -> Any:
            return self.first(self.second(x))

    return Sub()


def called(k: Any) -> Any:
    model = subclassed(k)
    model(np.zeros((2, 3, 4), "float32"))
    return model


def trained(k: Any) -> Any:
    model = graph(k)
    model.compile("adam", "mse")
    model.fit(np.zeros((2, 8, 8, 3)), np.zeros((2, 147)), verbose=0)
    return model


def compiled(k: Any) -> Any:
    model = chain(k)
    model.compile("sgd", "mse")
    return model
