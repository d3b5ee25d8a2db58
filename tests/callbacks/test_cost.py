"""What each callback costs a step: no call and no wait for the device, unless batches are its business."""

import numpy as np
import pytest
import torch

import torchkeras
from torchkeras import callbacks
from torchkeras.callbacks._callback_list import HOOKS

X = np.random.default_rng(0).random((24, 3), dtype="float32")
Y = X.sum(1, keepdims=True)
TRAIN_BATCH = [hook for hook in HOOKS if "train_batch" in hook]

# Made for a directory; those with an argument `batches` look at batches where it is given.
MAKERS = {
    "BackupAndRestore": lambda folder: callbacks.BackupAndRestore(folder / "backup"),
    "CSVLogger": lambda folder: callbacks.CSVLogger(folder / "log.csv"),
    "Callback": lambda folder: callbacks.Callback(),
    "EarlyStopping": lambda folder: callbacks.EarlyStopping("loss", restore_best_weights=True),
    "History": lambda folder: callbacks.History(),
    "LambdaCallback": lambda folder: callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: None),
    "LearningRateScheduler": lambda folder: callbacks.LearningRateScheduler(lambda epoch, rate: rate),
    "ModelCheckpoint": lambda folder: callbacks.ModelCheckpoint(folder / "a{epoch}-{val_loss:.3f}.keras"),
    "ProgbarLogger": lambda folder: callbacks.ProgbarLogger(),
    "ReduceLROnPlateau": lambda folder: callbacks.ReduceLROnPlateau("loss"),
    "RemoteMonitor": lambda folder: Unsent(),
    "SwapEMAWeights": lambda folder: callbacks.SwapEMAWeights(swap_on_epoch=True),
    "TensorBoard": lambda folder: callbacks.TensorBoard(folder, histogram_freq=1, write_steps_per_second=True),
    "TerminateOnNaN": lambda folder: callbacks.TerminateOnNaN(),
}
NOT_RUN = {"CallbackList", "OrbaxCheckpoint"}  # a container, and one that says it is not there
HEAR_BATCHES = {"ProgbarLogger", "TerminateOnNaN"}
READ_BATCHES = {"TerminateOnNaN"}


class Unsent(callbacks.RemoteMonitor):
    def _request(self, values):
        raise OSError


def test_every_callback_is_here():
    public = {name for name in dir(callbacks) if isinstance(getattr(callbacks, name), type)}
    assert public == set(MAKERS) | NOT_RUN


@pytest.mark.parametrize("name", MAKERS)
def test_who_is_called_by_batch(name, tmp_path):
    listed = callbacks.CallbackList(MAKERS[name](tmp_path))
    assert listed.overrides(*TRAIN_BATCH) == (name in HEAR_BATCHES)


def waits(callback, batch_size, monkeypatch):
    """How often a value is fetched from the device in three epochs."""
    made = torchkeras.Sequential([torchkeras.Input((3,)), torchkeras.layers.Dense(1)])
    made.compile(torchkeras.optimizers.SGD(use_ema=True), "mse", metrics=["mae"])
    made.fit(X, Y, verbose=0)
    made.save = made.save_weights = lambda path, overwrite: None
    arguments = {"batch_size": batch_size, "validation_batch_size": 12, "validation_data": (X, Y)}
    count = 0

    def counted(real):
        def call(tensor, *arguments, **keywords):
            nonlocal count
            count += 1
            return real(tensor, *arguments, **keywords)

        return call

    with monkeypatch.context() as patch:
        for method in ("item", "tolist", "numpy", "cpu", "__float__", "__bool__"):
            patch.setattr(torch.Tensor, method, counted(getattr(torch.Tensor, method)))
        made.fit(X, Y, verbose=0, epochs=3, callbacks=[callback], **arguments)
    return count


@pytest.mark.filterwarnings("ignore:Could not reach RemoteMonitor")
@pytest.mark.parametrize("name", MAKERS)
def test_who_waits_for_the_device_by_batch(name, tmp_path, monkeypatch):
    few = waits(MAKERS[name](tmp_path), 24, monkeypatch)
    many = waits(MAKERS[name](tmp_path), 2, monkeypatch)
    assert (many > few) == (name in READ_BATCHES)


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [(callbacks.TensorBoard, {"update_freq": 6}), (callbacks.ModelCheckpoint, {"save_freq": 6})],
)
def test_a_frequency_in_batches_waits_only_at_its_batches(kind, arguments, tmp_path, monkeypatch):
    def make(folder):
        path = "{batch}-{loss:.2f}.keras" if kind is callbacks.ModelCheckpoint else ""
        return kind(folder / path, **arguments)

    at_start = waits(make(tmp_path), 24, monkeypatch)  # 1 batch an epoch, 3 in all
    twelve = waits(make(tmp_path), 2, monkeypatch)  # 12 batches an epoch, 36 in all: 6 times a look
    assert twelve - at_start <= 6 * 2  # loss and mae


def test_a_look_at_the_monitor_every_few_batches_costs_one_wait(tmp_path, monkeypatch):
    def make():
        return callbacks.ModelCheckpoint(tmp_path / "a.keras", "loss", save_best_only=True, save_freq=12)

    # three looks at loss and mae in three epochs; without placeholders nothing else is read
    assert waits(make(), 2, monkeypatch) - waits(callbacks.History(), 2, monkeypatch) <= 3 * 2
