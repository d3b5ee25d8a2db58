"""``build`` in a test's arguments runs it for every model of ``architectures.py``."""

import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import pytest

from torchkeras import _registry

FOUND = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("architectures.py"))))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "build" in metafunc.fixturenames:
        metafunc.parametrize("build", FOUND.ARCHITECTURES.values(), ids=FOUND.ARCHITECTURES)


@pytest.fixture
def models() -> Any:
    """What ``architectures.py`` defines: ``models.cnn(keras)``, ``models.data_for(model)``."""
    return FOUND


@pytest.fixture(autouse=True)
def fresh_names() -> None:
    """Automatic names count from the start in real Keras, too."""
    keras.utils.clear_session(free_memory=False)
    _registry.reset_uids()
