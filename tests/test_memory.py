"""Memory stays flat: as many live tensors after 2,000 steps and 20 fits as after the first ones."""

import functools
import gc
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

import torchkeras
from torchkeras import callbacks, layers

STEPS, FEW = 2_000, 500
X = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
LABELS = np.arange(64) % 3


def live() -> int:
    """The number of tensors that anything holds."""
    gc.collect()
    return sum(issubclass(type(found), torch.Tensor) for found in gc.get_objects())


class Counts(callbacks.Callback):
    """Live tensors at some steps of the first epoch."""

    def __init__(self, *steps: int) -> None:
        super().__init__()
        self.steps, self.found = steps, []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if batch in self.steps:
            self.found.append(live())


def endless() -> Iterator[Any]:
    while True:
        yield X[:16], LABELS[:16]


class Batches(torchkeras.utils.PyDataset):
    def __init__(self, steps: int) -> None:
        super().__init__()
        self.steps = steps

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, index: int) -> Any:
        return X[:16], LABELS[:16]


class Many(torch.utils.data.Dataset):
    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.rows = TensorDataset(torch.from_numpy(X), torch.from_numpy(LABELS))

    def __len__(self) -> int:
        return 4 * self.steps

    def __getitem__(self, index: int) -> Any:
        return self.rows[index % 64]


def few() -> dict[str, Any]:
    return tiled(4 * FEW)


def tiled(rows: int) -> dict[str, Any]:
    return {"x": np.resize(X, (rows, 4)), "y": np.resize(LABELS, rows), "batch_size": 4}


SOURCES: dict[str, Callable[[int], dict[str, Any]]] = {
    "arrays": lambda steps: tiled(4 * steps),
    "DataLoader": lambda steps: {"x": DataLoader(Many(steps), batch_size=4)},
    "generator": lambda steps: {"x": endless(), "steps_per_epoch": steps},
    "PyDataset": lambda steps: {"x": Batches(steps)},
}


def model(**arguments: Any) -> Any:
    made = torchkeras.Sequential(
        [
            layers.Input((4,)),
            layers.Dense(5, "relu", activity_regularizer="l2"),
            layers.BatchNormalization(),
            layers.Dropout(0.1),
            layers.Dense(3, "softmax", kernel_regularizer="l2"),
        ]
    )
    made.compile("adam", "sparse_categorical_crossentropy", **arguments)
    return made


def counted(made: Any, data: dict[str, Any], *more: Any) -> list[int]:
    counts = Counts(50, FEW - 1, STEPS // 2, STEPS - 1)
    made.fit(**data, verbose=0, callbacks=[counts, *more])
    return counts.found


def flat(found: list[int]) -> bool:
    """As many at the end as at the start, but for what one batch may hold more."""
    return len(found) >= 2 and max(found[1:]) <= found[0] + 3


LONG = [pytest.param(source, STEPS, marks=pytest.mark.long) for source in SOURCES if source != "arrays"]


@pytest.mark.parametrize(("source", "steps"), [("arrays", STEPS), *[(name, FEW) for name in SOURCES], *LONG])
def test_steps_from_every_source(source: str, steps: int) -> None:
    found = counted(model(), SOURCES[source](steps))
    assert flat(found), found


METRICS = ["accuracy", torchkeras.metrics.SparseTopKCategoricalAccuracy(2), "crossentropy"]


def test_steps_with_compiled_metrics() -> None:
    found = counted(model(metrics=METRICS, weighted_metrics=["accuracy"]), few())
    assert flat(found), found


def test_steps_with_callbacks_that_read_every_batch() -> None:
    seen: list[float] = []
    reading = callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(logs["loss"]))
    found = counted(model(), few(), reading, callbacks.TerminateOnNaN())
    assert len(seen) == FEW
    assert flat(found), found


def test_steps_of_ones_own() -> None:
    class Own(torchkeras.Sequential):
        def train_step(self, data: Any) -> Any:
            x, y = data
            self.zero_grad()
            loss = self.compute_loss(y=y, y_pred=self(x, training=True))
            loss.backward()
            weights = self.trainable_weights
            self.optimizer.apply([weight.value.grad for weight in weights], weights)
            return {"loss": loss}

    made = Own([layers.Input((4,)), layers.Dense(3, "softmax")])
    made.compile("adam", "sparse_categorical_crossentropy")
    found = counted(made, few())
    assert flat(found), found


def test_batches_by_hand() -> None:
    made, found = model(metrics=["accuracy"]), []
    for step in range(FEW):
        made.train_on_batch(X[:16], LABELS[:16])
        made.predict_on_batch(X[:16])
        if step in (20, FEW // 2, FEW - 1):
            found.append(live())
    assert flat(found), found


def repeated(run: Callable[[], Any], times: int = 20) -> list[int]:
    found = []
    for time in range(times):
        run()
        if time in (2, times // 2, times - 1):
            found.append(live())
    return found


SMALL: dict[str, Callable[[], dict[str, Any]]] = {
    "arrays": lambda: tiled(64),
    "DataLoader": lambda: {
        "x": DataLoader(TensorDataset(torch.from_numpy(X), torch.from_numpy(LABELS)), batch_size=16)
    },
    "generator": lambda: {"x": endless(), "steps_per_epoch": 4},
}


@pytest.mark.parametrize("source", SMALL)
def test_fits_of_one_model(source: str) -> None:
    made = model(metrics=METRICS)
    listeners = [callbacks.EarlyStopping("loss", patience=5, restore_best_weights=True), callbacks.History()]
    fit = functools.partial(made.fit, epochs=2, verbose=0, validation_data=(X, LABELS), callbacks=listeners)

    def run() -> None:
        fit(**SMALL[source]())
        made.evaluate(X, LABELS, verbose=0)
        made.predict(X, verbose=0)

    found = repeated(run)
    assert flat(found), found


def test_models_that_are_gone() -> None:
    def run() -> None:
        made = model(metrics=["accuracy"])
        made.fit(**tiled(64), verbose=0)
        torchkeras.utils.clear_session()

    found = repeated(run)
    assert flat(found), found


def test_a_leak_would_be_found() -> None:
    kept: list[torch.Tensor] = []
    leaking = callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: kept.append(torch.zeros(1)))
    assert not flat(counted(model(), few(), leaking))
