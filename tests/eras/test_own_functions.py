"""Functions that a script itself saved come back when it loads the file; those of others' files stay refused."""

from pathlib import Path
from typing import Any

SAVES = """
import numpy as np
from keras import backend as K
from keras.layers import Dense, Lambda
from keras.models import Sequential, load_model
k = 3
def named(x):
    return K.square(x) * k
def times(factor):
    return lambda x: x * factor
model = Sequential([Dense(2, input_shape=(3,)), Lambda(lambda x: K.sum(x, -1, keepdims=True) / 255), Lambda(named),
                    Lambda(times(2)), Lambda(times(5))])
model.compile("sgd", "mse")
x = np.ones((1, 3))
for name in ("it.h5", "it.keras"):
    model.save(name)
    print(np.allclose(load_model(name).predict(x, verbose=0), model.predict(x, verbose=0)))
"""
LOADS = """
from keras.models import load_model
f = lambda x: x
for name in ("it.h5", "it.keras"):
    try:
        load_model(name)
    except ValueError as error:
        print(type(error).__name__, "lambda" in str(error))
"""


def test_a_script_loads_what_it_saved_and_not_what_others_did(runner: Any, tmp_path: Path) -> None:
    assert runner.run(SAVES, cwd=tmp_path).check().stdout.splitlines() == ["True", "True"]
    assert runner.run(LOADS, cwd=tmp_path).check().stdout.splitlines() == ["UnsafeFileError True"] * 2


def test_a_changed_code_is_refused(runner: Any, tmp_path: Path) -> None:
    script = """
import json
from keras import layers
layer = layers.Lambda(lambda x: x, arguments={})
config = layers.serialize(layer)
print(layers.deserialize(config).function is layer.function)
text = json.dumps(config)
code = config["config"]["function"]["config"]
part = code["code"] if "code" in code else code["value"][0]
changed = json.loads(text.replace(part[:8], "AAAAAAAA"))
try:
    layers.deserialize(changed)
except ValueError as error:
    print(type(error).__name__)
"""
    assert runner.run(script, cwd=tmp_path).check().stdout.splitlines() == ["True", "UnsafeFileError"]
