"""What scripts reach for inside Keras 2 and TensorFlow."""

from pathlib import Path
from typing import Any

SCRIPT = """
import numpy as np
from tensorflow.python.client import device_lib
from keras import backend as K
from keras.layers import Dense, Input
from keras.layers.merge import _Merge
from keras.models import Model

class Weighted(_Merge):
    def _merge_function(self, inputs):
        return 0.25 * inputs[0] + 0.75 * inputs[1]

a, b = Input((3,)), Input((3,))
mixed = Weighted()([a, b])
print(mixed.shape, [device.device_type for device in device_lib.list_local_devices()][0])
model = Model([a, b], mixed)
print(model.predict([np.zeros((2, 3)), np.ones((2, 3))], verbose=0).ravel()[0])
try:
    _Merge()([np.ones((2, 3), "float32")] * 2)
except NotImplementedError as error:
    print(error)
"""


def test_the_base_of_merge_layers_and_the_list_of_devices(runner: Any, tmp_path: Path) -> None:
    assert runner.run(SCRIPT, cwd=tmp_path).check().stdout.splitlines() == [
        "(None, 3) CPU",
        "0.75",
        "_Merge needs a `_merge_function(self, inputs)`.",
    ]
