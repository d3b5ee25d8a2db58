"""The progress bar, byte for byte against real Keras on a terminal, and its own ways elsewhere."""

import io
import sys
import time

import keras
import pytest
import torch

from torchkeras import _settings
from torchkeras.callbacks import _progbar
from torchkeras.callbacks._logs import BatchLogs
from torchkeras.callbacks._progbar import Progbar


class Screen(io.StringIO):
    def __init__(self, terminal, encoding="utf-8"):
        super().__init__()
        self._terminal, self._encoding = terminal, encoding

    def isatty(self):
        return self._terminal

    @property
    def encoding(self):
        return self._encoding


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(time, "time", clock)
    monkeypatch.setattr(_progbar, "perf_counter", clock)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("PYCHARM_HOSTED", raising=False)
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    return clock


def drawn(kind, clock, monkeypatch, steps, terminal=True, encoding="utf-8", **arguments):
    """What a bar of class `kind` writes for ``[(seconds, update arguments), ...]``."""
    screen = Screen(terminal, encoding)
    clock.now = 1000.0
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", screen)
        bar = kind(**arguments)
        for seconds, *update in steps:
            clock.now += seconds
            bar.update(*update)
    return screen.getvalue()


def regular(count, seconds):
    return [(seconds, i + 1, [("loss", 0.5 + i * 0.1), ("acc", 0.0005 * (i + 1))]) for i in range(count)]


CASES = {
    "slow": ({"target": 4}, regular(4, 0.9)),
    "fast": ({"target": 10}, regular(10, 0.01)),
    "minutes": ({"target": 4}, regular(4, 70.0)),
    "hours": ({"target": 5}, regular(5, 4000.5)),
    "microseconds": ({"target": 4, "interval": 0}, regular(4, 0.0002)),
    "no time at all": ({"target": 4, "interval": 0}, regular(4, 0.0)),
    "many steps": ({"target": 120, "unit_name": "sample"}, regular(120, 0.2)),
    "width": ({"target": 3, "width": 10}, regular(3, 0.1)),
    "long first step": ({"target": 10}, [(5.0, 1, [("a", 1)]), *[(0.1, i, [("a", 1)]) for i in range(2, 11)]]),
    "starts at two": ({"target": 10}, [(5.0, 2, [("a", 1)]), *[(0.1, i, [("a", 1)]) for i in range(3, 11)]]),
    "starts at zero": ({"target": 10}, [(1.0, 0, [("a", 1)]), (1.0, 1, [("a", 1)])]),
    "unknown target": ({"target": None}, [*regular(3, 0.1), (0.1, 3, [("loss", 1.0)], True)]),
    "no values": ({"target": 2}, [(0.1, 1), (0.1, 2)]),
    "averages by step": ({"target": 6}, [(1.0, 3, [("a", 1.0)]), (1.0, 3, [("a", 4.0)]), (1.0, 5, [("a", 4.0)])]),
    "stateful": ({"target": 3, "stateful_metrics": ["acc"]}, regular(3, 0.1)),
    "stateless": ({"target": 3, "stateless_metrics": ["acc"]}, regular(3, 0.1)),
    "values come later": ({"target": 3}, [(0.1, 1, [("a", 1.0)]), (0.1, 2, [("a", 2.0), ("b", 5.0)])]),
    "formats": (
        {"target": 2},
        [
            (
                0.1,
                1,
                [("a", 1), ("b", float("nan")), ("c", -0.5), ("d", 1e-3), ("e", 0.0), ("f", 12345.67891), ("g", 1e9)],
            )
        ],
    ),
    "finalize late": (
        {"target": 3},
        [*[(0.1, i, [("a", 1.0)], False) for i in (1, 2, 3)], (0.5, 3, [("a", 2.0)], True)],
    ),
    "verbose 2": ({"target": 3, "verbose": 2}, regular(3, 0.4)),
    "verbose 2 long": ({"target": 3, "verbose": 2}, regular(3, 700.0)),
    "verbose 2 finalized": ({"target": 4, "verbose": 2}, [(1.0, 2, [("a", 1)]), (1.0, 2, [("a", 3)], True)]),
    "verbose 0": ({"target": 3, "verbose": 0}, regular(3, 0.4)),
}


