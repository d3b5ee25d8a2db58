"""SIGTERM and SIGINT: the run is saved at the next batch, and the process ends with 143 or 130."""

import os
import runpy
import signal
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import torchkeras

T = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("test_resume.py"))))
CODES = {signal.SIGTERM: 143, signal.SIGINT: 130}


class SignalAt(torchkeras.callbacks.Callback):
    """Sends a signal to its own process in hook number `count` of that name."""

    def __init__(self, number: int, hook: str, count: int, times: int = 1) -> None:
        super().__init__()
        self.number, self.count, self.times = number, count, times
        self.hooks = 0
        setattr(self, hook, self._heard)

    def _heard(self, *arguments: Any, **more: Any) -> None:
        self.hooks += 1
        if self.hooks == self.count:
            for _ in range(self.times):
                os.kill(os.getpid(), self.number)

    def _state(self) -> dict[str, Any]:
        return {}

    def _set_state(self, state: dict[str, Any]) -> None:
        """Each life counts anew."""


@pytest.mark.parametrize("number", CODES)
@pytest.mark.parametrize(
    ("hook", "count"),
    [
        ("on_train_begin", 1),
        ("on_epoch_begin", 2),
        ("on_train_batch_begin", 1),
        ("on_train_batch_end", 5),
        ("on_train_batch_end", 9),
        ("on_test_begin", 1),
        ("on_test_batch_begin", 1),
        ("on_test_batch_end", 3),
        ("on_epoch_end", 1),
        ("on_epoch_end", 3),
    ],
)
def test_the_run_is_saved_and_left(number: int, hook: str, count: int, tmp_path: Path, capfd: Any) -> None:
    whole = T.R.start("own_callback", 1)
    before = [signal.getsignal(each) for each in CODES]
    with pytest.raises(SystemExit) as left:
        T.R.start("own_callback", 1, SignalAt(number, hook, count), T.backup(tmp_path, "epoch"), first=True)
    assert left.value.code == CODES[number]
    assert [signal.getsignal(each) for each in CODES] == before
    name = signal.Signals(number).name
    said = capfd.readouterr()
    assert f"{name}: saving after this batch" in said.err
    assert f"{name}: the run is saved in {tmp_path / 'backup'}" in said.out
    silent = SignalAt(number, hook, 1000)
    assert_same(T.R.start("own_callback", 5, silent, T.backup(tmp_path, "epoch"), first=True), whole)


assert_same = T.assert_same


@pytest.mark.parametrize("name", ["swapped_averages", "swapped_by_the_epoch"])
@pytest.mark.parametrize(
    ("hook", "count"), [("on_test_batch_begin", 1), ("on_epoch_end", 2), ("on_train_batch_end", 7)]
)
def test_weights_that_a_callback_has_swapped(name: str, hook: str, count: int, tmp_path: Path) -> None:
    whole = T.R.start(name, 1)
    with pytest.raises(SystemExit):
        T.R.start(name, 1, T.backup(tmp_path, "epoch"), SignalAt(signal.SIGTERM, hook, count))
    again = SignalAt(signal.SIGTERM, hook, 1000)
    assert_same(T.R.start(name, 5, T.backup(tmp_path, "epoch"), again), whole)


def test_at_the_next_batch(tmp_path: Path) -> None:
    life, after = T.Batches(), T.Batches()
    with pytest.raises(SystemExit):
        T.R.start("shuffle", 1, T.backup(tmp_path), life, SignalAt(signal.SIGTERM, "on_train_batch_begin", 4))
    assert life.seen == [(0, 0), (0, 1), (0, 2), (0, 3)]
    T.R.start("shuffle", 1, T.backup(tmp_path), after)
    assert after.seen[0] == (0, 4)


def test_a_second_signal_quits_at_once(tmp_path: Path) -> None:
    life = T.Batches()
    twice = SignalAt(signal.SIGINT, "on_train_batch_begin", 4, times=2)
    with pytest.raises(KeyboardInterrupt):
        T.R.start("shuffle", 1, T.backup(tmp_path, "epoch"), life, twice)
    assert life.seen[-1] == (0, 3)
    assert not (tmp_path / "backup").exists()


def test_signals_that_are_ignored_stay_so(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        ignored = SignalAt(signal.SIGINT, "on_train_batch_begin", 4)
        assert T.R.start("shuffle", 1, T.backup(tmp_path), ignored)["epoch"] == [0, 1, 2]
    finally:
        signal.signal(signal.SIGINT, before)


def test_another_thread_trains_without_handlers(tmp_path: Path) -> None:
    before = [signal.getsignal(each) for each in CODES]
    found: list[Any] = []

    class Look(torchkeras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            found.append([signal.getsignal(each) for each in CODES])

    thread = threading.Thread(target=lambda: T.R.start("shuffle", 1, T.backup(tmp_path), Look()))
    thread.start()
    thread.join()
    assert len(found) == 15
    assert all(each == before for each in found)


def test_a_forked_child_ends_by_sigterm(tmp_path: Path) -> None:
    """What other code forks while a run watches for signals is not its business."""
    codes = []

    class Fork(torchkeras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            reader, writer = os.pipe()
            child = os.fork()
            if not child:
                os.write(writer, b"!")
                time.sleep(20)
                os._exit(1)
            os.read(reader, 1)  # Python forgets signals that come while it forks
            os.kill(child, signal.SIGINT)
            os.kill(child, signal.SIGTERM)
            codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))

    T.R.start("shuffle", 1, T.backup(tmp_path), Fork())
    assert codes == [-signal.SIGTERM] * 3


def test_a_whole_process(tmp_path: Path) -> None:
    child = os.fork()
    if not child:
        try:
            T.R.start("shuffle", 1, T.backup(tmp_path), SignalAt(signal.SIGTERM, "on_train_batch_end", 3))
        except SystemExit as left:
            os._exit(left.code)  # type: ignore[arg-type]
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 143
