"""One optimizer for two models: each has its own moments and trains its own weights."""

from pathlib import Path
from typing import Any

SCRIPT = """
import numpy as np
from keras.layers import Dense
from keras.models import Model, Sequential
from keras.optimizers import Adam

optimizer = Adam(0.01, 0.5)
first, second = Sequential([Dense(1, input_shape=(3,))]), Sequential([Dense(2, input_shape=(4,))])
second = Model(second.input, second.output)
first.compile(optimizer, "mse")
second.compile(loss="mse", optimizer=optimizer)
before = first.get_weights()[0], second.get_weights()[0]
for _ in range(2):
    first.train_on_batch(np.ones((8, 3)), np.zeros((8, 1)))
    second.train_on_batch(np.ones((8, 4)), np.zeros((8, 2)))
print([not np.array_equal(a, model.get_weights()[0]) for a, model in zip(before, (first, second))])
print(first.optimizer is optimizer, second.optimizer is optimizer, second.optimizer.get_config()["beta_1"])
first.compile(optimizer, "mae")
print(first.optimizer is optimizer)
"""


def test_one_optimizer_for_two_models(runner: Any, tmp_path: Path) -> None:
    assert runner.run(SCRIPT, cwd=tmp_path).check().stdout.splitlines() == ["[True, True]", "True False 0.5", "True"]
