"""The list calls those who override a hook and nobody else; logs are plain numbers, read late."""

import keras
import numpy as np
import pytest
import torch

from torchkeras.callbacks import Callback, CallbackList, History, LambdaCallback, ProgbarLogger
from torchkeras.callbacks._callback_list import HOOKS
from torchkeras.callbacks._logs import BatchLogs, python_logs


class Model:
    stop_training = False


class Recorder(Callback):
    """Notes every call, whatever the hook."""

    def __init__(self):
        super().__init__()
        self.calls = []


def _recording(hook):
    def method(self, *arguments, **keywords):
        self.calls.append((hook, *arguments))

    return method


for _hook in HOOKS:
    setattr(Recorder, _hook, _recording(_hook))


def _arguments(hook):
    return (7, {"loss": 1.0}) if "batch" in hook or "epoch" in hook else ({"loss": 1.0},)


def test_the_base_has_keras_hooks_and_parameters():
    import inspect

    expected = {name for name in dir(keras.callbacks.Callback) if name.startswith(("on_", "set_"))}
    assert expected == {name for name in dir(Callback) if name.startswith(("on_", "set_"))}
    for name in expected:
        theirs = inspect.signature(getattr(keras.callbacks.Callback, name)).parameters
        ours = inspect.signature(getattr(Callback, name)).parameters
        assert list(ours) == list(theirs), name
        assert [p.default for p in ours.values()] == [p.default for p in theirs.values()], name


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_reaches_the_callbacks_in_order(hook):
    first, second = Recorder(), Recorder()
    getattr(CallbackList([first, second]), hook)(*_arguments(hook))
    assert first.calls == second.calls == [(hook, *_arguments(hook))]


@pytest.mark.parametrize("hook", HOOKS)
def test_overrides_tells_which_hooks_are_heard(hook):
    silent, heard = Callback(), LambdaCallback(**{hook: lambda *arguments, **keywords: None})
    assert not CallbackList([silent]).overrides(hook)
    listed = CallbackList([silent, heard])
    assert [name for name in HOOKS if listed.overrides(name)] == [hook]
    assert listed.overrides("on_epoch_begin", hook)


def test_history_alone_waits_for_no_batch():
    listed = CallbackList([History()])
    assert not listed.overrides(*(hook for hook in HOOKS if "batch" in hook))
    assert listed.overrides("on_epoch_end")


def test_old_names_of_batch_hooks_still_work():
    class Old(Callback):
        seen = ()

        def on_batch_begin(self, batch, logs=None):
            self.seen += (("begin", batch),)

        def on_batch_end(self, batch, logs=None):
            self.seen += (("end", batch, logs["loss"]),)

    old = Old()
    listed = CallbackList([old])
    listed.on_train_batch_begin(1)
    listed.on_train_batch_end(1, {"loss": 2.0})
    listed.on_test_batch_end(3, {"loss": 2.0})
    listed.on_batch_end(4, {"loss": 5.0})
    assert old.seen == (("begin", 1), ("end", 1, 2.0), ("end", 4, 5.0))
    assert listed.overrides("on_train_batch_end")


def test_model_and_params_reach_everyone():
    model, callback = Model(), Callback()
    listed = CallbackList([callback], add_history=True, model=model, epochs=3, steps=4)
    assert callback.model is model
    assert callback.params == listed.params == {"epochs": 3, "steps": 4}
    assert model.history is listed.callbacks[-1]


def test_a_callback_need_not_call_its_base():
    class Old(Callback):
        def __init__(self):
            self.seen = []

        def set_model(self, model):
            self.model = model

        def on_epoch_end(self, epoch, logs=None):
            self.seen.append((self.model, self.params))

    old, model = Old(), Model()
    CallbackList([old], model=model, epochs=1).on_epoch_end(0)
    assert old.seen == [(model, {"epochs": 1})]


def test_history_and_progbar_are_added_once():
    kinds = [type(c) for c in CallbackList(Callback(), add_history=True, add_progbar=True).callbacks]
    assert kinds == [Callback, History, ProgbarLogger]
    own = History()
    assert CallbackList([own], add_history=True).callbacks == [own]


def test_a_nested_list_counts_as_its_members():
    first, second = Callback(), Callback()
    assert CallbackList([first, [second]]).callbacks == [first, second]


