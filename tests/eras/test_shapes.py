"""Shapes as layers of scripts get them."""

from pathlib import Path
from typing import Any

SCRIPT = """
import numpy as np
from keras import backend as K
from keras.layers import Dense, Input, Layer
from keras.models import Model

class Asks(Layer):
    def build(self, input_shape):
        print("build", input_shape, input_shape[1].value, input_shape.as_list(), input_shape[0] is None)
        self.kernel = self.add_weight(shape=(input_shape[-1].value, 4), initializer="ones", name="kernel")
        super().build(input_shape)
    def call(self, x):
        return x @ self.kernel.value
    def compute_output_shape(self, input_shape):
        return input_shape.as_list()[:-1] + [4]

class SaysNone(Layer):
    def call(self, x):
        return x
    def compute_output_shape(self, input_shape):
        return (None, input_shape[-1])

class Two(Layer):
    def build(self, input_shape):
        print("two", [tuple(shape) for shape in input_shape], input_shape[0][1].value)
    def call(self, x):
        return x[0] + x[1]

x = Input((3,))
y = SaysNone()(Asks()(x))
print(y.shape, Two()([y, y]).shape, SaysNone()(Input(batch_shape=(5, 2))).shape)
model = Model(x, Dense(2)(y))
print(model.predict(np.ones((5, 3)), verbose=0).shape)
model.save("it.keras")
"""


def test_layers_get_tensorflow_s_shapes(runner: Any, tmp_path: Path) -> None:
    assert runner.run(SCRIPT, cwd=tmp_path).check().stdout.splitlines() == [
        "build (None, 3) 3 [None, 3] True",
        "two [(None, 4), (None, 4)] 4",
        "(None, 4) (None, 4) (None, 2)",
        "(5, 2)",
    ]
