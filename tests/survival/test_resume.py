"""A run that is stopped and begun again ends with every bit of a run that was never stopped."""

import itertools
import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import torchkeras

R = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("runs.py"))))


class Stopped(BaseException):
    """What stands for the end of a process."""


class StopAt(torchkeras.callbacks.Callback):
    """Ends the run before batch number `count` of the whole run, without any of the hooks of an end."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.left = count

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        if not self.left:
            raise Stopped
        self.left -= 1

    def _state(self) -> dict[str, Any]:
        return {}

    def _set_state(self, state: dict[str, Any]) -> None:
        """Each life counts anew."""


class Batches(torchkeras.callbacks.Callback):
    """Lists the batches that this life of the run trains on."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[int, int]] = []
        self.place = 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.place = epoch

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.seen.append((self.place, batch))

    _state = StopAt._state
    _set_state = StopAt._set_state


def backup(folder: Path, frequency: Any = 1) -> Any:
    return torchkeras.callbacks.BackupAndRestore(folder / "backup", save_freq=frequency)


def assert_same(found: Any, expected: Any, where: str = "") -> None:
    assert type(found) is type(expected), where
    if isinstance(expected, dict):
        assert list(found) == list(expected), where
        for key, value in expected.items():
            assert_same(found[key], value, f"{where}.{key}")
    elif isinstance(expected, (list, tuple)):
        assert len(found) == len(expected), where
        for index, value in enumerate(expected):
            assert_same(found[index], value, f"{where}.{index}")
    else:
        np.testing.assert_array_equal(found, expected, err_msg=where)


def stop(name: str, folder: Path, count: int, frequency: Any = 1, seed: int = 1) -> None:
    with pytest.raises(Stopped):
        R.start(name, seed, backup(folder, frequency), StopAt(count), first=True)


@pytest.mark.parametrize("name", R.RUNS)
def test_every_kind_of_run(name: str, tmp_path: Path) -> None:
    whole = R.start(name, 1)
    step = 4 if name == "several_steps_at_once" else 1
    # in the first epoch, in the second, at the border of two; with other random states each time
    lives = (3, 5, 4) if step == 1 else (1, 2)
    for seed, count in enumerate(lives, 1):
        stop(name, tmp_path, count, seed=seed)
        assert list((tmp_path / "backup").iterdir())
    found = R.start(name, 77, backup(tmp_path), first=True)
    assert_same(found, whole)
    assert not (tmp_path / "backup").exists()


@pytest.mark.parametrize("frequency", ["epoch", 1, 2, 4, 7])
def test_no_more_is_repeated_than_asked_for(frequency: Any, tmp_path: Path) -> None:
    whole = R.start("dropout", 1)
    seen = []
    for seed, count in ((1, 10), (2, 4)):
        life = Batches()
        with pytest.raises(Stopped):
            R.start("dropout", seed, backup(tmp_path, frequency), life, StopAt(count), first=True)
        seen.append(life.seen)
    last = Batches()
    assert_same(R.start("dropout", 5, backup(tmp_path, frequency), last, first=True), whole)
    seen.append(last.seen)
    most = 6 if frequency == "epoch" else frequency
    for before, after in itertools.pairwise(seen):
        order = [(epoch, batch) for epoch in range(3) for batch in range(6)]
        assert 0 <= order.index(before[-1]) + 1 - order.index(after[0]) <= most


def test_callbacks_of_the_order(tmp_path: Path) -> None:
    """Where `BackupAndRestore` stands in the list makes no difference: it saves when all have heard."""
    whole = R.start("own_callback", 1)
    with pytest.raises(Stopped):
        R.start("own_callback", 1, backup(tmp_path), StopAt(8), first=False)
    assert_same(R.start("own_callback", 5, backup(tmp_path), first=False), whole)


def test_a_run_that_had_ended_ends_again(tmp_path: Path) -> None:
    """Stopped in the hooks of its end: nothing is left to train."""

    class AtEnd(torchkeras.callbacks.Callback):
        def on_train_end(self, logs: Any = None) -> None:
            raise Stopped

    whole = R.start("stopping_and_plateau", 1)
    assert len(whole["epoch"]) < 12
    with pytest.raises(Stopped):
        R.start("stopping_and_plateau", 1, AtEnd(), backup(tmp_path, "epoch"), first=True)
    life = Batches()
    assert_same(R.start("stopping_and_plateau", 5, backup(tmp_path, "epoch"), life, first=True), whole)
    assert life.seen == []


