"""Every exported name is computed by a row or used in a test of this folder."""

import ast
import runpy
from pathlib import Path

import pytest

from torchkeras._eras import backend as K

FOLDER = Path(__file__).parent


def used() -> set[str]:
    found = {row.name for row in runpy.run_path(str(FOLDER / "rows.py"))["ROWS"]}
    for path in FOLDER.glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "K":
                found.add(node.attr)
    return found


@pytest.mark.parametrize("name", sorted(K.__all__))
def test_it_is_tested(name):
    assert name in used()
    assert getattr(K, name).__doc__
