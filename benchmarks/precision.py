"""Mixed precision: milliseconds a step of ``fit`` under ``mixed_bfloat16``, float32, and torch's autocast by hand.

``python -m benchmarks.precision``; also a part of ``python -m benchmarks``.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterable
from operator import truediv
from typing import Any

import torch

from benchmarks import columns
from benchmarks.rows import ROWS, Row

ROW_NAMES = ("tiny", "mlp", "mnist", "attention")


def _torchkeras(row: Row, policy: str) -> Callable[[], Any]:
    import torchkeras

    before = torchkeras.config.dtype_policy()
    torchkeras.config.set_dtype_policy(policy)
    try:
        return columns.keras_like(torchkeras, row).fit
    finally:
        torchkeras.config.set_dtype_policy(before)


def _by_hand(row: Row, device: str) -> Callable[[], Any]:
    fit = columns.best(row, device).fit

    def run() -> Any:
        with torch.autocast(device, torch.bfloat16):
            return fit()

    return run


def print_table(rounds: int, names: Iterable[str] = ROW_NAMES) -> None:
    """The table in Markdown."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    print("\n| row | float32 | mixed_bfloat16 | autocast by hand | mixed /float32 | mixed /by hand |\n|" + "---|" * 6)
    for row in ROWS:
        if row.name not in names or row.binary:  # torch's autocast refuses the loss of the binary rows
            continue
        ways = [_torchkeras(row, "float32"), _torchkeras(row, "mixed_bfloat16"), _by_hand(row, device)]
        times: list[list[float]] = [[] for _ in ways]
        for turn in range(rounds + 1):
            for way, seconds in zip(ways, times, strict=True):
                start = time.perf_counter()
                way()
                if turn:  # the first one warms up
                    seconds.append((time.perf_counter() - start) / row.steps)
        plain, mixed, hand = times
        cells = [f"{statistics.median(seconds) * 1e3:.3g}" for seconds in times]
        cells += [f"{statistics.median(map(truediv, mixed, other)):.2f}" for other in (plain, hand)]
        print(f"| {row.name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", nargs="*", default=ROW_NAMES)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print_table(options.rounds, options.rows)
