"""Callbacks on two ranks: all decide alike, the first one prints and writes."""

import contextlib
import io
import os

import numpy as np
import pytest

import torchkeras as keras
from torchkeras import _ranks, extras

X = np.random.default_rng(0).random((24, 4), dtype="float32")
Y = X.sum(1, keepdims=True)


def trained(callbacks, x=X, **arguments):
    """What a rank printed, and its model, after a training with what `callbacks()` gives."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.05), "mse", metrics=["mae"])
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        model.fit(x, Y, **{"batch_size": 6, "epochs": 2, "verbose": 2, "callbacks": callbacks, **arguments})
    return out.getvalue(), model


def test_checkpoints_within_an_epoch(on_ranks, tmp_path):
    """Each rank has logs of its own there; if they decided alone, one would wait for the other for ever."""

    def train():
        checkpoint = keras.callbacks.ModelCheckpoint(
            tmp_path / "{epoch}-{batch}-{loss:.4f}.keras", "loss", verbose=1, save_best_only=True, save_freq=1
        )
        text, model = trained([checkpoint], shuffle=True)
        return text, checkpoint.best, model.get_weights()

    (text, best, weights), (other_text, other_best, other_weights) = on_ranks(2, train)
    saved = sorted(os.listdir(tmp_path))
    assert text.count("finished saving model") == len(saved) >= 1
    assert other_text == ""
    assert best == other_best
    assert all((a == b).all() for a, b in zip(weights, other_weights, strict=True))
    keras.models.load_model(tmp_path / saved[0])


def test_files_are_written_once(on_ranks, tmp_path):
    def train():
        callbacks = [
            keras.callbacks.CSVLogger(tmp_path / "log.csv"),
            keras.callbacks.TensorBoard(tmp_path / "logs", update_freq=2, histogram_freq=1),
            keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}.weights.h5", save_weights_only=True),
            extras.HistoryPlot(tmp_path / "history.png"),
        ]
        text, _ = trained(callbacks, validation_data=(X, Y))
        return text

    first, second = on_ranks(2, train)
    assert first.count("loss") > 0
    assert second == ""
    assert sorted(os.listdir(tmp_path)) == ["1.weights.h5", "2.weights.h5", "history.png", "log.csv", "logs"]
    assert [line.split(",")[0] for line in (tmp_path / "log.csv").read_text().splitlines()] == ["epoch", "0", "1"]
    assert all(len(os.listdir(tmp_path / "logs" / run)) == 1 for run in ("train", "validation"))


@pytest.mark.parametrize("row", [1, 4])  # of the first rank's half of a batch, or the second's
def test_a_loss_that_is_no_number_ends_all(on_ranks, row):
    x = X.copy()
    x[row] = np.nan

    def train():
        seen = []
        count = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(batch))
        _, model = trained([count, keras.callbacks.TerminateOnNaN()], x=x, shuffle=False)
        return seen, len(model.history.epoch)

    first, second = on_ranks(2, train)
    assert first == second
    assert len(first[0]) <= 2
    assert first[1] == 1


def test_a_range_test_takes_the_same_rates_and_leaves_no_trace(on_ranks):
    def find():
        _, model = trained([], epochs=1)
        before = model.get_weights()
        finder = extras.LearningRateFinder(1e-3, 1e3, steps=30).run(model, X, Y, batch_size=6)
        same = all((a == b).all() for a, b in zip(before, model.get_weights(), strict=True))
        return finder.rates, finder.losses, same

    first, second = on_ranks(2, find)
    assert first == second
    assert 2 < len(first[0]) < 30
    assert first[2]
    assert _ranks.world_size() == 1
