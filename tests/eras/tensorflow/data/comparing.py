"""Results of rows beside recorded ones."""

import json
from pathlib import Path
from typing import Any

import numpy as np


def recorded(name: str) -> dict[str, Any]:
    """What TensorFlow gave for the rows of a module."""
    return json.loads((Path(__file__).parent / "fixtures" / f"{name}.json").read_text(encoding="utf-8"))


def same(found: Any, wanted: Any, atol: float = 1e-5) -> None:
    """Refuse results that differ in shape, dtype, text, or by more than `atol`."""
    if isinstance(wanted, dict) and "value" in wanted:
        assert (found["dtype"], found["shape"]) == (wanted["dtype"], wanted["shape"])
        np.testing.assert_allclose(found["value"], wanted["value"], rtol=1e-4, atol=atol)
    elif isinstance(wanted, dict):
        assert sorted(found) == sorted(wanted)
        for key in wanted:
            same(found[key], wanted[key], atol)
    elif isinstance(wanted, list):
        assert len(found) == len(wanted)
        for pair in zip(found, wanted):
            same(*pair, atol)
    else:
        assert found == wanted
