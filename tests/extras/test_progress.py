"""Progress bars of rich and tqdm in `fit`, `evaluate` and `predict`."""

import io
import re
import sys

import numpy as np
import pytest
import torch

import torchkeras
from torchkeras import _ranks
from torchkeras.extras import RichProgress, TqdmProgress
from torchkeras.extras._rich_progress import _clock

X = np.random.default_rng(0).random((20, 3), dtype="float32")
Y = X.sum(1, keepdims=True)
CODES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def model():
    made = torchkeras.Sequential([torchkeras.Input((3,)), torchkeras.layers.Dense(1)])
    made.compile("sgd", "mse", metrics=["mae"])
    return made


@pytest.fixture(params=["rich", "tqdm"])
def bar(request):
    """A callback and the stream that it writes to."""
    stream = io.StringIO()
    if request.param == "tqdm":
        return TqdmProgress(file=stream, ascii=True, ncols=200), stream
    made, real = RichProgress(), RichProgress.open

    def opened(title, total):
        real(made, title, total)
        made._console.file = stream
        made._console.width = 200

    made.open = opened
    return made, stream


def last_lines(stream):
    """What is to be read in the end: of a line that was drawn several times the last one."""
    lines = [CODES.sub("", line.split("\r")[-1]).strip() for line in stream.getvalue().split("\n")]
    return [line for line in lines if line]


def test_one_line_an_epoch_with_the_values_of_the_history(bar, capsys):
    callback, stream = bar
    history = model().fit(X, Y, batch_size=4, epochs=2, validation_split=0.2, callbacks=[callback]).history
    lines = last_lines(stream)
    assert len(lines) == 2
    for epoch, line in enumerate(lines):
        assert line.startswith(f"Epoch {epoch + 1}/2")
        assert " 4/4 " in line
        for name, values in history.items():
            assert f"{name}: {values[epoch]:.4f}" in line
    assert capsys.readouterr().out == ""  # no bar of Keras beside it


def test_evaluate_and_predict_have_their_own(bar):
    callback, stream = bar
    made = model()
    loss, _ = made.evaluate(X, Y, batch_size=4, callbacks=[callback])
    made.predict(X, batch_size=10, callbacks=[callback])
    first, second = last_lines(stream)
    assert first.startswith("Evaluate")
    assert f"loss: {loss:.4f}" in first
    assert second.startswith("Predict")
    assert "2/2" in second
    assert "loss" not in second


def test_silent_where_verbose_is_0_or_another_rank_writes(bar, monkeypatch):
    callback, stream = bar
    model().fit(X, Y, verbose=0, callbacks=[callback])
    monkeypatch.setattr(_ranks, "is_first", lambda: False)
    model().fit(X, Y, callbacks=[callback])
    assert stream.getvalue() == ""


def test_a_source_of_unknown_length(bar):
    callback, stream = bar
    made = model()
    made.fit(((X[:4], Y[:4]) for _ in range(3)), epochs=1, callbacks=[callback])
    assert "3/3" in last_lines(stream)[-1]


def test_values_are_read_only_where_they_are_drawn(bar, monkeypatch):
    callback, _ = bar
    made = model()
    made.fit(X, Y, verbose=0)
    counts = []
    for batch_size in (20, 1):
        count = 0

        def counted(tensor, real=torch.Tensor.tolist):
            nonlocal count
            count += 1
            return real(tensor)

        with monkeypatch.context() as patch:
            patch.setattr(torch.Tensor, "tolist", counted)
            patch.setattr(torch.Tensor, "item", counted)
            patch.setattr(torch.Tensor, "__float__", counted)
            made.fit(X, Y, batch_size=batch_size, callbacks=[callback])
        counts.append(count)
    assert counts[1] - counts[0] <= 2 * 2  # twenty steps take less than 0.2 s; loss and mae


def test_training_that_raises_leaves_the_terminal_as_it_is(monkeypatch):
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)

    class Breaks(torchkeras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        model().fit(X, Y, callbacks=[RichProgress(), Breaks()])
    text = stream.getvalue()
    assert "Epoch 1/1" in text
    assert "\x1b[?25l" not in text  # a hidden cursor


def test_rich_redraws_one_line_on_a_terminal(monkeypatch):
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setattr("torchkeras.extras._progress.INTERVAL", 0.0)
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    model().fit(X, Y, batch_size=4, callbacks=[RichProgress()])
    frames = stream.getvalue().split("\n")
    assert len(frames) == 7  # five steps, the last line, and nothing
    assert all(frame.startswith("\x1b[1G\x1b[1A\x1b[0K") for frame in frames[1:6])
    assert [re.search(r"(\d)/5", frame).group(1) for frame in frames[:6]] == ["1", "2", "3", "4", "5", "5"]


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0:00"), (59.6, "1:00"), (61, "1:01"), (3661, "1:01:01")])
def test_clock(seconds, text):
    assert _clock(seconds) == text


def test_missing_tqdm_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.raises(ImportError, match="pip install tqdm"):
        model().fit(X, Y, callbacks=[TqdmProgress()])
