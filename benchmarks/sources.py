"""What each source of batches costs: milliseconds a step of ``fit``, and the ratio to in-memory arrays.

``python -m benchmarks.sources``; also a part of ``python -m benchmarks``.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, IterableDataset, TensorDataset

BATCH, STEPS, WIDTH = 128, 60, 64


def sources(x: np.ndarray, y: np.ndarray) -> dict[str, Callable[[], dict[str, Any]]]:
    """For each source the arguments of ``fit``."""
    import pandas as pd
    import scipy.sparse

    import torchkeras
    from torchkeras._pipeline import Dataset as Pipeline

    tensors = torch.from_numpy(x), torch.from_numpy(y)
    dataset = TensorDataset(*tensors)
    shuffled = Pipeline.from_tensor_slices((x, y)).shuffle(len(x))
    frame, rows = pd.DataFrame(x), scipy.sparse.csr_matrix(x)

    class Batches(torchkeras.utils.PyDataset):
        def __len__(self) -> int:
            return STEPS

        def __getitem__(self, index: int) -> Any:
            part = slice(index * BATCH, (index + 1) * BATCH)
            return x[part], y[part]

    class Stream(IterableDataset[Any]):
        def __iter__(self) -> Iterator[Any]:
            yield from zip(*tensors, strict=True)

    def generator() -> Iterator[Any]:
        while True:
            for start in range(0, len(x), BATCH):
                yield x[start : start + BATCH], y[start : start + BATCH]

    loaders = {
        f"DataLoader, {workers} workers": lambda workers=workers: {
            "x": DataLoader(dataset, BATCH, shuffle=True, num_workers=workers, persistent_workers=workers > 0)
        }
        for workers in (0, 2)
    }
    return {
        "arrays": lambda: {"x": x, "y": y, "batch_size": BATCH},
        "arrays, shuffle=False": lambda: {"x": x, "y": y, "batch_size": BATCH, "shuffle": False},
        "tensors": lambda: {"x": tensors[0], "y": tensors[1], "batch_size": BATCH},
        "class weights": lambda: {"x": x, "y": y, "batch_size": BATCH, "class_weight": {0: 1.0, 1: 2.0}},
        "pandas": lambda: {"x": frame, "y": y, "batch_size": BATCH},
        "scipy.sparse": lambda: {"x": rows, "y": y, "batch_size": BATCH},
        "Dataset": lambda: {"x": dataset, "batch_size": BATCH},
        "IterableDataset": lambda: {"x": Stream(), "batch_size": BATCH},
        **loaders,
        "PyDataset": lambda: {"x": Batches()},
        "PyDataset, 2 workers": lambda: {"x": Batches(workers=2)},
        "generator": lambda: {"x": generator(), "steps_per_epoch": STEPS},
        "tf.data": lambda: {"x": shuffled.batch(BATCH)},
        "tf.data, map of rows": lambda: {"x": shuffled.map(lambda a, b: (a * 2, b)).batch(BATCH)},
        "tf.data, map of batches": lambda: {"x": shuffled.batch(BATCH).map(lambda a, b: (a * 2, b)).prefetch(1)},
    }


def print_table(rounds: int) -> None:
    """The table in Markdown."""
    import torchkeras

    draw = np.random.default_rng(0)
    x = draw.random((BATCH * STEPS, WIDTH), dtype="float32")
    y = draw.integers(0, 2, (len(x), 1)).astype("float32")
    model = torchkeras.Sequential(
        [torchkeras.Input((WIDTH,)), torchkeras.layers.Dense(64, "relu"), torchkeras.layers.Dense(1, "sigmoid")]
    )
    model.compile("adam", "binary_crossentropy")
    arguments = {name: make() for name, make in sources(x, y).items()}
    times: dict[str, list[float]] = {name: [] for name in arguments}
    for turn in range(rounds + 1):
        for name, given in arguments.items():
            start = time.perf_counter()
            model.fit(**given, verbose=0)
            if turn:  # the first one warms up
                times[name].append((time.perf_counter() - start) / STEPS)
    print(f"\nsources: a Dense model on batches of {BATCH}\n\n| source | ms a step | /arrays |\n|---|---|---|")
    for name, seconds in times.items():
        ratio = statistics.median(a / b for a, b in zip(seconds, times["arrays"], strict=True))
        print(f"| {name} | {statistics.median(seconds) * 1e3:.3g} | {ratio:.2f} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print_table(options.rounds)
