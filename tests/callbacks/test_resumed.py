"""A run that is interrupted and goes on leaves what the uninterrupted one leaves."""

import os

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import torchkeras
from torchkeras import callbacks, extras

X = np.random.default_rng(0).random((40, 3), dtype="float32")
Y = X.sum(1, keepdims=True)
SAVE_FREQ = ["epoch", 2]


class Interrupts(callbacks.Callback):
    """Ends the process, as far as `fit` is concerned, in the third epoch."""

    def on_train_batch_end(self, batch, logs=None):
        if self.model.optimizer.iterations.number == 13:
            raise KeyboardInterrupt


Interrupts.on_train_batch_end.__module__ = "torchkeras"  # it adds nothing to the logs


def fit(folder, save_freq, *others):
    """A training of six epochs of five batches; gives its plot and checkpoint."""
    torchkeras.utils.set_random_seed(2)
    model = torchkeras.Sequential([torchkeras.Input((3,)), torchkeras.layers.Dense(1)])
    model.compile(torchkeras.optimizers.Adam(0.3), "mse", metrics=["mae"])
    plot = extras.HistoryPlot(folder / "history.png", every=100)
    best = callbacks.ModelCheckpoint(folder / "best.{epoch}.keras", "loss", save_best_only=True)
    listed = [
        callbacks.BackupAndRestore(folder / "backup", save_freq=save_freq),
        best,
        callbacks.ModelCheckpoint(folder / "{epoch}-{batch}.weights.h5", save_weights_only=True, save_freq=4),
        callbacks.CSVLogger(folder / "log.csv"),
        callbacks.TensorBoard(folder / "logs", update_freq=1),
        plot,
        *others,
    ]
    try:
        model.fit(X, Y, batch_size=8, epochs=6, verbose=0, callbacks=listed)
    except BaseException:
        listed[3].csv_file.close()  # as the end of the process does
        raise
    return plot, best, model


def scalars(folder):
    reader = EventAccumulator(str(folder / "logs" / "train"))
    reader.Reload()
    # a batch that was run again is there twice; TensorBoard shows the last
    return {tag: {event.step: event.value for event in reader.Scalars(tag)} for tag in reader.Tags()["scalars"]}


@pytest.mark.parametrize("save_freq", SAVE_FREQ)
def test_everything_is_as_without_the_interruption(tmp_path, save_freq):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    whole.mkdir()
    parts.mkdir()
    plot, best, model = fit(whole, save_freq)
    with pytest.raises((KeyboardInterrupt, SystemExit)):
        fit(parts, save_freq, Interrupts())
    again, best_again, model_again = fit(parts, save_freq)
    assert (again.epochs, again.history) == (plot.epochs, plot.history)
    assert best_again.best == best.best
    assert model_again.history.history == model.history.history
    assert scalars(parts) == scalars(whole)
    assert (parts / "log.csv").read_text() == (whole / "log.csv").read_text()
    assert sorted(set(os.listdir(parts)) - {"backup"}) == sorted(set(os.listdir(whole)) - {"backup"})
    assert all((a == b).all() for a, b in zip(model.get_weights(), model_again.get_weights(), strict=True))
