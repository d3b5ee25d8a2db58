"""Decisions and texts of the callbacks against real Keras, over scripted logs."""

import inspect
import math
import re
import warnings
from types import SimpleNamespace

import keras
import numpy as np
import pytest
import torch

from torchkeras import callbacks

NAMES = [name for name in dir(callbacks) if isinstance(getattr(callbacks, name), type)]


class Optimizer:
    """Holds its learning rate as Keras does: a float32."""

    learning_rate = property(
        lambda self: self._rate, lambda self, rate: setattr(self, "_rate", float(np.float32(rate)))
    )

    def __init__(self, learning_rate):
        self.learning_rate = learning_rate


class Model:
    """What a callback needs of a model; the weights say in which epoch they were taken."""

    def __init__(self):
        self.stop_training = False
        self.metrics = []
        self.optimizer = Optimizer(0.1)
        self.epoch = -1

    def get_weights(self):
        return [self.epoch]

    def set_weights(self, weights):
        self.restored = weights[0]


class KerasModel(Model):
    def __init__(self):
        super().__init__()
        self.optimizer = keras.optimizers.SGD(0.1)


def run(callback, model, logs):
    """Each epoch's state of `callback` and `model`, until one of them stops."""
    states = []
    callback.set_model(model)
    callback.set_params({"epochs": len(logs)})
    callback.on_train_begin()
    for epoch, values in enumerate(logs):
        model.epoch = epoch
        callback.on_epoch_begin(epoch)
        values = dict(values)
        callback.on_epoch_end(epoch, values)
        state = {name: getattr(callback, name, None) for name in ("best", "wait", "stopped_epoch", "cooldown_counter")}
        states.append(
            (state, float(np.float32(float(model.optimizer.learning_rate))), model.stop_training, sorted(values))
        )
        if model.stop_training:
            break
    callback.on_train_end()
    return states, getattr(model, "restored", None)


def losses(*values, name="val_loss"):
    return [{name: value} for value in values]


