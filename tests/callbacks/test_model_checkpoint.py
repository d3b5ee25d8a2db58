"""`ModelCheckpoint` decides, prints and names files as real Keras does, and finds mistakes before the first step."""

import math
import pathlib
import warnings

import keras
import numpy as np
import pytest

import torchkeras
from torchkeras import _ranks, callbacks

NAN = math.nan


class Saved:
    """A model that notes where it is saved."""

    def __init__(self):
        self.metrics = []
        self.optimizer = None
        self.calls = []

    def save(self, *arguments, **keywords):
        self.calls.append(("model", *arguments, keywords))

    def save_weights(self, *arguments, **keywords):
        self.calls.append(("weights", *arguments, keywords))


def epochs(*logs):
    """Epochs of two batches; the logs of an epoch are those of its batches."""
    return [(2, values) for values in logs]


SCRIPTS = {
    "plain": ({"filepath": "a.keras", "verbose": 1}, epochs({"loss": 1.0}, {"loss": 2.0})),
    "silent": ({"filepath": "a.keras"}, epochs({"loss": 1.0})),
    "h5": ({"filepath": "a.h5", "verbose": 1}, epochs({"loss": 1.0})),
    "a path object": ({"filepath": pathlib.Path("a{epoch}.keras"), "verbose": 1}, epochs({}, {})),
    "weights": ({"filepath": "a.weights.h5", "verbose": 1, "save_weights_only": True}, epochs({}, {})),
    "placeholders": ({"filepath": "{epoch:03d}-{val_loss:.2f}.keras"}, epochs({"val_loss": 0.123}, {"val_loss": 2})),
    "best": (
        {"filepath": "{epoch}.keras", "verbose": 1, "save_best_only": True},
        epochs(*[{"val_loss": value} for value in (1.0, 0.5, 0.75, np.float32(0.25), 0.25)]),
    ),
    "best, max": (
        {"filepath": "a.keras", "verbose": 1, "save_best_only": True, "monitor": "q", "mode": "max"},
        epochs(*[{"q": value} for value in (1.0, 0.5, 1.5)]),
    ),
    "threshold": (
        {"filepath": "a.keras", "verbose": 1, "save_best_only": True, "initial_value_threshold": 0.3},
        epochs(*[{"val_loss": value} for value in (1.0, 0.5, 0.25)]),
    ),
    "not a number": (
        {"filepath": "a.keras", "verbose": 1, "save_best_only": True},
        epochs(*[{"val_loss": value} for value in (1.0, NAN, 0.5)]),
    ),
    "a missing value is saved": (
        {"filepath": "a.keras", "verbose": 1, "save_best_only": True},
        epochs({"loss": 1.0}, {"val_loss": 0.5}, {"loss": 1.0}),
    ),
    "several numbers are saved": (
        {"filepath": "a.keras", "verbose": 1, "save_best_only": True},
        epochs({"val_loss": np.array([1.0, 2.0])}, {"val_loss": 1.0}),
    ),
    "batches": ({"filepath": "{epoch}-{batch}.keras", "verbose": 1, "save_freq": 3}, epochs(*[{}] * 5)),
    "batches of different epochs": (
        {"filepath": "{epoch}-{batch}.keras", "verbose": 1, "save_freq": 3},
        [(5, {}), (1, {}), (4, {})],
    ),
    "best of batches": (
        {"filepath": "{epoch}-{batch}.keras", "verbose": 1, "save_freq": 2, "monitor": "loss", "save_best_only": True},
        epochs(*[{"loss": value} for value in (1.0, 2.0, 0.5)]),
    ),
    "every batch, weights": (
        {"filepath": "{batch}.weights.h5", "save_freq": 1, "save_weights_only": True},
        epochs({"loss": 1.0}, {"loss": 2.0}),
    ),
}


def run(kind, arguments, script):
    """What a run of epochs and batches saves, and the texts of its warnings."""
    model = Saved()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        callback = kind(**arguments)
        callback.set_model(model)
        for _ in range(2):  # the best value stays from one `fit` to the next
            callback.on_train_begin()
            for epoch, (batches, logs) in enumerate(script):
                callback.on_epoch_begin(epoch)
                for batch in range(batches):
                    callback.on_train_batch_begin(batch)
                    callback.on_train_batch_end(batch, dict(logs))
                callback.on_epoch_end(epoch, dict(logs))
            callback.on_train_end()
    return model.calls, repr(callback.best), [str(warning.message) for warning in caught]


@pytest.mark.parametrize("name", SCRIPTS)
def test_same_files_and_texts_as_keras(name, capsys):
    arguments, script = SCRIPTS[name]
    expected = run(keras.callbacks.ModelCheckpoint, arguments, script)
    text = capsys.readouterr().out
    assert run(callbacks.ModelCheckpoint, arguments, script) == expected
    assert capsys.readouterr().out == text
    assert expected[0]


