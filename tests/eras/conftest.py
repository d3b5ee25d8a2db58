"""The warm process in which the scripts of this folder's tests run."""

import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

collect_ignore_glob = ["scripts/*", "record*"]  # run by the runner or beside TensorFlow, not imported

RUNNING = runpy.run_path(str(Path(__file__).with_name("running.py")), run_name="running")


@pytest.fixture(scope="session")
def runner() -> Iterator[Any]:
    """``runner.run(script or text, *args, cwd=tmp_path)`` -> code, stdout, stderr, facts, ``check()``."""
    with RUNNING["warm"]() as found:
        yield found
