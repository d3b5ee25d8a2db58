"""Random damage to good files, and what reading them does; also a program, which `make fuzz` runs.

    python -m tests.hostile.mutations --count 20000

Each mutation has a number, which makes it again. Reading runs in forked children with limits on memory and time.
"""

import argparse
import collections
import io
import os
import random
import resource
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from tests.hostile.good import archive, legacy, model, weights
from tests.hostile.watch import fork
from torchkeras.saving import CorruptFileError, UnsafeFileError, load_model
from torchkeras.saving._hdf5_reader import Dataset, Group, open_hdf5
from torchkeras.saving._json_reader import read_json
from torchkeras.saving._legacy_h5 import load_legacy_h5

SECONDS = 5  # of processor time, many times what a good file takes
MEGABYTES = 256
BATCH = 250  # files a child reads


def mutated(good: bytes, number: int) -> bytes:
    """The good file with a few bytes changed, moved, or gone."""
    draw = random.Random(number)
    content = bytearray(good)
    for _ in range(draw.choice((1, 1, 2, 4, 16))):
        place, kind = draw.randrange(len(content)), draw.random()
        if kind < 0.5:
            content[place] = draw.randrange(256)
        elif kind < 0.7:
            content[place] ^= 1 << draw.randrange(8)
        elif kind < 0.8:
            content[place : place + 8] = b"\xff" * len(content[place : place + 8])
        elif kind < 0.9:
            other = draw.randrange(len(content))
            part = content[other : other + 8]
            content[place : place + len(part)] = part
        else:
            del content[max(1, place) :]
        if len(content) < 2:
            break
    return bytes(content)


def read_archive(content: bytes) -> None:
    """Load the model."""
    load_model(io.BytesIO(content))


def read_hdf5(content: bytes) -> None:
    """Read every number and attribute, as any loader might."""
    with open_hdf5(content) as root:
        _walk(root, 0)


def _walk(group: Group, seen: int) -> int:
    dict(group.attrs)
    for name in group.names:
        node = group.child(name)
        seen += 1
        if seen > 1000:
            break
        if isinstance(node, Dataset):
            node.verify(node.read())
        else:
            seen = _walk(node, seen)
    return seen


def read_legacy(content: bytes) -> None:
    """Load the model; the path is one that only this process can open."""
    descriptor = os.memfd_create("fuzz")
    try:
        os.write(descriptor, content)
        load_legacy_h5(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)


def formats() -> dict[str, tuple[bytes, Callable[[bytes], None]]]:
    """What is damaged, and what reads it."""
    config = io.BytesIO(archive()).getvalue()
    start = config.find(b'{"module"')
    text = config[start : config.find(b"PK\x03\x04", start)]
    return {
        "keras": (archive(), read_archive),
        "weights.h5": (weights(), read_hdf5),
        "h5": (legacy(), read_legacy),
        "json": (text, lambda content: read_json(content) and None),
    }


def outcomes(good: bytes, read: Callable[[bytes], None], numbers: range) -> Iterator[tuple[int, str]]:
    """(number, outcome) of each mutation; what is not "loaded" or "refused" is a failure."""
    next_one = numbers.start
    while next_one < numbers.stop:
        reading, writing = os.pipe()
        child = fork()
        if not child:
            _child(good, read, range(next_one, min(next_one + BATCH, numbers.stop)), writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            lines = pipe.read().decode().splitlines()
        status = os.waitpid(child, 0)[1]
        for line in lines:
            yield next_one, line
            next_one += 1
        if status:
            yield next_one, f"crashed with status {status}"
            next_one += 1


def _child(good: bytes, read: Callable[[bytes], None], numbers: range, writing: int) -> None:
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in numbers:
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
        start = time.process_time()
        try:
            read(mutated(good, number))
            outcome = "loaded"
        except (UnsafeFileError, CorruptFileError):
            outcome = "refused"
        except BaseException as error:
            outcome = f"{type(error).__name__}: {str(error)[:200]!r}"
        if time.process_time() - start > SECONDS / 2:
            outcome = "slow"
        used = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        outcome = f"used {used:.0f} MB" if used > MEGABYTES else outcome
        os.write(writing, f"{outcome}\n".encode())
    os._exit(0)


def run(name: str, numbers: range) -> tuple[collections.Counter[str], list[str]]:
    """How often each outcome came, and the failures."""
    good, read = formats()[name]
    read(good)  # loads what loading loads
    counts: collections.Counter[str] = collections.Counter()
    failures = []
    for number, outcome in outcomes(good, read, numbers):
        counts[outcome] += 1
        if outcome not in ("loaded", "refused"):
            failures.append(f"{name} mutation {number}: {outcome}")
    return counts, failures


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.mutations")
    parser.add_argument("--count", type=int, default=20_000, help="mutations of each format")
    parser.add_argument("--first", type=int, default=0, help="the number of the first one")
    parser.add_argument("--formats", nargs="*", default=list(formats()))
    options: Any = parser.parse_args()
    model()
    failed = 0
    for name in options.formats:
        start = time.time()
        counts, failures = run(name, range(options.first, options.first + options.count))
        print(f"{name}: {dict(counts)} in {time.time() - start:.0f} s", flush=True)
        for text in failures:
            print(f"  {text}", flush=True)
        failed |= bool(failures)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
