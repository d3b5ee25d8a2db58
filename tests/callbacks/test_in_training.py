"""Callbacks in `fit`, `evaluate` and `predict` of a model, next to real Keras with the same weights."""

import re
import sys
import warnings

import keras
import numpy as np
import pytest
import torch

import torchkeras
from torchkeras.callbacks import Callback, EarlyStopping, LambdaCallback, LearningRateScheduler, ReduceLROnPlateau
from torchkeras.callbacks._callback_list import HOOKS

X = np.random.RandomState(0).rand(20, 3).astype("float32")
Y = X.sum(1, keepdims=True)
WEIGHTS = [np.full((3, 1), 0.1, "float32"), np.zeros(1, "float32")]


def model(module, learning_rate=0.1, **arguments):
    made = module.Sequential([module.layers.Input((3,)), module.layers.Dense(1)])
    made.set_weights(WEIGHTS)
    made.compile(module.optimizers.SGD(learning_rate), "mse", metrics=["mae"], **arguments)
    return made


def both(run):
    """`run(module)` with real Keras and with torchkeras."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = run(keras)
    return run(torchkeras), expected


def recorder(module, log):
    """A callback of `module` that notes each call: hook, number, keys of the logs."""

    def note(hook):
        def call(self, *arguments, logs=None):
            *number, given = (*arguments, logs) if logs is not None else arguments
            log.append((hook, *number, sorted(given or {})))

        return call

    return type("Recorder", (module.callbacks.Callback,), {hook: note(hook) for hook in HOOKS})()


@pytest.mark.parametrize("validation", [{}, {"validation_data": (X, Y)}, {"validation_split": 0.25}])
def test_the_same_hooks_in_the_same_order_with_the_same_logs(validation):
    def run(module):
        log = []
        made = model(module)
        arguments = {"batch_size": 8, "verbose": 0, "callbacks": [recorder(module, log)]}
        made.fit(X, Y, epochs=2, shuffle=False, **arguments, **validation)
        made.evaluate(X, Y, **arguments)
        made.predict(X, **arguments)
        return log

    ours, theirs = both(run)
    assert ours == theirs


def test_the_same_history():
    def run(module):
        return model(module).fit(
            X, Y, batch_size=8, epochs=4, shuffle=False, verbose=0, validation_split=0.25, initial_epoch=1
        )

    ours, theirs = both(run)
    assert ours.epoch == theirs.epoch == [1, 2, 3]
    assert ours.params == theirs.params
    assert list(ours.history) == list(theirs.history) == ["loss", "mae", "val_loss", "val_mae"]
    for name, values in theirs.history.items():
        assert ours.history[name] == pytest.approx(values, rel=1e-5)
        assert all(type(value) is float for value in ours.history[name])


@pytest.mark.parametrize("verbose", [0, 1, 2])
@pytest.mark.parametrize("epochs", [1, 2])
def test_the_same_lines_on_a_terminal(epochs, verbose, capsys, monkeypatch):
    monkeypatch.setenv("PYCHARM_HOSTED", "1")  # an output that redraws, as Keras takes any to be
    texts = []

    def run(module):
        made = model(module)
        made.fit(X, Y, batch_size=8, epochs=epochs, shuffle=False, verbose=verbose, validation_split=0.25)
        made.evaluate(X, Y, verbose=verbose)
        made.predict(X, verbose=verbose)
        texts.append(capsys.readouterr().out)

    both(run)
    theirs, ours = ([_finished(line) for line in text.split("\n")] for text in texts)
    assert ours == theirs


def _finished(line):
    """What a line shows at last, without what depends on the clock."""
    return re.sub(r"\d+(s|ms|us)", "T", line.split("\r")[-1]).rstrip()


def test_a_second_fit_goes_on_with_a_new_history():
    made = model(torchkeras)
    first = made.fit(X, Y, epochs=2, verbose=0)
    second = made.fit(X, Y, epochs=1, verbose=0)
    assert first is not second
    assert made.history is second
    assert (len(first.history["loss"]), len(second.history["loss"])) == (2, 1)


@pytest.mark.parametrize("restore", [False, True])
def test_early_stopping(restore):
    def run(module):
        made = model(module, learning_rate=1.2)  # too much: it gets worse
        stopping = module.callbacks.EarlyStopping("loss", patience=2, restore_best_weights=restore)
        history = made.fit(X, Y, batch_size=20, epochs=20, verbose=0, callbacks=[stopping])
        return len(history.epoch), stopping.stopped_epoch, stopping.best_epoch, made.get_weights()

    ours, theirs = both(run)
    assert ours[:3] == theirs[:3]
    for mine, other in zip(ours[3], theirs[3], strict=True):
        assert np.allclose(mine, other, rtol=1e-5)


@pytest.mark.parametrize(
    "make",
    [
        lambda module: module.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5),
        lambda module: module.callbacks.LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1)),
        lambda module: module.callbacks.ReduceLROnPlateau("loss", patience=1, factor=0.5, min_delta=10.0, min_lr=0.02),
    ],
)
def test_learning_rates(make):
    def run(module):
        made = model(module)
        history = made.fit(X, Y, batch_size=8, epochs=5, shuffle=False, verbose=0, callbacks=[make(module)])
        return history.history, float(made.optimizer.learning_rate)

    ours, theirs = both(run)
    assert list(ours[0]) == list(theirs[0])
    for name, values in theirs[0].items():
        assert ours[0][name] == pytest.approx(values, rel=1e-5)
    assert ours[1] == pytest.approx(theirs[1])


def test_stop_training_in_a_batch_ends_the_epoch():
    def run(module):
        made, batches = model(module), []

        def stop(batch, logs):
            batches.append(batch)
            made.stop_training = batch == 1

        history = made.fit(
            X,
            Y,
            batch_size=4,
            epochs=3,
            verbose=0,
            callbacks=[module.callbacks.LambdaCallback(on_train_batch_end=stop)],
        )
        return batches, len(history.epoch)

    ours, theirs = both(run)
    assert ours == theirs == ([0, 1], 1)


def test_terminate_on_nan(capsys):
    made = model(torchkeras)
    x = X.copy()
    x[9] = np.nan
    made.fit(x, Y, batch_size=4, shuffle=False, epochs=3, verbose=0, callbacks=[torchkeras.callbacks.TerminateOnNaN()])
    assert capsys.readouterr().out == "Batch 2: Invalid loss, terminating training\n"
    assert len(made.history.epoch) == 1


class Counter:
    """Counts the values fetched from the device while it is open."""

    def __init__(self, monkeypatch):
        self.count = 0
        for name in ("item", "tolist", "numpy", "__float__"):
            self._count(monkeypatch, name)

    def _count(self, monkeypatch, name):
        real = getattr(torch.Tensor, name)

        def counted(tensor, *arguments, **keywords):
            self.count += 1
            return real(tensor, *arguments, **keywords)

        monkeypatch.setattr(torch.Tensor, name, counted)


def fetched(monkeypatch, epochs, batch_size, **arguments):
    made = model(torchkeras)
    made.fit(X, Y, batch_size=batch_size, verbose=0)
    with monkeypatch.context() as patch:
        counter = Counter(patch)
        made.fit(X, Y, batch_size=batch_size, epochs=epochs, **arguments)
        return counter.count


SILENT = {
    "no callback": {"verbose": 0},
    "epoch callbacks": {"verbose": 0, "callbacks": [LambdaCallback(on_epoch_end=lambda epoch, logs: None)]},
    "a batch callback that reads nothing": {
        "verbose": 0,
        "callbacks": [LambdaCallback(on_train_batch_end=lambda batch, logs: None)],
    },
    "a batch callback with the usual first line": {
        "verbose": 0,
        "callbacks": [LambdaCallback(on_train_batch_end=lambda batch, logs: logs or {})],
    },
    "one line an epoch": {"verbose": 2},
}


@pytest.mark.parametrize("name", SILENT)
def test_values_are_fetched_by_epoch_not_by_batch(name, monkeypatch):
    few = fetched(monkeypatch, 3, 20, **SILENT[name])
    many = fetched(monkeypatch, 3, 1, **SILENT[name])
    assert many == few


def test_the_progress_bar_fetches_only_what_it_draws(monkeypatch):
    few = fetched(monkeypatch, 1, 20, verbose=1)
    many = fetched(monkeypatch, 1, 1, verbose=1)
    drawn = 2  # a log file gets the first line and the last one; twenty steps take less than ten seconds
    values = 2  # loss and mae
    assert many - few <= drawn * values


def test_a_reading_batch_callback_fetches_once_a_batch(monkeypatch):
    reader = LambdaCallback(on_train_batch_end=lambda batch, logs: (logs["loss"], logs["mae"]))
    once = fetched(monkeypatch, 1, 1, verbose=0, callbacks=[reader])
    twice = fetched(monkeypatch, 1, 1, verbose=0, callbacks=[reader, reader])
    assert once == twice > 20


class _Everything(Callback):
    """Overrides nothing."""


@pytest.mark.parametrize(
    "callback", [_Everything(), EarlyStopping("loss"), ReduceLROnPlateau("loss"), LearningRateScheduler(lambda e: 0.1)]
)
def test_epoch_callbacks_are_not_called_by_batch(callback, monkeypatch):
    calls = []
    monkeypatch.setattr(Callback, "on_train_batch_end", lambda *arguments, **keywords: calls.append(arguments))
    monkeypatch.setattr(Callback, "on_train_batch_begin", lambda *arguments, **keywords: calls.append(arguments))
    model(torchkeras).fit(X, Y, batch_size=4, epochs=2, verbose=0, callbacks=[callback])
    assert calls == []


@pytest.mark.parametrize("wrong", [3, "checkpoint", EarlyStopping])
def test_what_is_no_callback_is_refused_before_training(wrong):
    made = model(torchkeras)
    before = made.get_weights()
    with pytest.raises(TypeError, match="callbacks: expected"):
        made.fit(X, Y, verbose=0, callbacks=[wrong])
    assert all((mine == other).all() for mine, other in zip(before, made.get_weights(), strict=True))


def test_a_plain_log_file(capsys, monkeypatch):
    monkeypatch.delenv("PYCHARM_HOSTED", raising=False)
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    model(torchkeras).fit(X, Y, batch_size=8, epochs=2)
    lines = capsys.readouterr().out.splitlines()
    assert [line[:9] for line in lines] == [
        "Epoch 1/2",
        "1/3 ━━━━━",
        "3/3 ━━━━━",
        "Epoch 2/2",
        "1/3 ━━━━━",
        "3/3 ━━━━━",
    ]
    assert not set("".join(lines)) & {"\r", "\b", "\x1b"}


class Scores(Callback):
    """A callback as scripts of Keras 2 have it."""

    def on_epoch_end(self, epoch, logs=None):
        x, y, weight = self.validation_data[:3]
        self.seen = x, y, weight
        logs["val_own"] = float(np.mean(np.abs(self.model.predict(x, verbose=0) - y)))


@pytest.mark.parametrize(
    "arguments",
    [{"validation_split": 0.25}, {"validation_data": (X[15:], Y[15:])},
     {"validation_data": (torch.from_numpy(X[15:]), torch.from_numpy(Y[15:]))}],
)  # fmt: skip
def test_validation_data_as_in_keras_2(arguments):
    scores = Scores()
    with pytest.warns(DeprecationWarning, match="`callback.validation_data` is Keras 2's"):
        history = model(torchkeras).fit(X, Y, verbose=0, callbacks=[scores], **arguments).history
    assert history["val_own"] == pytest.approx(history["val_mae"], rel=1e-5)
    assert [type(part) for part in scores.seen] == [np.ndarray] * 3
    assert scores.seen[0].tolist() == X[15:].tolist()
    assert scores.seen[2].tolist() == [1.0] * 5
    assert scores.validation_data is None  # after `fit`


def test_a_callback_may_have_validation_data_of_its_own():
    class Own(Callback):
        def __init__(self, validation_data):
            super().__init__()
            self.validation_data = validation_data

    own = Own("mine")
    model(torchkeras).fit(X, Y, verbose=0, validation_split=0.25, callbacks=[own])
    assert own.validation_data == "mine"
    assert Callback().validation_data is None
