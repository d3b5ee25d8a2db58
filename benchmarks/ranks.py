"""What a step costs on one rank and on two of this machine: milliseconds a step of ``fit``, one thread a rank.

``python -m benchmarks.ranks``; also a part of ``python -m benchmarks``. On two cores the ideal is half the time of one
rank; what is left of that is messages. The last column is the same step with gradients kept alike by torch's
``DistributedDataParallel``, and nothing else: no metrics, no callbacks, no logs.
"""

import argparse
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

STEPS = 20
ROWS: dict[str, tuple[int, tuple[int, ...]]] = {  # the batch and the shape of a row
    "tiny": (32, (8,)),
    "wide": (512, (512,)),
    "cnn": (64, (32, 32, 3)),
}


def data(row: str) -> tuple[np.ndarray, np.ndarray]:
    batch, shape = ROWS[row]
    rng = np.random.default_rng(0)
    return rng.normal(size=(batch * STEPS, *shape)).astype("float32"), rng.integers(0, 10, batch * STEPS)


def model_for(row: str) -> Any:
    import torchkeras
    from torchkeras import layers

    hidden = {
        "tiny": [layers.Dense(16, "relu"), layers.Dense(16, "relu")],
        "wide": [layers.Dense(1024, "relu"), layers.Dense(1024, "relu")],
        "cnn": [layers.Conv2D(32, 3, activation="relu"), layers.Conv2D(32, 3, 2, activation="relu"), layers.Flatten()],
    }[row]
    return torchkeras.Sequential([torchkeras.Input(ROWS[row][1]), *hidden, layers.Dense(10)])


def fit(row: str) -> Callable[[], Any]:
    """A run of :data:`STEPS` steps of ``fit``."""
    import torchkeras

    x, y = data(row)
    model = model_for(row)
    model.compile("adam", torchkeras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return lambda: model.fit(x, y, batch_size=ROWS[row][0], epochs=1, verbose=0, shuffle=False)


def ddp(row: str) -> Callable[[], Any]:
    """The same steps as a loop around torch's wrapper; each rank takes its half of the rows."""
    import torch.nn.functional as F
    from torch.nn.parallel import DistributedDataParallel

    from torchkeras import _ranks

    x, y = (torch.from_numpy(array) for array in data(row))
    half = ROWS[row][0] // _ranks.world_size()
    model = DistributedDataParallel(model_for(row))
    optimizer = torch.optim.Adam(model.parameters(), fused=True)

    def run() -> None:
        model.train()
        for at in range(0, half * STEPS, half):
            loss = F.cross_entropy(model(x[at : at + half]), y[at : at + half])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    return run


def _seconds(run: Callable[[], Any], rounds: int) -> float:
    run()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _rank(rank: int, store: str, row: str, rounds: int, queue: Any) -> None:
    from torchkeras import _ranks

    torch.set_num_threads(1)
    _ranks.start(init_method=f"file://{store}", rank=rank, world_size=2)
    found = [_seconds(way(row), rounds) for way in (fit, ddp)]
    if rank == 0:
        queue.put(found)


def _on_two_ranks(row: str, rounds: int) -> list[float]:
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    with tempfile.TemporaryDirectory() as folder:
        store = os.path.join(folder, "store")
        ranks = [context.Process(target=_rank, args=(rank, store, row, rounds, queue)) for rank in range(2)]
        for rank in ranks:
            rank.start()
        found: list[float] = queue.get(timeout=600)
        for rank in ranks:
            rank.join()
    return found


def print_table(rounds: int) -> None:
    """Print the table."""
    print("\n| ranks | one | two | two / one | DDP on two | two / DDP |\n|---|---|---|---|---|---|")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    for row in ROWS:
        one = _seconds(fit(row), rounds)
        two, wrapped = _on_two_ranks(row, rounds)
        shown = " | ".join(f"{seconds / STEPS * 1e3:.3g}" for seconds in (one, two))
        print(f"| {row} | {shown} | {two / one:.2f} | {wrapped / STEPS * 1e3:.3g} | {two / wrapped:.2f} |", flush=True)
    torch.set_num_threads(threads)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    print_table(parser.parse_args().rounds)


if __name__ == "__main__":
    main()
