"""``forked.on_ranks`` runs a function on several ranks; ``cells.run`` gives the results of all trainings."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

_HERE = Path(__file__).parent
FORKED = SimpleNamespace(**runpy.run_path(str(_HERE / "forked.py")))
CELLS = SimpleNamespace(**runpy.run_path(str(_HERE / "cells.py")))


@pytest.fixture
def on_ranks() -> object:
    """``on_ranks(2, function)``: what the function returns on each rank."""
    return FORKED.on_ranks


@pytest.fixture
def cells() -> SimpleNamespace:
    """What ``cells.py`` defines."""
    return CELLS
