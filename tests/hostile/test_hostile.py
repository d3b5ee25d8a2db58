"""Hostile files are refused, each by one of two errors, and nothing else happens."""

import collections
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import torchkeras as keras
from tests.hostile.arrays import hostile_arrays
from tests.hostile.configs import hostile_configs
from tests.hostile.containers import hostile_containers
from tests.hostile.good import Hostile, archive, legacy, model, weights
from tests.hostile.watch import watched

_NAMES = "P1 P1b P2 P3 P4 P5 P5b P6 P7 P8 P8b P9 P10 P11 P12 P13 P14 P14b P14c P15 P16 P17 P18 P19 P21 P22"
ROWS = set(_NAMES.split())
MEGABYTES, SECONDS = 64, 1.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def files(folder: Path) -> list[Hostile]:
    return [*hostile_configs(folder), *hostile_containers(folder), *hostile_arrays(folder)]


@pytest.fixture(scope="module")
def warm(folder: Path) -> Any:
    """A model; and everything that loading a good file loads is loaded."""
    for suffix, content in ((".keras", archive()), (".h5", legacy())):
        (folder / f"warm{suffix}").write_bytes(content)
        keras.saving.load_model(folder / f"warm{suffix}")
    (folder / "warm.weights.h5").write_bytes(weights())
    made = model()
    made.load_weights(folder / "warm.weights.h5")
    return made


def _reader(item: Hostile, path: Path, target: Any) -> Callable[[], Any]:
    text = item.content.decode() if item.reader in ("layer", "sequential", "json") else ""
    return {
        "model": lambda: keras.saving.load_model(str(path)),
        "weights": lambda: _load_weights(target, str(path)),
        "layer": lambda: keras.layers.deserialize(json.loads(text)),
        "sequential": lambda: keras.Sequential.from_config({"name": "s", "layers": [json.loads(text)]}),
        "json": lambda: keras.models.model_from_json(text),
        "pipe": lambda: keras.saving.load_model(str(path)),
    }[item.reader]


def _load_weights(target: Any, path: str) -> None:
    before = [value.tobytes() for value in target.get_weights()]
    try:
        target.load_weights(path)
    finally:
        assert [value.tobytes() for value in target.get_weights()] == before, "weights changed"


def _suffix(item: Hostile) -> str:
    return next((suffix for suffix in (".weights.h5", ".h5") if item.name.endswith(suffix)), ".keras")


def outcomes(files: list[Hostile], folder: Path, target: Any) -> Iterator[tuple[Hostile, dict[str, Any]]]:
    for index, item in enumerate(files):
        path = folder / f"file{index}{_suffix(item)}"
        if item.reader == "pipe":
            path = folder / "pipe.keras"
        else:
            path.write_bytes(item.content)
        yield item, watched(_reader(item, path, target), str(path))
        if item.reader != "pipe":
            path.unlink()


def test_all_rows_are_there(files: list[Hostile]) -> None:
    assert len(files) >= 120
    assert {item.row for item in files} >= ROWS
    assert not [name for name, count in collections.Counter(map(str, files)).items() if count > 1]


def test_hostile_files_are_refused_and_do_nothing(files: list[Hostile], folder: Path, warm: Any) -> None:
    failures = []
    for item, report in outcomes(files, folder, warm):
        wrong = [f"{report['kind']}: {report['error']}"] if report["kind"] != "refused" else []
        wrong += [f"did {event}" for event in report.get("events", ())]
        wrong += [f"changed {name}" for name in report.get("changed", ())]
        if report.get("megabytes", 0) > MEGABYTES or report.get("seconds", 0) > SECONDS:
            wrong.append(f"cost {report['seconds']:.2f} s, {report['megabytes']:.0f} MB")
        if (folder / "marker").exists():
            wrong.append("left a marker")
        failures += [f"{item}: {text}" for text in wrong]
    assert not failures, f"{len(failures)} failures:\n" + "\n".join(failures)


def test_the_watch_sees(folder: Path, tmp_path: Path) -> None:
    """What the test above would miss if the watch were blind."""
    (tmp_path / "file").touch()
    done = watched(lambda: ((tmp_path / "file").open().close(), np.zeros(100 << 20, "u1").fill(1)), "other")
    assert done["kind"] == "loaded"
    assert any(event.startswith("open") for event in done["events"])
    assert done["megabytes"] > 90
    assert "settings" in watched(lambda: keras.config.set_floatx("float16"), "")["changed"]
    assert watched(lambda: np.zeros(4 << 30, "u1").fill(1), "")["kind"] == "other"
