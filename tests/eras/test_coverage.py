"""The share of what Keras 3 refuses in wild scripts that is served: it does not fall."""

import runpy
from pathlib import Path
from typing import Any

import pytest

COVERAGE = runpy.run_path(str(Path(__file__).with_name("coverage.py")), run_name="coverage")
WANTED = COVERAGE["WANTED"]


def test_the_lists_are_whole() -> None:
    assert {kind: len(WANTED[kind]) for kind in ("names", "keywords", "idioms", "used")} == {
        "names": 100,
        "keywords": 44,
        "idioms": 52,
        "used": 162,
    }
    known = {name for kind in ("names", "keywords", "idioms", "used") for name in WANTED[kind]}
    assert WANTED["refused"].keys() <= known
    assert {name for listed in WANTED["pending"].values() for name in listed} <= known


@pytest.mark.parametrize("kind", ["names", "keywords", "idioms", "used"])
def test_the_share_does_not_fall(kind: str, runner: Any, tmp_path: Path) -> None:
    share = COVERAGE[kind](runner, tmp_path)
    missing = set(share.missing) - set(WANTED["pending"].get(kind, ()))
    assert not missing, "\n".join(COVERAGE["report"](share))


def test_what_is_refused_is_refused_with_a_reason(runner: Any, tmp_path: Path) -> None:
    share = COVERAGE["keywords"](runner, tmp_path)
    assert share.failed["load_weights(exclude)"].startswith("ValueError: Invalid keyword arguments")
    assert share.served == pytest.approx(43 / 44)
    assert share.served_uses > 0.99
    assert next(iter(COVERAGE["report"](share))) == "keywords: 43 of 44 served (97.7%; 99.9% of the uses)"
