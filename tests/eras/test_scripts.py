"""Scripts of every era run to the end, unmodified, and tell what real Keras tells."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent
SCRIPTS = sorted((FOLDER / "scripts").glob("*.py"))
NUMBER = re.compile(r"[-+]?\d+\.\d*(?:[eE][-+]?\d+)?")


def same(line: str, recorded: str) -> bool:
    """Whether two lines differ in nothing but the last digits of numbers with a decimal point."""
    if NUMBER.sub("#", line) != NUMBER.sub("#", recorded):
        return False
    pairs = zip(NUMBER.findall(line), NUMBER.findall(recorded), strict=True)
    return all(float(a) == pytest.approx(float(b), rel=2e-4, abs=2e-5) for a, b in pairs)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_runs_and_tells_what_keras_tells(script: Path, runner: Any, tmp_path: Path) -> None:
    facts = runner.run(script, cwd=tmp_path).check().facts
    recorded = json.loads((FOLDER / "recorded" / f"{script.stem}.json").read_text(encoding="utf-8"))
    assert facts, "a script tells at least one fact"
    assert len(facts) == len(recorded["facts"]), (facts, recorded["facts"])
    different = [(ours, theirs) for ours, theirs in zip(facts, recorded["facts"]) if not same(ours, theirs)]
    assert not different
