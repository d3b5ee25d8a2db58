"""The house keeps its levels, and imports stand where a reader looks for them."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "torchkeras"
FILES = sorted(path for path in PACKAGE.rglob("*.py"))
# Loaded on first use, inside the function that needs them: they cost too much at `import torchkeras`.
ON_FIRST_USE = {"h5py", "torchinfo", "torchviz", "pydot", "pygraphviz", "rich", "pandas", "scipy", "PIL", "matplotlib"}
ON_FIRST_USE |= {"tensorboard", "safetensors", "tqdm", "tensorflow"}
# Modules whose business is to load others late.
LATE = {"_alias.py", "__init__.py", "_namespaces.py"}
# Two that need each other: the one that is looked up late, and where.
KNOTS = {
    "models/_model.py": "torchkeras.models._functional",
}


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every import below `tree`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." * node.level + (node.module or "")


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def test_a_level_imports_only_lower_levels() -> None:
    # in a process of its own: import-linter keeps the output stream that it first saw
    source = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    command = [sys.executable, "-c", source]
    done = subprocess.run(command, cwd=PACKAGE.parent, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_stand_at_the_top(path: Path) -> None:
    if path.name in LATE:
        return
    functions = [node for node in ast.walk(parse(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    hidden = {found for function in functions for found in imports(function)}
    hidden = {(line, name) for line, name in hidden if name.partition(".")[0] not in ON_FIRST_USE}
    knot = KNOTS.get(path.relative_to(PACKAGE).as_posix())
    hidden = {(line, name) for line, name in hidden if name != knot}
    assert not hidden, f"imports inside functions, other than heavy third-party packages: {sorted(hidden)}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_real_keras_is_never_imported(path: Path) -> None:
    roots = {name.partition(".")[0] for _, name in imports(parse(path))}
    assert not roots & {"keras", "tensorflow", "jax"}