@pytest.mark.parametrize("name", CASES)
def test_same_text_as_keras_on_a_terminal(name, clock, monkeypatch):
    arguments, steps = CASES[name]
    expected = drawn(keras.utils.Progbar, clock, monkeypatch, steps, **arguments)
    assert drawn(Progbar, clock, monkeypatch, steps, **arguments) == expected


def test_add_counts_on(clock, monkeypatch):
    screen = Screen(True)
    monkeypatch.setattr(sys, "stdout", screen)
    bar = Progbar(30)
    for _ in range(3):
        clock.now += 0.1
        bar.add(10, [("x", 1.0)])
    assert "20/30" in screen.getvalue()
    assert screen.getvalue().endswith("- x: 1.0000\n")


def test_a_bar_never_grows_over_its_width(clock, monkeypatch):
    text = drawn(Progbar, clock, monkeypatch, [(0.1, 5, [("a", 1.0)])], target=2)
    assert text.count("━") == 20


def test_log_file_gets_plain_lines(clock, monkeypatch):
    text = drawn(Progbar, clock, monkeypatch, regular(40, 0.6), terminal=False, target=40)
    assert not set(text) & {"\r", "\b", "\x1b"}
    lines = text.splitlines()
    assert len(lines) == 4  # the first one, one every ten seconds, the last one
    assert lines[1].startswith("18/40 ━━━━━━━━━─────────── ")
    assert lines[-1].startswith("40/40 ━━━━━━━━━━━━━━━━━━━━ 24s 600ms/step - loss: ")


@pytest.mark.parametrize("terminal", [True, False])
def test_ascii_where_the_bar_cannot_be_encoded(terminal, clock, monkeypatch):
    text = drawn(Progbar, clock, monkeypatch, regular(2, 11.0), terminal=terminal, encoding="ascii", target=4)
    assert text.isascii()
    plain = text.replace("\x1b[0m\x1b[37m", "")
    assert "=====-----" in plain


def test_dumb_terminal_is_not_redrawn(clock, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    assert "\r" not in drawn(Progbar, clock, monkeypatch, regular(3, 0.1), target=3)


def test_without_interactive_logging_the_text_goes_to_the_logger(clock, monkeypatch, caplog):
    monkeypatch.setattr(_settings, "interactive_logging", False)
    with caplog.at_level("INFO", logger="torchkeras"):
        assert drawn(Progbar, clock, monkeypatch, regular(3, 0.1), target=3) == ""
    assert [record.message[:3] for record in caplog.records] == ["1/3", "3/3"]


def test_a_mapping_is_read_only_when_redrawn(clock, monkeypatch):
    reads = []

    def logs(step):
        return BatchLogs(lambda: reads.append(step) or {"loss": torch.tensor(float(step))})

    steps = [(0.001, i, logs(i)) for i in range(1, 101)]
    text = drawn(Progbar, clock, monkeypatch, steps, target=100)
    assert text.count("\r") == 3  # at 1, 52 and 100 ms
    assert reads == [1, 52, 100]
    assert text.endswith("loss: 100.0000\n")  # shown as it came, not averaged


def test_tensors_and_arrays_are_shown_by_their_mean(clock, monkeypatch):
    values = [
        ("a", torch.tensor([1.0, 2.0], requires_grad=True)),
        ("b", torch.tensor(3)),
        ("c", torch.ones(2).numpy()),
        ("d", [1, 4]),
    ]
    text = drawn(Progbar, clock, monkeypatch, [(0.1, 1, values)], target=1)
    assert "a: 1.5000 - b: 3.0000 - c: 1.0000 - d: 2.5000" in text


def test_both_lists_of_names_are_refused():
    with pytest.raises(ValueError, match="not both"):
        Progbar(3, stateful_metrics=["a"], stateless_metrics=["b"])
