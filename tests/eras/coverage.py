"""``python -m tests.eras.coverage``: the share of what Keras 3 refuses in wild scripts that is served here.

The names, keywords and idioms stand in ``coverage.toml``, with the numbers of scripts that use them. Names are looked
up, keywords are called, idioms run to the end, all under the runner.
"""

import json
import runpy
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parent
WANTED: dict[str, dict[str, Any]] = tomllib.loads((HERE / "coverage.toml").read_text(encoding="utf-8"))

DATA = """\
import warnings
warnings.simplefilter('ignore')
import numpy as np
x, y, labels = np.random.rand(8, 3).astype('float32'), np.ones((8, 1), 'float32'), np.arange(8)
"""
NAMES = """\
import importlib, json, sys, warnings
warnings.simplefilter('ignore')
failed = {}
for path in json.loads(sys.argv[1]):
    module, _, name = path.rpartition('.')
    try:
        try:
            exec(f'from {module} import {name}', {})
        except ImportError:
            importlib.import_module(path)
    except BaseException as error:
        failed[path] = f'{type(error).__name__}: {error}'
print('=' + json.dumps(failed))
"""
KEYWORDS = (
    DATA
    + """\
import json, sys
import keras
from PIL import Image
Image.new('RGB', (8, 8)).save('p.png')
i = keras.layers.Input((3,)); o = keras.layers.Dense(1)(i); m = keras.models.Model(i, o); m.compile('sgd', 'mse')
m.save_weights('w.weights.h5')
scope = dict(np=np, keras=keras, x=x, y=y, i=i, o=o, m=m, png='p.png', weights='w.weights.h5')
failed = {}
for name, (probe, today) in json.loads(sys.argv[1]).items():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter('always', DeprecationWarning)
        try:
            eval(probe, dict(scope))
        except BaseException as error:
            failed[name] = f'{type(error).__name__}: {error}'
            continue
    texts = [str(warning.message) for warning in told if warning.filename == '<string>']
    if today and sum(today in text for text in texts) != 1:
        failed[name] = f'told {texts}, not {today!r} once'
print('=' + json.dumps(failed))
"""
)


class Share(NamedTuple):
    """How much of one kind is served."""

    kind: str
    weights: dict[str, float]  # of each thing: files, or percent of files
    failed: dict[str, str]  # what is not served, and the error

    @property
    def refused(self) -> set[str]:
        """What is not served on purpose."""
        return self.failed.keys() & WANTED["refused"].keys()

    @property
    def missing(self) -> list[str]:
        """What should be served and is not."""
        return sorted(self.failed.keys() - self.refused, key=lambda name: -self.weights[name])

    @property
    def served(self) -> float:
        """The part of the things that is served, from 0 to 1."""
        return 1 - len(self.failed) / len(self.weights)

    @property
    def served_uses(self) -> float:
        """The part of their uses in scripts."""
        return 1 - sum(self.weights[name] for name in self.failed) / sum(self.weights.values())


def names(runner: Any, folder: Path) -> Share:
    """The names that scripts import."""
    return Share("names", WANTED["names"], _told(runner, folder, NAMES, list(WANTED["names"])))


def used(runner: Any, folder: Path) -> Share:
    """The names that scripts use most, refused by Keras 3 or not."""
    return Share("used", WANTED["used"], _told(runner, folder, NAMES, list(WANTED["used"])))


def keywords(runner: Any, folder: Path) -> Share:
    """The keywords that raise."""
    rows = WANTED["keywords"]
    probes = {name: (row["probe"], row.get("today")) for name, row in rows.items()}
    return Share(
        "keywords", {name: row["files"] for name, row in rows.items()}, _told(runner, folder, KEYWORDS, probes)
    )


def idioms(runner: Any, folder: Path) -> Share:
    """The ways of writing that break compatibility layers."""
    failed = {}
    for number, (name, row) in enumerate(WANTED["idioms"].items()):
        own = folder / str(number)
        own.mkdir()
        ended = runner.run(DATA + row["script"], cwd=own)
        if ended.code:
            failed[name] = ended.stderr.strip().splitlines()[-1] if ended.stderr.strip() else f"exit code {ended.code}"
    return Share("idioms", {name: row["share"] for name, row in WANTED["idioms"].items()}, failed)


def _told(runner: Any, folder: Path, script: str, wanted: Any) -> dict[str, str]:
    ended = runner.run(script, json.dumps(wanted), cwd=folder).check()
    line = next(line for line in reversed(ended.stdout.splitlines()) if line.startswith("={"))
    found: dict[str, str] = json.loads(line[1:])
    return found


def report(share: Share) -> Iterator[str]:
    """The lines to print."""
    count = len(share.weights) - len(share.failed)
    parts = f"{share.served:.1%}; {share.served_uses:.1%} of the uses"
    yield f"{share.kind}: {count} of {len(share.weights)} served ({parts})"
    for name in sorted(share.refused):
        yield f"    refused  {name}: {WANTED['refused'][name]}"
    for name in share.missing:
        yield f"    missing  {name} ({share.weights[name]:g}): {share.failed[name][:150]}"


def main() -> None:
    """Print the shares."""
    running = runpy.run_path(str(HERE / "running.py"), run_name="running")
    with running["warm"]() as runner:
        for measure in (names, keywords, idioms, used):
            with tempfile.TemporaryDirectory() as folder:
                print("\n".join(report(measure(runner, Path(folder)))))


if __name__ == "__main__":
    main()
