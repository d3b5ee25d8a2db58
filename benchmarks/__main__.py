"""``python -m benchmarks``: the table of ratios.

All columns run in turn, round after round, in one process; a ratio is the median over the rounds of the
quotient within a round, so that a machine that grows slower does so for all columns alike.
"""

import argparse
import importlib
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")
NAMES = ("people", "best", "torchkeras", "keras")
SECTIONS = ("compiled", "precision", "sources", "callbacks", "ranks")


def main() -> None:
    options = _options()
    if options.memory_of:
        return _run_for_memory(*options.memory_of)
    import torch

    torch.set_num_threads(options.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    name = torch.cuda.get_device_name() if device == "cuda" else platform.processor() or platform.machine()
    print(f"torch {torch.__version__} on {device} ({name}), {torch.get_num_threads()} threads\n")
    _print_steps(options, device)
    if not options.rows:
        _print_call()
        _print_imports(options.rounds)
        _print_builds(options.rounds)
        _print_sections(options)
    if not options.no_memory:
        _print_memory(options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", nargs="*", default=[], help="names of rows; all by default")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--jax", default="", metavar="FOLDER", help="a folder to find JAX in, for Keras on JAX")
    parser.add_argument("--no-keras", action="store_true", help="leave Keras out")
    parser.add_argument(
        "--no-memory", action="store_true", help="leave out the peak memory, which takes a process a cell"
    )
    parser.add_argument("--memory-of", nargs=2, metavar=("ROW", "COLUMN"), help=argparse.SUPPRESS)
    return parser.parse_args()


def _rows(options: Any) -> list[Any]:
    from benchmarks.rows import ROWS

    return [row for row in ROWS if not options.rows or row.name in options.rows]


def _column(row: Any, name: str, device: str) -> Any:
    from benchmarks import columns

    if name in ("people", "best"):
        return getattr(columns, name)(row, device)
    if name == "torchkeras":
        import torchkeras as keras
    else:
        import keras
    return columns.keras_like(keras, row)


def _print_steps(options: Any, device: str) -> None:
    names = NAMES[:3] if options.no_keras else NAMES
    print("milliseconds a step (median), and torchkeras' ratio to each column\n")
    print(f"| row | what | {' | '.join(names)} | /{' | /'.join(n for n in names if n != 'torchkeras')} |")
    print("|" + "---|" * (2 * len(names) + 1))
    for row in _rows(options):
        ways = {name: _column(row, name, device) for name in names}
        for what in ("fit", "predict"):
            times = _interleaved({name: getattr(way, what) for name, way in ways.items()}, options.rounds)
            shown = [f"{statistics.median(times[name]) / row.steps * 1e3:.3g}" for name in names]
            ratios = [f"{_ratio(times['torchkeras'], times[name]):.2f}" for name in names if name != "torchkeras"]
            print(f"| {row.name} | {what} | {' | '.join(shown)} | {' | '.join(ratios)} |", flush=True)


def _interleaved(functions: dict[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each function in each round, after one run that is not counted."""
    for function in functions.values():
        function()
    times: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(rounds):
        for name, function in functions.items():
            start = time.perf_counter()
            function()
            times[name].append(time.perf_counter() - start)
    return times


def _ratio(ours: list[float], theirs: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))


def _print_call() -> None:
    """What a layer's call costs more than the torch module in it."""
    import timeit

    import torch

    import torchkeras

    layer = torchkeras.layers.Dense(8)
    x = torch.ones(1, 8)
    layer(x)
    layer(x)
    pairs = [
        (
            min(timeit.repeat(lambda: layer(x), number=2000, repeat=3)),
            min(timeit.repeat(lambda: layer.module(x), number=2000, repeat=3)),
        )
        for _ in range(5)
    ]
    print(f"\nlayer call: {statistics.median(a - b for a, b in pairs) / 2000 * 1e6:.2f} us more than its nn.Module")


def _print_imports(rounds: int) -> None:
    codes = {"torch": "import torch", "torchkeras": "import torchkeras", "keras": "import keras"}

    def run(code: str) -> None:
        subprocess.run([sys.executable, "-c", code], check=True, stderr=subprocess.DEVNULL)

    times = _interleaved({name: lambda code=code: run(code) for name, code in codes.items()}, rounds)  # type: ignore[misc]
    print(
        f"import: torchkeras / torch = {_ratio(times['torchkeras'], times['torch']):.2f}, "
        f"keras / torch = {_ratio(times['keras'], times['torch']):.2f}"
    )


def _print_sections(options: Any) -> None:
    """What has a module of its own, each with a function ``print_table(rounds)``."""
    for name in SECTIONS:
        print(f"\n## {name}", flush=True)
        more = {"jax": options.jax} if name == "compiled" else {}
        importlib.import_module(f"benchmarks.{name}").print_table(options.rounds, **more)


def _print_builds(rounds: int) -> None:
    import keras

    import torchkeras
    from benchmarks.rows import resnet50

    times = _interleaved({"torchkeras": lambda: resnet50(torchkeras), "keras": lambda: resnet50(keras)}, rounds)
    print(
        f"ResNet50 built: {statistics.median(times['torchkeras']):.2f} s, "
        f"keras {statistics.median(times['keras']):.2f} s, "
        f"ratio {_ratio(times['torchkeras'], times['keras']):.2f}"
    )


def _print_memory(options: Any) -> None:
    names = ("best", "torchkeras") if options.no_keras else ("best", "torchkeras", "keras")
    print("\npeak memory of a process that trains and predicts, less that of one that only imports, MiB\n")
    print(f"| row | {' | '.join(names)} | torchkeras / best |\n|" + "---|" * (len(names) + 2))
    for row in _rows(options):
        sizes = {name: _peak(row.name, name) for name in names}
        shown = " | ".join(f"{sizes[name]:.0f}" for name in names)
        print(f"| {row.name} | {shown} | {sizes['torchkeras'] / max(sizes['best'], 1):.2f} |", flush=True)


def _peak(row: str, column: str) -> float:
    command = [sys.executable, "-m", "benchmarks", "--memory-of", row, column]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(out.split()[-1])


def _run_for_memory(row_name: str, column: str) -> None:
    from benchmarks.rows import ROWS

    if column == "torchkeras":
        import torchkeras  # noqa: F401
    elif column == "keras":
        import keras  # noqa: F401
    row = next(row for row in ROWS if row.name == row_name)
    import torch

    torch.ones(8, 8) @ torch.ones(8, 8)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    way = _column(row, column, "cpu")
    for _ in range(2):
        way.fit()
        way.predict()
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)


if __name__ == "__main__":
    main()
