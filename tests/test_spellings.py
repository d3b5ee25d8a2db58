"""Logs and histories answer to the names of Keras 2."""

import copy
import pickle

import numpy as np
import pytest

import torchkeras
from torchkeras._spellings import Logs
from torchkeras.saving._state_tree import copied, from_plain, is_plain, same, to_plain

X = np.random.default_rng(0).random((20, 3), dtype="float32")
Y = (X.sum(1, keepdims=True) > 1.5).astype("float32")


def model(metric):
    made = torchkeras.Sequential([torchkeras.Input((3,)), torchkeras.layers.Dense(1, activation="sigmoid")])
    made.compile("sgd", "binary_crossentropy", metrics=[metric])
    return made


@pytest.mark.parametrize(
    ("given", "read"),
    [("accuracy", "acc"), ("acc", "accuracy"), ("mse", "mean_squared_error"), ("mean_absolute_error", "mae")],
)
def test_the_history_of_a_script_of_keras_2(given, read):
    history = model(given).fit(X, Y, epochs=2, validation_split=0.2, verbose=0).history
    assert sorted(history) == sorted(["loss", given, "val_loss", f"val_{given}"])
    for prefix in ("", "val_"):
        with pytest.warns(DeprecationWarning, match=f"no '{prefix}{read}'; it is called '{prefix}{given}' there"):
            assert history[prefix + read] == history[prefix + given]
    assert read not in history


def test_a_callback_of_keras_2_that_stops_at_an_accuracy():
    class Stop(torchkeras.callbacks.Callback):
        def on_batch_end(self, batch, logs={}):  # noqa: B006
            self.batch = logs.get("acc")

        def on_epoch_end(self, epoch, logs={}):  # noqa: B006
            if logs.get("acc") > -1:
                self.model.stop_training = True

    stop = Stop()
    with pytest.warns(DeprecationWarning, match="'acc'; it is called 'accuracy'"):
        history = model("accuracy").fit(X, Y, epochs=5, verbose=0, callbacks=[stop])
    assert history.epoch == [0]
    assert 0 <= stop.batch <= 1


def test_what_is_there_comes_first_and_what_is_not_is_missing():
    logs = Logs(acc=1.0, accuracy=2.0, loss=3.0)
    assert logs["acc"] == logs.get("acc") == 1.0
    assert logs.get("lr") is None
    assert logs.get("lr", 5) == 5
    with pytest.raises(KeyError, match="'mse'"):
        logs["mse"]
    with pytest.raises(KeyError, match="1"):
        logs[1]


@pytest.mark.parametrize(
    "make", [copy.copy, copy.deepcopy, Logs.copy, copied, lambda it: pickle.loads(pickle.dumps(it))]
)
def test_a_copy_answers_too(make):
    logs = make(Logs(accuracy=[1.0]))
    assert logs == {"accuracy": [1.0]}
    with pytest.warns(DeprecationWarning, match="'acc'"):
        assert logs["acc"] == [1.0]


def test_logs_go_into_checkpoints():
    logs, tensors = Logs(loss=float("nan"), text="x", inner={"a": (1, 2)}), []
    assert is_plain(logs)
    back = from_plain(to_plain(logs, tensors), tensors)
    assert type(back) is Logs
    assert same(back, logs)
    assert not same(back, dict(logs))