NAN = math.nan
SCRIPTS = {
    "plain": ("EarlyStopping", {"patience": 2, "verbose": 1}, losses(1, 0.9, 0.95, 0.96, 0.97)),
    "no patience": ("EarlyStopping", {}, losses(1, 0.9, 0.9, 0.8)),
    "restore": (
        "EarlyStopping",
        {"patience": 2, "verbose": 1, "restore_best_weights": True},
        losses(1, 0.9, 0.95, 0.96),
    ),
    "restore at the end": (
        "EarlyStopping",
        {"patience": 5, "verbose": 1, "restore_best_weights": True},
        losses(1, 0.9, 0.95),
    ),
    "restore silently": ("EarlyStopping", {"patience": 1, "restore_best_weights": True}, losses(1, 0.9, 0.95)),
    "delta": ("EarlyStopping", {"min_delta": 0.1, "patience": 1}, losses(1, 0.95, 0.85)),
    "negative delta": ("EarlyStopping", {"min_delta": -0.1, "patience": 2}, losses(1, 0.95, 0.85, 0.6, 0.59, 0.58)),
    "max": ("EarlyStopping", {"monitor": "q", "mode": "max", "patience": 1}, losses(0.1, 0.3, 0.2, 0.5, name="q")),
    "max with delta": (
        "EarlyStopping",
        {"monitor": "q", "mode": "max", "min_delta": 0.1},
        losses(0.1, 0.3, 0.35, name="q"),
    ),
    "baseline never": ("EarlyStopping", {"patience": 2, "baseline": 0.5}, losses(1, 0.9, 0.8, 0.7)),
    "baseline reached": (
        "EarlyStopping",
        {"patience": 2, "baseline": 0.5, "verbose": 1},
        losses(1, 0.4, 0.8, 0.7, 0.6),
    ),
    "baseline, worse": (
        "EarlyStopping",
        {"patience": 2, "baseline": 0.5, "restore_best_weights": True},
        losses(1, 2, 3, 4),
    ),
    "late start": ("EarlyStopping", {"start_from_epoch": 2, "patience": 1}, losses(1, 2, 3, 4, 5, 6)),
    "nan later": ("EarlyStopping", {"patience": 1}, losses(1, NAN, NAN, 4)),
    "nan first": ("EarlyStopping", {"patience": 1, "restore_best_weights": True}, losses(NAN, NAN, 4)),
    "reduce": ("ReduceLROnPlateau", {"patience": 1, "verbose": 1, "factor": 0.5}, losses(1, 1, 1, 1, 0.5, 0.6, 0.7)),
    "cooldown": ("ReduceLROnPlateau", {"patience": 1, "verbose": 1, "factor": 0.5, "cooldown": 2}, losses(*[1] * 8)),
    "lower bound": (
        "ReduceLROnPlateau",
        {"patience": 1, "verbose": 1, "factor": 0.5, "min_lr": 0.03},
        losses(*[1] * 8),
    ),
    "reduce, max": (
        "ReduceLROnPlateau",
        {"monitor": "q", "mode": "max", "patience": 2},
        losses(1, 2, 2, 2, 2, 2, name="q"),
    ),
    "schedule": ("LearningRateScheduler", {"schedule": lambda epoch, rate: rate * 0.5, "verbose": 1}, losses(1, 1, 1)),
    "schedule by epoch": (
        "LearningRateScheduler",
        {"schedule": lambda epoch: 0.5 / (epoch + 1), "verbose": 1},
        losses(1, 1),
    ),
    "numpy schedule": ("LearningRateScheduler", {"schedule": lambda epoch, rate: np.float32(0.25)}, losses(1, 1)),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_same_decisions_and_texts_as_keras(name, capsys):
    kind, arguments, logs = SCRIPTS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numpy's remarks on Keras
        expected = run(getattr(keras.callbacks, kind)(**arguments), KerasModel(), logs)
    text = capsys.readouterr().out
    # `best` may be NaN, and NaN is not equal to itself; its text is.
    assert repr(run(getattr(callbacks, kind)(**arguments), Model(), logs)) == repr(expected)
    assert capsys.readouterr().out == text


@pytest.mark.parametrize("name", [name for name in NAMES if hasattr(keras.callbacks, name)])
def test_constructors_take_keras_arguments(name):
    theirs = inspect.signature(getattr(keras.callbacks, name)).parameters
    ours = inspect.signature(getattr(callbacks, name)).parameters
    own = [(p.name, p.default, p.kind) for p in ours.values()]
    if all(p.kind is not inspect.Parameter.VAR_KEYWORD for p in theirs.values()):  # it may take old spellings
        own = [row for row in own if row[2] is not inspect.Parameter.VAR_KEYWORD]
    assert own == [(p.name, p.default, p.kind) for p in theirs.values()]


@pytest.mark.parametrize("kind", [callbacks.EarlyStopping, callbacks.ReduceLROnPlateau])
class TestMonitor:
    @pytest.mark.parametrize(
        ("monitor", "better"),
        [("loss", "min"), ("val_loss", "min"), ("out_loss", "min"), ("val_acc", "max"), ("accuracy", "max"),
         ("val_auc_1", "max"), ("mae", "min"), ("false_positives", "min"), ("val_f1_score", "max")],
    )  # fmt: skip
    def test_auto_takes_the_direction_from_the_name(self, kind, monitor, better):
        callback = kind(monitor=monitor)
        callback.set_model(Model())
        callback.on_train_begin()
        callback.on_epoch_end(0, {monitor: 1.0})
        assert callback._is_improvement(2.0, 1.0) == (better == "max")
        assert callback._is_improvement(0.0, 1.0) == (better == "min")

    def test_auto_prefers_what_the_metric_says(self, kind):
        model = Model()
        inner = SimpleNamespace(name="my_loss_like_score", _direction="up")
        model.metrics = [SimpleNamespace(name="loss"), SimpleNamespace(name="compile_metrics", metrics=[inner])]
        callback = kind(monitor="val_my_loss_like_score")
        callback.set_model(model)
        callback.on_epoch_end(0, {callback.monitor: 1.0})
        assert callback._is_improvement(2.0, 1.0)

    def test_an_unknown_direction_is_asked_for(self, kind):
        callback = kind(monitor="zzz")
        callback.set_model(Model())
        with pytest.raises(ValueError, match=f"{kind.__name__} callback received monitor=zzz.*Pass `mode='max'`"):
            callback.on_epoch_end(0, {"zzz": 1.0})

    def test_a_missing_value_is_named_with_what_there_is(self, kind):
        callback = kind(monitor="val_loss")
        callback.set_model(Model())
        with pytest.warns(UserWarning, match=r"conditioned on metric `val_loss` which is not available.*: acc"):
            callback.on_epoch_end(0, {"acc": 1.0})
        assert callback.wait == 0

    def test_an_unknown_mode_warns_and_means_auto(self, kind):
        with pytest.warns(UserWarning, match="mode 'best' is unknown, fallback to auto mode"):
            assert kind(mode="best").mode == "auto"


def test_early_stopping_can_be_used_twice():
    callback = callbacks.EarlyStopping(patience=1, restore_best_weights=True)
    first = run(callback, Model(), losses(1, 2))
    assert run(callback, Model(), losses(5, 6)) == ([({**s, "best": 5}, *rest) for s, *rest in first[0]], 0)


class TestLearningRate:
    @pytest.mark.parametrize("wrong", ["x", None, 1, True, [0.1], torch.ones(2)])
    def test_a_schedule_must_give_a_number(self, wrong):
        callback = callbacks.LearningRateScheduler(lambda epoch, rate: wrong)
        callback.set_model(Model())
        with pytest.raises(ValueError, match="should be a float"):
            callback.on_epoch_begin(0)

    def test_a_schedule_may_give_a_tensor(self):
        callback = callbacks.LearningRateScheduler(lambda epoch, rate: rate * torch.exp(torch.tensor(-0.1)))
        callback.set_model(Model())
        callback.on_epoch_begin(0)
        assert callback.model.optimizer.learning_rate == pytest.approx(0.1 * math.exp(-0.1))

    def test_an_error_inside_the_schedule_comes_through(self):
        def broken(epoch, rate):
            raise TypeError("my own mistake")

        callback = callbacks.LearningRateScheduler(broken)
        callback.set_model(Model())
        with pytest.raises(TypeError, match="my own mistake"):
            callback.on_epoch_begin(0)

    def test_an_optimizer_without_learning_rate_is_refused(self):
        callback = callbacks.LearningRateScheduler(lambda epoch, rate: rate)
        callback.set_model(SimpleNamespace(optimizer=object()))
        with pytest.raises(ValueError, match='Optimizer must have a "learning_rate" attribute'):
            callback.on_epoch_begin(0)

    def test_a_schedule_must_be_a_function(self):
        with pytest.raises(TypeError, match="expected a function"):
            callbacks.LearningRateScheduler(0.1)

    @pytest.mark.parametrize("factor", [1.0, 2])
    def test_a_factor_must_reduce(self, factor):
        with pytest.raises(ValueError, match=r"does not support a factor >= 1\.0"):
            callbacks.ReduceLROnPlateau(factor=factor)

    def test_epsilon_is_the_old_min_delta(self):
        with pytest.warns(DeprecationWarning, match="use `min_delta`"):
            assert callbacks.ReduceLROnPlateau(epsilon=0.5).min_delta == 0.5

    def test_an_unknown_argument_is_named(self):
        with pytest.warns(UserWarning, match="unknown argument `patiense`. Did you mean 'patience'"):
            callbacks.ReduceLROnPlateau(patiense=3)


class TestTerminateOnNaN:
    @pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf])
    def test_stops(self, loss, capsys):
        callback = callbacks.TerminateOnNaN()
        callback.set_model(Model())
        callback.on_train_batch_end(2, {"loss": 1.0})
        assert not callback.model.stop_training
        callback.on_train_batch_end(3, {"loss": loss})
        assert callback.model.stop_training
        assert capsys.readouterr().out == "Batch 3: Invalid loss, terminating training\n"

    def test_raises_where_asked(self):
        callback = callbacks.TerminateOnNaN(raise_error=True)
        with pytest.raises(RuntimeError, match=r"at batch 3\. Loss value: inf"):
            callback.on_train_batch_end(3, {"loss": math.inf})

    def test_needs_no_loss(self):
        callbacks.TerminateOnNaN().on_train_batch_end(3, {"acc": math.nan})