def test_kept_checkpoints_go_on_with_more_epochs(tmp_path: Path) -> None:
    keep = torchkeras.callbacks.BackupAndRestore(tmp_path, delete_checkpoint=False)
    model, arguments = R.shuffle()
    arguments |= {"callbacks": [keep], "epochs": 2}
    model.fit(**arguments)
    again, arguments = R.shuffle()
    history = again.fit(**{**arguments, "callbacks": [keep], "epochs": 5})
    assert history.epoch == [0, 1, 2, 3, 4]
    assert len(history.history["loss"]) == 5


def test_the_first_epoch_of_the_resumed_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        R.start("shuffle", 1, backup(tmp_path, "epoch"), StopAt(11), first=True)
    told = []

    class Ask(torchkeras.callbacks.Callback):
        def on_train_begin(self, logs: Any = None) -> None:
            told.append((self.model._initial_epoch, self.model._run.epochs, self.model.get_weights()[0].sum()))

    R.start("shuffle", 5, Ask(), backup(tmp_path, "epoch"), first=True)
    assert told[0][:2] == (2, 3)


def test_a_callback_may_set_the_first_epoch() -> None:
    class Skip(torchkeras.callbacks.Callback):
        def on_train_begin(self, logs: Any = None) -> None:
            self.model._initial_epoch = 2

    model, arguments = R.shuffle()
    assert model.fit(**{**arguments, "callbacks": [Skip()]}).epoch == [2]
    assert model.fit(**arguments).epoch == [0, 1, 2]
    assert model._run is None


def test_another_model_is_refused(tmp_path: Path) -> None:
    stop("shuffle", tmp_path, 3)
    model, arguments = R.arrays(R.plain(R.LAYERS.Dense(5)))
    before = model.get_weights()
    with pytest.raises(
        ValueError, match=r"cannot go on from the checkpoint, which is of another model: expected the weight"
    ):
        model.fit(**{**arguments, "callbacks": [backup(tmp_path)]})
    assert list((tmp_path / "backup").iterdir())
    model, arguments = R.arrays(R.plain(optimizer="adam"))
    with pytest.raises(ValueError, match=r"expected the states of a SGD as saved, got those of a Adam"):
        model.fit(**{**arguments, "callbacks": [backup(tmp_path)]})
    del before


def test_patience_given_anew_counts(tmp_path: Path) -> None:
    """What a constructor is given is not saved, so that it can be changed between two lives of a run."""
    folder = backup(tmp_path)
    watch = torchkeras.callbacks.EarlyStopping("loss", patience=50)
    model, arguments = R.shuffle()
    with pytest.raises(Stopped):
        model.fit(**{**arguments, "callbacks": [folder, watch, StopAt(8)]})
    moved = tmp_path / "moved"
    (tmp_path / "backup").rename(moved)
    model, arguments = R.shuffle()
    watch = torchkeras.callbacks.EarlyStopping("loss", patience=40)
    again = torchkeras.callbacks.BackupAndRestore(moved)
    assert model.fit(**{**arguments, "callbacks": [again, watch]}).epoch == [0, 1, 2]
    assert watch.patience == 40
    assert watch.best is not None
    assert not moved.exists()
    assert again.backup_dir == str(moved)


@pytest.mark.parametrize("append", [False, True])
def test_the_log_file_has_every_epoch_once(append: bool, tmp_path: Path) -> None:
    def log(name: str) -> Any:
        return torchkeras.callbacks.CSVLogger(str(tmp_path / name), append=append)

    R.start("shuffle", 1, log("whole.csv"))
    stopped = log("log.csv")
    with pytest.raises(Stopped):
        R.start("shuffle", 1, backup(tmp_path, 7), stopped, StopAt(11))  # two epochs logged, saved in the second
    stopped.csv_file.close()
    assert len((tmp_path / "log.csv").read_text().splitlines()) == 3
    R.start("shuffle", 5, backup(tmp_path, 7), log("log.csv"))
    assert (tmp_path / "log.csv").read_text() == (tmp_path / "whole.csv").read_text()


@pytest.mark.long
def test_compiled_steps_go_on_to_rounding(tmp_path: Path) -> None:
    """A life that begins at the short last batch compiles other kernels than one that begins with a full one."""
    R.RUNS["compiled"] = R.compiled
    whole = R.start("compiled", 1)
    for seed, count in ((1, 3), (2, 5), (3, 4)):
        stop("compiled", tmp_path, count, seed=seed)
    found = R.start("compiled", 77, backup(tmp_path), first=True)
    np.testing.assert_allclose(found["history"]["loss"], whole["history"]["loss"], rtol=1e-5)
    for one, other in zip(found["weights"], whole["weights"], strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
