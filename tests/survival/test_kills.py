"""Processes that are killed, at any batch and at any instant of saving. Long: `make test-long`."""

import contextlib
import os
import random
import runpy
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from torchkeras.callbacks._backup_files import BackupFiles
from torchkeras.saving._state_file import read_state

T = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("test_resume.py"))))
R = T.R

pytestmark = pytest.mark.long

KILLS = 30
CASES = {
    "shuffle": "shuffle",
    "dropout": "dropout",
    "batch normalization": "batch_normalization",
    "adam with a schedule": "adam_with_schedule",
    "mixed bfloat16": "mixed_bfloat16",
    "stopping and plateau": "stopping_and_plateau",
    "no workers": "loader",
    "two workers": "loader_with_workers",
}


def in_a_process(work: Callable[[], Any]) -> int:
    """Run it in a child forked from this warm process; its number."""
    child = os.fork()
    if child:
        with contextlib.suppress(OSError):
            os.setpgid(child, child)  # here, too: it may not have got that far when it is killed
        return child
    code = 1
    try:
        os.setpgid(0, 0)  # with its workers it is killed at once
        torch.set_num_threads(1)
        work()
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(code)


def kill(child: int) -> None:
    os.killpg(child, signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


class KillAt(T.Batches):
    """Kills its process before batch number `count`, or at the end of it; tells what it has seen through a pipe."""

    def __init__(self, count: int, hook: str, pipe: int) -> None:
        super().__init__()
        self.count, self.hook, self.pipe = count, hook, pipe

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        super().on_train_batch_begin(batch, logs)
        os.write(self.pipe, bytes([self.place, batch]))
        self._perhaps("begin")

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._perhaps("end")

    def _perhaps(self, hook: str) -> None:
        if self.hook == hook and len(self.seen) > self.count:
            os.killpg(0, signal.SIGKILL)


def life(name: str, folder: Path, count: int, hook: str, frequency: Any, seed: int) -> list[tuple[int, int]]:
    """One life of a run that ends by a kill; the batches it began."""
    reader, writer = os.pipe()
    watch = KillAt(count, hook, writer)
    child = in_a_process(lambda: R.start(name, seed, T.backup(folder, frequency), watch, first=True))
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        told = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status == -signal.SIGKILL, status
    return list(zip(told[::2], told[1::2]))


@pytest.mark.parametrize("name", CASES.values(), ids=CASES)
def test_killed_runs_end_as_whole_ones(name: str, tmp_path: Path) -> None:
    draw = random.Random(name)
    whole = R.start(name, 1)
    seen = T.Batches()
    R.start(name, 1, seen)
    steps = 1 + max(batch for _, batch in seen.seen)
    killed, run = 0, 0
    while killed < KILLS:
        run += 1
        folder = tmp_path / str(run)
        folder.mkdir()
        frequency = draw.choice([1, 2, 3, "epoch"])
        left, before = len(whole["epoch"]) * steps, None
        for seed in range(1, 4):  # up to three kills in one run
            count = draw.randrange(left if frequency == 1 else left - 1)
            # where nothing is saved yet the script begins anew, with its own seed
            seed = seed if (folder / "backup").exists() else 1
            batches = life(name, folder, count, draw.choice(["begin", "end"]), frequency, seed)
            killed += 1
            if before is not None:
                repeated = before[0] * steps + before[1] + 1 - (batches[0][0] * steps + batches[0][1])
                assert 0 <= repeated <= (steps if frequency == "epoch" else frequency)
            before = batches[-1]
            left = max(2, len(whole["epoch"]) * steps - (before[0] * steps + before[1]))
            if left <= 2:
                break
        seed = 50 + run if (folder / "backup").exists() else 1
        found = R.start(name, seed, T.backup(folder, frequency), first=True)
        T.assert_same(found, whole, f"run {run}")
        assert not (folder / "backup").exists()


def save_for_ever(folder: str, start: int, size: int) -> None:
    """Save states the number of which grows, each told to the parent when it is in its place."""
    files = BackupFiles(folder)
    files.clean()
    number = start
    while True:
        number += 1
        Path(folder, "begun").write_text(str(number))
        files.save({"number": number, "tensors": [torch.full((size,), float(number)) for _ in range(4)]})
        Path(folder, "told").write_text(str(number))


def test_kills_while_saving(tmp_path: Path) -> None:
    """Two hundred kills: no checkpoint that cannot be read, none that was in its place lost, no file left over."""
    draw = random.Random(7)
    folder = tmp_path / "backup"
    folder.mkdir()
    newest = within = 0
    for attempt in range(200):
        for name in ("begun", "told"):
            (folder / name).write_text(str(newest))
        size = draw.choice([10, 10_000, 200_000])
        child = in_a_process(lambda size=size: save_for_ever(str(folder), newest, size))  # noqa: B023
        time.sleep(draw.uniform(0.004, 0.03))
        kill(child)
        temporary = [name for name in os.listdir(folder) if name.endswith(".tmp")]
        assert len(temporary) <= 1, attempt  # those of earlier kills are gone
        begun, told = (int((folder / name).read_text() or 0) for name in ("begun", "told"))
        within += begun > told
        found = BackupFiles(str(folder)).load()
        if found is None:
            assert told == 0
            continue
        assert found["number"] >= told
        assert all(torch.equal(each, torch.full_like(each, float(found["number"]))) for each in found["tensors"])
        kept = sorted(folder.glob("checkpoint-*"))
        assert 1 <= len(kept) <= 3  # three between the new one's arrival and the oldest one's end
        assert [read_state(str(path))["number"] for path in kept] == list(
            range(found["number"] - len(kept) + 1, found["number"] + 1)
        )
        newest = found["number"]
    assert newest > 50
    assert within > 50  # the kills did come while files were being written
    BackupFiles(str(folder)).remove()
    assert sorted(os.listdir(folder)) == ["begun", "told"]