CSV = {
    "sorted, with columns for validation": ({}, [{"loss": 1.5, "acc": 2.0}, {"acc": 0.25, "loss": 0.1}]),
    "validation there": ({}, [{"loss": 1.5, "val_loss": 2.0}, {"loss": 1.0}]),
    "validation later": ({}, [{"loss": 1.5}, {"loss": 1.0, "val_loss": 2.0}]),
    "separator and several numbers": (
        {"separator": ";"},
        [{"loss": np.array([1.0, 2.0]), "acc": "text"}, {"loss": [1, 2], "acc": np.array(3.0)}],
    ),
    "nothing": ({}, [None, {}]),
    "append": ({"append": True}, [{"loss": 1.5}]),
}


@pytest.mark.parametrize("name", CSV)
def test_csv_logger_writes_the_same_file(name, tmp_path):
    arguments, logs = CSV[name]
    texts = []
    for kind in (keras.callbacks.CSVLogger, callbacks.CSVLogger):
        path = tmp_path / f"{kind.__module__}.csv"
        for _ in range(2):  # overwritten or continued
            callback = kind(str(path), **arguments)
            callback.set_model(Model())
            callback.on_train_begin()
            for epoch, values in enumerate(logs):
                callback.on_epoch_end(epoch, values)
            callback.on_train_end()
        texts.append(path.read_bytes())
    assert texts[0] == texts[1]


