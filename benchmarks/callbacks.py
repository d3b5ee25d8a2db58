"""What each callback costs: microseconds of CPU more a step, and milliseconds more an epoch.

``python -m benchmarks.callbacks [--rounds n]``; also a part of ``python -m benchmarks``.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

STEPS = 500
ROWS = 10  # a step of the smallest model that means something


def callbacks(folder: Path) -> dict[str, Callable[[], Any]]:
    """What is measured, beside a training without any callback."""
    from torchkeras import callbacks as of
    from torchkeras import extras

    return {
        "an empty Callback": of.Callback,
        "Callback with batch hooks that read nothing": _silent,
        "EarlyStopping": lambda: of.EarlyStopping("loss", patience=10**6),
        "ReduceLROnPlateau": lambda: of.ReduceLROnPlateau("loss", patience=10**6),
        "LearningRateScheduler": lambda: of.LearningRateScheduler(lambda epoch, rate: rate),
        "CSVLogger": lambda: of.CSVLogger(folder / "log.csv"),
        "ModelCheckpoint": lambda: of.ModelCheckpoint(folder / "model.keras"),
        "ModelCheckpoint(save_freq=250)": lambda: of.ModelCheckpoint(folder / "model.keras", save_freq=250),
        "BackupAndRestore": lambda: of.BackupAndRestore(folder / "backup"),
        "BackupAndRestore(save_freq=250)": lambda: of.BackupAndRestore(folder / "backup", save_freq=250),
        "TensorBoard": lambda: of.TensorBoard(folder / "logs"),
        "TensorBoard(update_freq=100)": lambda: of.TensorBoard(folder / "logs", update_freq=100),
        "TensorBoard(update_freq='batch')": lambda: of.TensorBoard(folder / "logs", update_freq="batch"),
        "TerminateOnNaN": of.TerminateOnNaN,
        "HistoryPlot": lambda: extras.HistoryPlot(folder / "history.png"),
    }


def table(rounds: int) -> list[tuple[str, float, float]]:
    """Name, microseconds a step, and milliseconds an epoch of one step, of each callback; medians of differences."""
    import torchkeras

    model = torchkeras.Sequential([torchkeras.Input((4,)), torchkeras.layers.Dense(1)])
    model.compile("adam", "mse")
    x = np.zeros((STEPS * ROWS, 4), "float32")
    short, long = (x[:ROWS], x[:ROWS, :1]), (x, x[:, :1])

    def seconds(data: Any, callback: Any, clock: Callable[[], float]) -> float:
        start = clock()
        model.fit(*data, batch_size=ROWS, verbose=0, callbacks=[callback] if callback else [])
        return clock() - start

    def more(data: Any, make: Callable[[], Any], clock: Callable[[], float]) -> float:
        return seconds(data, make(), clock) - seconds(data, None, clock)

    out = []
    with tempfile.TemporaryDirectory() as folder:
        for name, make in callbacks(Path(folder)).items():
            seconds(short, make(), time.perf_counter)
            cpu = [more(long, make, time.process_time) - more(short, make, time.process_time) for _ in range(rounds)]
            epochs = [more(short, make, time.perf_counter) for _ in range(rounds)]
            out.append((name, statistics.median(cpu) / (STEPS - 1) * 1e6, statistics.median(epochs) * 1e3))
    return out


def print_table(rounds: int) -> None:
    """The table in Markdown."""
    print("\n| callback | us of CPU more a step | ms more an epoch |\n|---|---|---|")
    for name, step, epoch in table(rounds):
        print(f"| {name} | {step:.1f} | {epoch:.1f} |", flush=True)


def _silent() -> Any:
    from torchkeras.callbacks import LambdaCallback

    return LambdaCallback(
        on_train_batch_begin=lambda batch, logs: None, on_train_batch_end=lambda batch, logs: logs or {}
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    print_table(parser.parse_args().rounds)
