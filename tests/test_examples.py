"""Every script in examples/ runs as its docstring says, and says by its exit status whether it learned."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
# what may be typed, and what runs it here
PROGRAMS = {"python": [sys.executable], "torchrun": [sys.executable, "-m", "torch.distributed.run"]}
# fewer rounds than by default, where a script takes their number
ARGUMENTS = {"happy_model.py": ["4"]}


def command(script: Path) -> list[str]:
    """The indented line of the docstring, without what is optional in it."""
    told = ast.get_docstring(ast.parse(script.read_text(encoding="utf-8")), clean=False) or ""
    line = re.search(rf"^    (python|torchrun) (.*) examples/{script.name}", told, re.MULTILINE)
    assert line, f"{script.name}: its docstring does not say how to run it"
    return [*PROGRAMS[line[1]], *line[2].split(), str(script), *ARGUMENTS.get(script.name, [])]


@pytest.mark.parametrize("script", EXAMPLES, ids=lambda script: script.stem)
def test_example(script: Path, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KERAS")}
    environment |= {"OMP_NUM_THREADS": "1", "MPLBACKEND": "Agg", "KERAS_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command(script), cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=170, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert done.stdout.strip(), "it prints no result"


def test_an_example_that_does_not_learn_would_be_found(tmp_path: Path) -> None:
    script = tmp_path / "examples" / "lazy.py"
    script.parent.mkdir()
    script.write_text('"""Lazy.\n\n    python -m torchkeras examples/lazy.py [rounds]\n"""\nraise SystemExit(1)\n')
    assert command(script)[1:] == ["-m", "torchkeras", str(script)]
    assert subprocess.run([sys.executable, str(script)], check=False).returncode == 1