def test_csv_logger_takes_a_path_and_says_when_no_file_is_open(tmp_path):
    callback = callbacks.CSVLogger(tmp_path / "log.csv")
    with pytest.raises(RuntimeError, match=r"CSVLogger\(.*log.csv'\): no file is open"):
        callback.on_epoch_end(0, {})


def test_lambda_callback_sets_any_hook():
    seen = []
    callback = callbacks.LambdaCallback(
        on_train_begin=seen.append, on_test_end=lambda logs: seen.append("test"), on_epoch_end=None
    )
    listed = callbacks.CallbackList([callback])
    listed.on_train_begin({})
    listed.on_test_end({})
    listed.on_epoch_end(0, {})
    assert seen == [{}, "test"]


def test_lambda_callback_knows_its_hooks():
    with pytest.raises(TypeError, match=r"Unknown hook of a callback: 'on_epoch_ended'\. Did you mean 'on_epoch_end'"):
        callbacks.LambdaCallback(on_epoch_ended=print)
    assert callbacks.LambdaCallback(note=3).note == 3


class TestProgbarLogger:
    """The texts of one run as `fit`, `evaluate` and `predict` make them; see `test_progbar.py` for the bar."""

    def _run(self, kind, steps, verbose, epochs=2):
        logger = kind()
        logger.set_params({"verbose": verbose, "epochs": epochs, "steps": steps})
        logger.on_train_begin()
        for epoch in range(epochs):
            logger.on_epoch_begin(epoch)
            for batch in range(3):
                logger.on_train_batch_begin(batch)
                logger.on_train_batch_end(batch, {"loss": 1.0 / (batch + 1)})
            logger.on_test_begin()
            logger.on_test_batch_end(0, {"loss": 5.0})
            logger.on_test_end({"loss": 5.0})
            logger.on_epoch_end(epoch, {"loss": 0.25, "val_loss": 5.0})
        logger.on_train_end()
        self._run_other(kind(), "test", {"loss": 5.0}, steps, verbose)
        self._run_other(kind(), "predict", {}, steps, verbose)

    def _run_other(self, logger, what, logs, steps, verbose):
        logger.set_params({"verbose": verbose, "epochs": 1, "steps": steps})
        getattr(logger, f"on_{what}_begin")()
        for batch in range(3):
            getattr(logger, f"on_{what}_batch_begin")(batch)
            getattr(logger, f"on_{what}_batch_end")(batch, logs)
        getattr(logger, f"on_{what}_end")(logs)

    @pytest.mark.parametrize("verbose", [0, 1, 2])
    @pytest.mark.parametrize("steps", [3, None])
    def test_same_lines_as_keras(self, steps, verbose, capsys, monkeypatch):
        self._run(keras.callbacks.ProgbarLogger, steps, verbose)
        expected = _last_drawn(capsys.readouterr().out)
        monkeypatch.setenv("PYCHARM_HOSTED", "1")  # an output that redraws, as Keras takes any to be
        monkeypatch.setenv("TERM", "xterm")
        self._run(callbacks.ProgbarLogger, steps, verbose)
        assert _last_drawn(capsys.readouterr().out) == expected

    def test_one_epoch_has_no_headline(self, capsys):
        self._run(callbacks.ProgbarLogger, 3, 1, epochs=1)
        assert "Epoch" not in capsys.readouterr().out

    def test_batch_logs_are_read_only_when_drawn(self, capsys):
        reads = []
        logger = callbacks.ProgbarLogger()
        logger.set_params({"verbose": 2, "epochs": 1, "steps": 50})
        listed = callbacks.CallbackList([logger])
        listed.on_train_begin()
        listed.on_epoch_begin(0)
        for batch in range(50):
            listed.on_train_batch_end(batch, callbacks._logs.BatchLogs(lambda: reads.append(1) or {"loss": 1.0}))
        listed.on_epoch_end(0, {"loss": 1.0})
        assert reads == []
        assert "50/50 - 0s" in capsys.readouterr().out


def _last_drawn(text):
    """The finished lines without what depends on the clock."""
    lines = [line.split("\r")[-1] for line in text.split("\n")]
    return [re.sub(r"\d+(s|ms|us)", "T", line).rstrip() for line in lines]