def test_batches_are_counted_as_keras_does_with_several_steps_an_execution():
    saved = []
    for kind in (keras.callbacks.ModelCheckpoint, callbacks.ModelCheckpoint):
        callback, model = kind("{epoch}-{batch}.keras", save_freq=4), Saved()
        callback.set_model(model)
        callback.on_train_begin()
        for epoch in range(3):
            callback.on_epoch_begin(epoch)
            for batch in (2, 5, 6):  # three batches at once; seven an epoch
                callback.on_train_batch_end(batch, {})
        saved.append(model.calls)
    assert saved[0] == saved[1] != []


WRONG = {
    "ending": ({"filepath": "a"}, ValueError, r"must end in `\.keras`"),
    "tensorflow's ending": ({"filepath": "a.ckpt"}, ValueError, r"must end in `\.keras`"),
    "ending of weights": (
        {"filepath": "a.keras", "save_weights_only": True},
        ValueError,
        r"must end in `\.weights\.h5`",
    ),
    "frequency": ({"filepath": "a.keras", "save_freq": "batch"}, ValueError, "Unrecognized save_freq: batch"),
    "fraction": ({"filepath": "a.keras", "save_freq": 1.5}, ValueError, "Unrecognized save_freq: 1.5"),
    "zero": ({"filepath": "a.keras", "save_freq": 0}, ValueError, "Unrecognized save_freq: 0"),
    "batch of an epoch": ({"filepath": "{batch}.keras"}, KeyError, "'batch': it is counted only with `save_freq`"),
    "format": ({"filepath": "{epoch:zz}.keras"}, ValueError, "can't be filled in"),
    "format of an integer": ({"filepath": "{val_loss:d}.keras"}, ValueError, "can't be filled in"),
    "attribute": ({"filepath": "{epoch.x}.keras"}, ValueError, "can't be filled in"),
    "not closed": ({"filepath": "{epoch.keras"}, ValueError, "is not closed"),
    "no name": ({"filepath": "{}.keras"}, ValueError, "has no name"),
    "number": ({"filepath": "{0}.keras"}, ValueError, "has no name"),
    "argument": ({"filepath": "a.keras", "safe_freq": 1}, TypeError, "unexpected argument 'safe_freq'.*'save_freq'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_are_found_at_once(name):
    arguments, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        callbacks.ModelCheckpoint(**arguments)


@pytest.mark.parametrize("path", ["w.hdf5", "{epoch:02d}-{val_acc:.2f}.hdf5", "w.h5", "w.keras"])
def test_paths_of_old_scripts(path):
    callbacks.ModelCheckpoint(path)
    if not path.endswith(".keras"):
        callbacks.ModelCheckpoint(path, save_weights_only=True)


def test_period_is_keras_2s():
    with pytest.warns(DeprecationWarning, match="today `save_freq` counts batches"):
        callback = callbacks.ModelCheckpoint("{epoch}.keras", period=2)
    model = Saved()
    callback.set_model(model)
    for epoch in range(5):
        callback.on_epoch_end(epoch, {})
    assert [path for _, path, _ in model.calls] == ["2.keras", "4.keras"]
    expected = pytest.raises(ValueError, match="expected a positive integer as `period`")
    with pytest.warns(DeprecationWarning, match="period"), expected:
        callbacks.ModelCheckpoint("{epoch}.keras", period=0)


def test_missing_directories_are_made_and_a_directory_is_refused(tmp_path):
    callback = callbacks.ModelCheckpoint(tmp_path / "deep" / "{epoch}.keras")
    callback.set_model(Saved())
    callback.on_epoch_end(0, {})
    assert (tmp_path / "deep").is_dir()
    (tmp_path / "deep" / "2.keras").mkdir()
    with pytest.raises(OSError, match="Please specify a non-directory filepath for ModelCheckpoint"):
        callback.on_epoch_end(1, {})


def test_an_error_in_saving_comes_through():
    class Full(Saved):
        def save(self, *arguments, **keywords):
            raise OSError(28, "No space left on device")

    callback = callbacks.ModelCheckpoint("a.keras")
    callback.set_model(Full())
    with pytest.raises(OSError, match="No space left"):
        callback.on_epoch_end(0, {})


def test_only_a_frequency_in_batches_hears_batches():
    by_epoch = callbacks.ModelCheckpoint("a.keras")
    by_batch = callbacks.ModelCheckpoint("a.keras", save_freq=3)

    class Own(callbacks.ModelCheckpoint):
        def on_train_batch_end(self, batch, logs=None):
            super().on_train_batch_end(batch, logs)

    heard = [callbacks.CallbackList(c).overrides("on_train_batch_end") for c in (by_epoch, by_batch, Own("a.keras"))]
    assert heard == [False, True, True]


def test_all_ranks_do_what_the_first_decides(monkeypatch):
    decisions = []
    monkeypatch.setattr(_ranks, "broadcast", lambda plan: decisions.append(plan) or plan)
    first, model = callbacks.ModelCheckpoint("a.keras", "loss", save_best_only=True), Saved()
    first.set_model(model)
    first.on_epoch_end(0, {"loss": 1.0})
    monkeypatch.setattr(_ranks, "is_first", lambda: False)
    monkeypatch.setattr(_ranks, "broadcast", lambda plan: decisions[0] if plan is None else pytest.fail("own plan"))
    other, model = callbacks.ModelCheckpoint("a.keras", "loss", save_best_only=True), Saved()
    other.set_model(model)
    other.on_epoch_end(0, {"loss": 5.0})
    assert other.best == first.best == 1.0
    assert len(model.calls) == 1


# In training.

X = np.random.default_rng(0).random((20, 3), dtype="float32")
Y = X.sum(1, keepdims=True)


def trained(callback, **arguments):
    """Fit a model whose saving is noted; gives what was saved and how many weights were ever changed."""
    made = torchkeras.Sequential([torchkeras.Input((3,)), torchkeras.layers.Dense(1)])
    made.compile("sgd", "mse", metrics=["mae", "accuracy"])
    start, saved = made.get_weights(), []
    made.save = made.save_weights = lambda path, overwrite: saved.append(path)
    try:
        made.fit(X, Y, verbose=0, batch_size=5, callbacks=callback, **arguments)
    except (KeyError, ValueError, OSError, UserWarning):
        same = [(a == b).all() for a, b in zip(start, made.get_weights(), strict=True)]
        assert all(same), "a mistake is found before the first step"
        raise
    return saved


@pytest.mark.parametrize(
    ("path", "arguments", "message"),
    [
        ("{nope}.keras", {}, "'nope': the logs of this training will hold: epoch, accuracy, loss, mae"),
        ("{val_mea:.2f}.keras", {"validation_split": 0.2}, "Did you mean 'val_mae'"),
        ("{val_loss:.2f}.keras", {}, "no validation data"),
    ],
)
def test_a_wrong_placeholder_is_found_before_the_first_step(path, arguments, message):
    with pytest.raises(KeyError, match=message):
        trained(callbacks.ModelCheckpoint(path), **arguments)


def test_batches_have_no_validation_to_name():
    with pytest.raises(KeyError, match="'val_loss'"):
        trained(callbacks.ModelCheckpoint("{val_loss}.keras", save_freq=1), validation_split=0.2)


def test_a_wrong_monitor_is_found_before_the_first_step():
    wrong = callbacks.ModelCheckpoint("a.keras", "val_acuracy", save_best_only=True)
    with pytest.raises(ValueError, match=r"monitor='val_acuracy'.*Did you mean 'val_accuracy'"):
        trained(wrong, validation_split=0.2)
    warned = callbacks.ModelCheckpoint("a.keras", "val_acuracy", save_best_only=True, mode="max")
    with pytest.warns(UserWarning, match="Did you mean 'val_accuracy'|Can save best model only with"):
        trained(warned, validation_split=0.2)
    assert trained(callbacks.ModelCheckpoint("a.keras", "val_acuracy")) == ["a.keras"]  # it is not looked at


def test_a_directory_is_found_before_the_first_step(tmp_path):
    (tmp_path / "a.keras").mkdir()
    with pytest.raises(OSError, match="non-directory filepath"):
        trained(callbacks.ModelCheckpoint(tmp_path / "a.keras"))


def test_old_names_of_metrics_serve_as_monitor_and_placeholder():
    path = "{epoch}-{val_acc:.1f}-{val_mean_absolute_error:.0f}.hdf5"
    with pytest.warns(DeprecationWarning, match="have no `val_acc`; it is called `val_accuracy` there"):
        saved = trained(callbacks.ModelCheckpoint(path, "val_acc", save_best_only=True), validation_split=0.2)
    assert [name[:6] for name in saved] == ["1-0.0-"]


def test_what_another_callback_adds_is_not_refused():
    class Adds(callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs["own"] = 0.5

    checkpoint = callbacks.ModelCheckpoint("{own:.1f}.keras", "own", save_best_only=True, mode="min")
    assert trained([Adds(), checkpoint]) == ["0.5.keras"]
    with pytest.raises(KeyError, match="'another': the logs hold: accuracy, loss, mae, own"):
        _epoch_end_alone(callbacks.ModelCheckpoint("{another}.keras"))


def _epoch_end_alone(callback):
    callback.set_model(Saved())
    callback.on_epoch_end(0, {"accuracy": 1, "loss": 1, "mae": 1, "own": 1})
