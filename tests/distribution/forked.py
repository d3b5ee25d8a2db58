"""Runs a function on several ranks: processes forked from this one, so that nothing is imported again."""

import multiprocessing
import os
import pickle
import tempfile
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from torchkeras import _ranks

_fork = multiprocessing.get_context("fork")


def on_ranks(number: int, function: Callable[[], Any], timeout: float = 120) -> list[Any]:
    """What `function` returns on each of so many ranks; if it raises on one, an AssertionError with its traceback."""
    with tempfile.TemporaryDirectory() as folder:
        pipes = [_fork.Pipe(duplex=False) for _ in range(number)]
        children = [
            _fork.Process(target=_run, args=(rank, number, Path(folder) / "store", function, pipes[rank][1]))
            for rank in range(number)
        ]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of forking beside threads
            for child in children:
                child.start()
        for _, ours in pipes:
            ours.close()
        try:
            answers = [_answer(theirs, timeout) for theirs, _ in pipes]
        finally:
            for child in children:
                child.kill()
                child.join()
    failed = [f"rank {rank}:\n{text}" for rank, (done, text) in enumerate(answers) if not done]
    assert not failed, "\n".join(failed)
    return [value for _, value in answers]


def _answer(pipe: Any, timeout: float) -> tuple[bool, Any]:
    try:
        return pickle.loads(pipe.recv_bytes()) if pipe.poll(timeout) else (False, f"no answer in {timeout} s")
    except EOFError:
        return False, "the process is gone"


def _run(rank: int, number: int, store: Path, function: Callable[[], Any], pipe: Any) -> None:
    try:
        torch.set_num_threads(1)
        _ranks.start(init_method=f"file://{store}", rank=rank, world_size=number)
        pipe.send_bytes(pickle.dumps((True, function())))
    except BaseException:
        pipe.send_bytes(pickle.dumps((False, traceback.format_exc())))
    os._exit(0)  # nothing of the test process is to be torn down here
