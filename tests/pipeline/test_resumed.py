"""A training on a data set that is interrupted goes on with the batches that would have come."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras._pipeline import Dataset

X = np.random.default_rng(0).random((40, 3), dtype="float32")
Y = X.sum(1, keepdims=True)

DATA = {
    "free": lambda: Dataset.from_tensor_slices((X, Y)).shuffle(40).batch(8),
    "seeded": lambda: Dataset.from_tensor_slices((X, Y)).shuffle(40, seed=3).batch(8),
    "buffered": lambda: Dataset.from_tensor_slices((X, Y)).shuffle(7, seed=3).map(lambda x, y: (x * 1, y)).batch(8),
    "endless": lambda: Dataset.from_tensor_slices((X, Y)).shuffle(40, seed=3).repeat().batch(8),
    "noisy": lambda: Dataset.from_tensor_slices((X, Y)).map(lambda x, y: (x + torch.rand(3), y)).shuffle(9).batch(8),
}


class Interrupts(keras.callbacks.Callback):
    """Ends the process, as far as `fit` is concerned, in the third epoch."""

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if int(self.model.optimizer.iterations.numpy()) == 13:
            raise KeyboardInterrupt


def fit(folder: Path, name: str, *others: Any) -> list[np.ndarray]:
    keras.utils.set_random_seed(2)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.3), "mse")
    listed = [keras.callbacks.BackupAndRestore(folder / "backup", save_freq=2), *others]
    steps = 5 if name == "endless" else None
    model.fit(DATA[name](), epochs=4, steps_per_epoch=steps, verbose=0, callbacks=listed)
    return model.get_weights()


@pytest.mark.parametrize("name", DATA)
def test_weights_are_as_without_the_interruption(name: str, tmp_path: Path) -> None:
    whole = fit(tmp_path / "whole", name)
    with pytest.raises((KeyboardInterrupt, SystemExit)):
        fit(tmp_path / "parts", name, Interrupts())
    again = fit(tmp_path / "parts", name)
    assert all(np.array_equal(a, b) for a, b in zip(whole, again))