@pytest.mark.parametrize(
    ("wrong", "message"), [(3, "got 3"), ("checkpoint", "got 'checkpoint'"), (History, "pass History()")]
)
def test_what_is_no_callback_is_refused(wrong, message):
    with pytest.raises(TypeError, match="callbacks: expected") as caught:
        CallbackList([Callback(), wrong])
    assert message in str(caught.value)


def test_a_duck_serves_as_callback():
    class Duck:
        def set_model(self, model): ...
        def set_params(self, params): ...
        def on_epoch_end(self, epoch, logs=None):
            self.epoch = epoch

    duck = Duck()
    listed = CallbackList([duck], model=Model(), epochs=1)
    listed.on_epoch_begin(0)
    listed.on_epoch_end(5, {})
    assert duck.epoch == 5


def test_epoch_logs_are_sorted_floats_and_what_one_callback_adds_the_next_sees():
    model = Model()
    adder = LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(extra=9.0))
    listed = CallbackList([adder], add_history=True, model=model)
    listed.on_train_begin()
    listed.on_epoch_end(0, {"loss": torch.tensor(0.5), "acc": np.float32(0.25)})
    listed.on_epoch_end(1, {"loss": 0.25, "acc": 1})
    assert model.history.history == {"acc": [0.25, 1.0], "loss": [0.5, 0.25], "extra": [9.0, 9.0]}
    assert model.history.epoch == [0, 1]
    assert all(type(value) is float for values in model.history.history.values() for value in values)


def test_predict_logs_are_handed_on_as_they_are():
    outputs, seen = np.ones((2, 3)), []
    callback = LambdaCallback(on_predict_batch_end=lambda batch, logs: seen.append(logs["outputs"]))
    CallbackList([callback]).on_predict_batch_end(0, {"outputs": outputs})
    assert seen[0] is outputs


class Counted:
    def __init__(self, **values):
        self.values, self.reads = values, 0

    def __call__(self):
        self.reads += 1
        return self.values


def test_batch_logs_are_read_once_and_only_when_looked_into():
    read = Counted(loss=torch.tensor(0.5), acc=1)
    logs = BatchLogs(read)
    assert logs or {}  # `logs = logs or {}` is how most callbacks begin
    assert read.reads == 0
    assert logs["loss"] == 0.5
    assert logs.get("missing") is None
    assert list(logs) == ["acc", "loss"]
    assert len(logs) == 2
    assert dict(logs) == logs.copy() == {"acc": 1.0, "loss": 0.5}
    assert repr(logs) == "{'acc': 1.0, 'loss': 0.5}"
    assert read.reads == 1


def test_batch_logs_can_be_changed_and_all_callbacks_share_them():
    read = Counted(loss=1.0)
    first = LambdaCallback(on_train_batch_end=lambda batch, logs: logs.update(size=32))
    seen = []
    second = LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(logs["size"] + logs.pop("loss")))
    CallbackList([first, second]).on_train_batch_end(0, BatchLogs(read))
    assert seen == [33.0]
    assert read.reads == 1


def test_a_batch_hook_that_does_not_read_causes_no_sync():
    read, batches = Counted(loss=1.0), []
    callback = LambdaCallback(on_train_batch_end=lambda batch, logs: batches.append(batch))
    CallbackList([callback]).on_train_batch_end(3, BatchLogs(read))
    assert batches == [3]
    assert read.reads == 0


def test_python_logs_flattens_and_keeps_what_is_no_number():
    many = np.ones(3)
    logs = python_logs({"b": {"y": torch.tensor(2.0, requires_grad=True)}, "a": many, "c": "text"})
    assert list(logs) == ["a", "c", "y"]
    assert logs["a"] is many
    assert logs["c"] == "text"
    assert type(logs["y"]) is float


def test_old_hooks_may_name_their_arguments_as_they_like():
    seen = []
    callback = LambdaCallback(
        on_batch_begin=lambda n, values: seen.append((n, values)),
        on_batch_end=lambda n, values: seen.append((n, values)),
    )
    callback.on_train_batch_begin(1, {})
    callback.on_train_batch_end(2, {"loss": 3.0})
    assert seen == [(1, {}), (2, {"loss": 3.0})]
