"""What ``compile(jit_compile=True)`` gains: steps compiled, eager, and by Keras on JAX where JAX can be imported.

``python -m benchmarks.compiled [--rows tiny mlp] [--jax FOLDER]``; also a part of ``python -m benchmarks``.
JAX runs in a process of its own, which waits while the other columns run; the columns take turns.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from benchmarks.rows import ROWS, Row

ROW_NAMES = ("tiny", "mlp", "mnist", "attention")


def _model(keras: Any, row: Row, **compile_arguments: Any) -> Callable[[], Any]:
    """A function that trains one epoch."""
    x, y = row.data(row.batch * row.steps)
    model = row.keras_model(keras)
    loss = "binary_crossentropy" if row.binary else "sparse_categorical_crossentropy"
    model.compile(optimizer="adam", loss=loss, metrics=["accuracy"], **compile_arguments)
    return lambda: model.fit(x, y, batch_size=row.batch, epochs=1, verbose=0)


def _seconds(function: Callable[[], Any]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


class _Jax:
    """Keras on JAX in another process: each line it is sent is one epoch, each line it sends the seconds of one."""

    def __init__(self, row: Row, folder: str, threads: int) -> None:
        paths = [path for path in (folder, os.environ.get("PYTHONPATH")) if path]
        one = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1" if threads == 1 else ""
        environment = os.environ | {"KERAS_BACKEND": "jax", "PYTHONPATH": os.pathsep.join(paths), "XLA_FLAGS": one}
        command = [sys.executable, "-m", "benchmarks.compiled", "--worker", row.name]
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def seconds(self) -> float:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def _work(row_name: str) -> None:
    """The other process."""
    import keras

    run = _model(keras, next(row for row in ROWS if row.name == row_name))
    for _ in sys.stdin:
        print(_seconds(run), flush=True)


def has_jax(folder: str) -> bool:
    """Whether JAX can be imported, with `folder` on the path."""
    paths = [path for path in (folder, os.environ.get("PYTHONPATH")) if path]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    return not subprocess.run([sys.executable, "-c", "import jax"], env=environment, capture_output=True).returncode


def _times(row: Row, rounds: int, jax: str | None) -> dict[str, list[float]]:
    """Seconds a step of each column in each round, and of the first epoch: the compilation."""
    import torch

    import torchkeras

    eager, compiled = _model(torchkeras, row), _model(torchkeras, row, jit_compile=True)
    columns = {"eager": lambda: _seconds(eager), "compiled": lambda: _seconds(compiled)}
    other = _Jax(row, jax, torch.get_num_threads()) if jax is not None else None
    if other is not None:
        columns["jax"] = other.seconds
    first = {name: [column()] for name, column in columns.items()}
    for column in columns.values():
        column()
    times: dict[str, list[float]] = {name: [] for name in columns}
    for _ in range(rounds):
        for name, column in columns.items():
            times[name].append(column() / row.steps)
    if other is not None:
        other.close()
    return times | {"first": first["compiled"]}


def _ratio(ours: list[float], theirs: list[float]) -> str:
    return f"{statistics.median(a / b for a, b in zip(ours, theirs, strict=True)):.2f}"


def print_table(rounds: int, names: Iterable[str] = ROW_NAMES, jax: str = "") -> None:
    """The table in Markdown."""
    there = has_jax(jax)
    print("\nmilliseconds a step of fit (median), and the ratios of the compiled step\n")
    heads = ["row", "eager", "compiled", *(["Keras on JAX"] if there else []), "/eager", *(["/JAX"] if there else [])]
    print(f"| {' | '.join(heads)} | s to compile |\n|" + "---|" * (len(heads) + 1))
    for row in ROWS:
        if row.name not in names:
            continue
        times = _times(row, rounds, jax if there else None)
        first = times.pop("first")[0]
        cells = [f"{np.median(times[name]) * 1e3:.3g}" for name in times]
        cells += [_ratio(times["compiled"], times[name]) for name in times if name != "compiled"]
        print(f"| {row.name} | {' | '.join(cells)} | {first:.0f} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", nargs="*", default=ROW_NAMES)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--jax", default="", metavar="FOLDER", help="a folder to find JAX in")
    parser.add_argument("--worker", metavar="ROW", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        _work(options.worker)
    else:
        import torch

        torch.set_num_threads(options.threads)
        print_table(options.rounds, options.rows, options.jax)
