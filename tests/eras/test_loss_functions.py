"""Losses and metrics written as functions of Keras 2 see targets with a second axis; those of today as they come."""

from pathlib import Path
from typing import Any

SCRIPT = """
import numpy as np
from keras import backend as K, ops
from keras.layers import Dense, Input
from keras.models import Model, Sequential

seen = {}

def helper(y_true):
    return K.sum(y_true)

def old(y_true, y_pred):
    seen["old"] = tuple(y_true.shape), y_true.dtype == y_pred.dtype
    return K.mean(K.equal(y_true, K.round(y_pred)))

def through_a_helper(y_true, y_pred):
    seen["helper"] = tuple(y_true.shape), y_true.dtype == y_pred.dtype
    return helper(y_true)

def today(y_true, y_pred):
    seen["today"] = tuple(y_true.shape), y_true.dtype == y_pred.dtype
    return ops.mean(y_true) + K.epsilon()

def plain(y_true, y_pred):
    seen["plain"] = tuple(y_true.shape), y_true.dtype == y_pred.dtype
    return y_true.float().mean()

def loss(y_true, y_pred):
    seen["loss"] = tuple(y_true.shape), y_true.dtype == y_pred.dtype
    return K.mean(K.square(K.max(y_true, axis=-1) - y_pred[:, 0]))

x, y = np.ones((8, 3)), np.array([1, 0, 1, 1] * 2)
model = Sequential([Dense(1, input_dim=3, kernel_initializer="ones", bias_initializer="ones")])
model.compile("sgd", "mse", metrics=[old, through_a_helper, today, plain])
print(model.evaluate(x, y, verbose=0, batch_size=8)[1:3])
print(seen)
model = Sequential([Dense(2, input_dim=3)])
model.compile("sgd", loss, metrics=[old])
model.evaluate(x, y, verbose=0)
print(seen["loss"], seen["old"])
"""


def test_shapes_and_dtypes(runner: Any, tmp_path: Path) -> None:
    old = "'old': ((8, 1), True), 'helper': ((8, 1), True)"
    first, seen, second = runner.run(SCRIPT, cwd=tmp_path).check().stdout.splitlines()
    assert first == "[0.0, 6.0]"
    assert seen == f"{{{old}, 'today': ((8,), False), 'plain': ((8,), False)}}"
    assert second == "((8, 1), False) ((8, 1), True)"
