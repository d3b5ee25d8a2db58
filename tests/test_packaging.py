"""The project's own files agree with one another, and the package keeps what they promise."""

import importlib.metadata
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from torchkeras import _conflict
from torchkeras._version import __version__

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HEAVY = [
    "torchinfo",
    "torchviz",
    "h5py",
    "pydot",
    "pygraphviz",
    "rich",
    "pandas",
    "scipy",
    "matplotlib",
    "PIL",
    "keras",
]


def requirements(*extras: str) -> list[Requirement]:
    rows = [*PROJECT["dependencies"], *(row for extra in extras for row in PROJECT["optional-dependencies"][extra])]
    return [requirement for row in rows if (requirement := Requirement(row)).name != PROJECT["name"]]


def python(source: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    command = [sys.executable, "-c", source]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=150, check=False)


def test_the_distribution_has_its_own_name() -> None:
    assert PROJECT["name"] == "torchkeras-compat"
    assert PROJECT["requires-python"] == ">=3.10"
    names = {requirement.name for requirement in requirements()}
    assert names == {"torch", "numpy", "torchinfo", "torchviz", "h5py", "pydot", "rich"}
    try:
        installed = importlib.metadata.version("torchkeras-compat")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("the package runs from the source tree, not installed")
    assert installed == __version__


def test_every_direct_dependency_is_pinned_within_its_range() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = {pin.name: next(iter(pin.specifier)).version for pin in map(Requirement, filter(_is_pin, lines))}
    for requirement in requirements(*PROJECT["optional-dependencies"]):
        if requirement.marker is None:
            assert requirement.name in pins, f"{requirement.name} has no line in constraints.txt"
            assert pins[requirement.name] in requirement.specifier


def _is_pin(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def test_no_page_tells_users_to_install_the_other_project() -> None:
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("**/*.md"))]
    assert len(pages) > 4
    for page in pages:
        for words in page.read_text(encoding="utf-8").replace("`", " ").split("pip install ")[1:]:
            assert "torchkeras" not in words.split("\n")[0].split(), f"{page} installs the other project"


def test_importing_loads_nothing_heavy_and_leaves_the_collector_on() -> None:
    source = f"""
import gc, sys, torch
before = set(sys.modules)
import torchkeras
print([name for name in {HEAVY} if name in sys.modules and name not in before], gc.isenabled())
"""
    done = python(source)
    assert done.stdout == "[] True\n", done.stderr + done.stdout


# -- beside the other project -----------------------------------------------------------------------------------------


def test_the_other_distribution_is_refused_by_name(tmp_path: Path) -> None:
    metadata = tmp_path / "torchkeras-4.0.5.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: torchkeras\nVersion: 4.0.5\n")
    done = python("import torchkeras", PYTHONPATH=f"{ROOT}{os.pathsep}{tmp_path}")
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ImportError: Two projects install a package named 'torchkeras': torchkeras-compat")
    assert "torchkeras 4.0.5" in last and "pip uninstall torchkeras" in last


def test_files_of_the_other_project_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _conflict.check()
    foreign = tmp_path / "kerasmodel.py"
    monkeypatch.setattr(_conflict, "_FOREIGN", foreign)
    _conflict.check.__wrapped__()
    foreign.write_text("")
    with pytest.raises(ImportError, match=r"torchkeras-compat .* and torchkeras \(KerasModel"):
        _conflict.check.__wrapped__()


def test_our_modules_refuse_the_other_projects_root(tmp_path: Path) -> None:
    """Installed after ours, the other project replaces our `__init__.py`."""
    package = tmp_path / "torchkeras"
    package.mkdir()
    for entry in (ROOT / "torchkeras").iterdir():
        if entry.name != "__pycache__":
            (package / entry.name).symlink_to(entry)
    for name, text in {"__init__.py": "", "kerasmodel.py": "class KerasModel: pass", "_conflict.py": None}.items():
        source = (package / name).read_text(encoding="utf-8") if text is None else text
        (package / name).unlink(missing_ok=True)
        (package / name).write_text(source, encoding="utf-8")
    for source in ("from torchkeras import layers", "import runpy; runpy.run_module('torchkeras')"):
        done = python(source, cwd=tmp_path, PYTHONPATH=str(tmp_path))
        assert "Two projects install a package named 'torchkeras'" in done.stderr, source


# -- make and .ci ------------------------------------------------------------------------------------------------------


def test_continuous_integration_runs_the_tests_and_the_checks() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    commands = [line for line in script.read_text(encoding="utf-8").splitlines() if line.startswith("make")]
    assert commands == ["make test", "make test-long", "make check"]


@pytest.mark.parametrize("target", ["demo", "test", "test-long", "check", "bench", "docs"])
def test_each_target_makes_its_environment_first(target: str) -> None:
    command = ["make", "-n", "-W", "pyproject.toml", target]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    lines = done.stdout.splitlines()
    install = next(number for number, line in enumerate(lines) if "pip install" in line)
    assert "-c constraints.txt" in lines[install]
    assert any(word in line for line in lines[install + 1 :] for word in ("-m ", "/ruff"))


# -- the documentation -------------------------------------------------------------------------------------------------


def test_the_compatibility_page_is_up_to_date() -> None:
    pages = runpy.run_path(str(ROOT / "docs" / "make_pages.py"))
    assert pages["COMPATIBILITY"].read_text(encoding="utf-8") == pages["compatibility"](), "run docs/make_pages.py"


def test_every_page_is_in_the_contents() -> None:
    contents = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    pages = [*(ROOT / "docs" / "guide").glob("*.md")]
    assert len(pages) >= 4
    assert [page.name for page in pages if f"guide/{page.stem}\n" not in contents] == []


GUIDES = ["getting_started", "layers", "training", "mixed_precision", "callbacks", "data", "custom_steps"]


COMPILING = pytest.param("docs/guide/compiling.md", marks=pytest.mark.long)  # two compilations


@pytest.mark.parametrize("page", ["README.md", COMPILING] + [f"docs/guide/{name}.md" for name in GUIDES])
def test_the_code_on_a_page_runs(page: str, tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    done = python("\n".join(blocks), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
