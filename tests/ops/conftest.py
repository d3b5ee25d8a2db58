"""The sample arguments of every op, from the files in ``rows/``.

A file there has ``ROWS``: the name of an op (``image.resize`` for those that are in a namespace only) ->
a list of ``call(*args, **kwargs)`` with NumPy arrays; tests run each against real Keras.
"""

import runpy
from pathlib import Path
from typing import Any

import pytest


def _load() -> dict[str, list[tuple[tuple[Any, ...], dict[str, Any]]]]:
    rows: dict[str, Any] = {}
    for path in sorted((Path(__file__).parent / "rows").glob("*.py")):
        found = runpy.run_path(str(path))["ROWS"]
        assert not rows.keys() & found.keys(), f"{path.name} repeats {rows.keys() & found.keys()}"
        rows |= found
    return rows


ROWS = _load()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "row" in metafunc.fixturenames:
        calls = [(name, args, kwargs) for name, samples in ROWS.items() for args, kwargs in samples]
        metafunc.parametrize("row", calls, ids=[f"{name}-{index}" for index, (name, _, _) in enumerate(calls)])


@pytest.fixture(scope="session")
def rows() -> dict[str, Any]:
    return ROWS
