"""What the logs will hold is known before training, unless someone may add to them."""

import numpy as np
import pytest

import torchkeras
from torchkeras import callbacks
from torchkeras._spellings import OTHER_SPELLING, other_spelling
from torchkeras.callbacks._expected_logs import expected_logs

X = np.random.default_rng(0).random((20, 3), dtype="float32")
Y = X.sum(1, keepdims=True)


class OwnStep(torchkeras.Model):
    def train_step(self, data):
        return {**super().train_step(data), "own": 0.5}


class OwnMetric(torchkeras.metrics.Mean):
    def result(self):
        return {"low": 0.0, "high": 1.0}


def model(kind=torchkeras.Model, metrics=("mae",), outputs=1):
    inputs = torchkeras.Input((3,))
    heads = [torchkeras.layers.Dense(1, name=f"head{index}")(inputs) for index in range(outputs)]
    made = kind(inputs, heads if outputs > 1 else heads[0])
    made.compile("sgd", "mse", metrics=[*metrics] if outputs == 1 else [[*metrics]] * outputs)
    return made


class Spy(callbacks.Callback):
    """Notes what is expected and what comes."""

    def _check_names(self, expected):
        self.expected = expected

    def on_epoch_begin(self, epoch, logs=None):
        self.batches = set()


def _note_batch(self, batch, logs=None):
    self.batches |= set(logs)


def _note_epoch(self, epoch, logs=None):
    self.epoch = sorted(logs)


for _function in (_note_batch, _note_epoch):
    _function.__module__ = "torchkeras.tests"  # it adds nothing to the logs, as our own callbacks
Spy.on_train_batch_end, Spy.on_epoch_end = _note_batch, _note_epoch


CASES = {
    "plain": ({}, [], {}),
    "validation": ({}, [], {"validation_split": 0.2}),
    "several outputs": ({"outputs": 2}, [], {"validation_split": 0.2}),
    "own names": ({"metrics": ["acc", "mean_squared_error", torchkeras.metrics.RootMeanSquaredError("r")]}, [], {}),
    "learning rate": ({}, [callbacks.LearningRateScheduler(lambda epoch: 0.1)], {"validation_split": 0.2}),
    "learning rate on a plateau": ({}, [callbacks.ReduceLROnPlateau("loss")], {}),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_expected_is_what_comes(name):
    arguments, others, fit = CASES[name]
    spy, made = Spy(), model(**arguments)
    y = [Y] * arguments.get("outputs", 1)
    made.fit(X, y if len(y) > 1 else Y, batch_size=5, verbose=0, callbacks=[*others, spy], **fit)
    assert spy.expected.certain
    assert spy.expected.of_epoch() == spy.epoch
    assert set(spy.expected.of_batch()) == spy.batches


class Adds(callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs["own"] = 0.5


class Hears(callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None): ...
    def on_train_begin(self, logs=None): ...


UNCERTAIN = {
    "own step": ({"kind": OwnStep}, []),
    "own metric": ({"metrics": [OwnMetric()]}, []),
    "own callback": ({}, [Adds()]),
    "own function": ({}, [callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: None)]),
}


@pytest.mark.parametrize("name", UNCERTAIN)
def test_nothing_is_certain_where_someone_may_add(name):
    arguments, others = UNCERTAIN[name]
    made = model(**arguments)
    assert not expected_logs(made, []).certain  # its metrics are not made yet
    made.fit(X, Y, verbose=0)
    assert not expected_logs(made, others).certain


def test_a_callback_without_the_hooks_that_can_add_changes_nothing():
    made = model()
    made.fit(X, Y, verbose=0)
    assert expected_logs(made, [Hears(), callbacks.History(), callbacks.ProgbarLogger()]).certain


@pytest.mark.parametrize(
    "make",
    [
        lambda name, **keywords: callbacks.EarlyStopping(name, **keywords),
        lambda name, **keywords: callbacks.ReduceLROnPlateau(name, **keywords),
        lambda name, **keywords: callbacks.ModelCheckpoint("a.keras", name, save_best_only=True, **keywords),
    ],
)
class TestMonitors:
    def test_a_name_that_nothing_gives_is_an_error_as_in_keras_but_before_training(self, make):
        made = model()
        before = made.get_weights()
        with pytest.raises(ValueError, match=r"monitor='los'\): the logs .* loss, mae.*\. Did you mean 'loss'\?"):
            made.fit(X, Y, verbose=0, callbacks=[make("los")])
        assert all((a == b).all() for a, b in zip(before, made.get_weights(), strict=True))

    def test_validation_that_is_not_there_is_a_warning(self, make):
        with pytest.warns(UserWarning, match="no validation data: `fit` needs `validation_data`"):
            self._check(make("val_loss"))

    def test_a_name_is_a_warning_where_the_direction_is_given(self, make):
        with pytest.warns(UserWarning, match="monitor='mea'"):
            self._check(make("mea", mode="min"))

    def test_an_old_name_is_understood(self, make):
        callback = make("val_mean_absolute_error")
        with pytest.warns(DeprecationWarning, match="it is called `val_mae` there"):
            self._check(callback, validation_split=0.2)
        assert callback.monitor == "val_mae"

    def test_a_name_that_a_step_may_give_is_left_to_the_first_epoch(self, make):
        self._check(make("anything"), kind=OwnStep)

    @pytest.mark.parametrize("name", ["loss", "mae", "val_loss"])
    def test_a_right_name_is_no_matter(self, make, name):
        self._check(make(name), validation_split=0.2)

    def _check(self, callback, kind=torchkeras.Model, **arguments):
        """As `fit` does before the first step."""
        made = model(kind)
        made.fit(X, Y, verbose=0)
        listed = callbacks.CallbackList([callback], model=made)
        listed.validates = bool(arguments)
        listed.on_train_begin()


def test_the_learning_rate_can_be_watched():
    made = model()
    rate = callbacks.LearningRateScheduler(lambda epoch: 0.1)
    stopping = callbacks.EarlyStopping("learning_rate", mode="min")
    assert len(made.fit(X, Y, verbose=0, epochs=5, callbacks=[rate, stopping]).epoch) == 2


@pytest.mark.parametrize("name", OTHER_SPELLING)
def test_spellings_come_in_pairs(name):
    assert other_spelling(other_spelling(name)) == name != other_spelling(name)
    assert other_spelling(f"val_{name}") == f"val_{other_spelling(name)}"
