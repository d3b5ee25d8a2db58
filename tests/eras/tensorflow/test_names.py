"""Every public name of the stand-in has a row, or stands in a test; all others say that they are TensorFlow proper."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from torchkeras import _tensorflow as tf

FOLDER = Path(__file__).parent
# Namespaces with test files of their own.
OTHERS = ("audio", "data", "gfile", "image", "io", "python", "lookup", "ragged", "sparse", "strings", "summary")


def modules(package: ModuleType = tf, path: str = "tf") -> Iterator[tuple[str, ModuleType]]:
    """Each public module of the stand-in, under TensorFlow's path."""
    yield path, package
    for entry in pkgutil.iter_modules(package.__path__ if hasattr(package, "__path__") else []):
        if not entry.name.startswith("_") and not (path == "tf" and entry.name in OTHERS):
            yield from modules(importlib.import_module(f"{package.__name__}.{entry.name}"), f"{path}.{entry.name}")


MODULES = dict(modules())


def public(module: ModuleType) -> dict[str, Any]:
    """The names of a module that are its own: functions, classes and values."""
    listed = getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]
    found = {name: vars(module)[name] for name in listed if name in vars(module)}
    hidden = {"Any", "ModuleType", "importlib", "pkgutil", "sys", "warnings"}
    return {name: item for name, item in found.items() if not isinstance(item, ModuleType) and name not in hidden}


NAMES = {f"{path}.{name}": item for path, module in MODULES.items() for name, item in public(module).items()}


# How tests call some modules for short.
SHORT = {"tf1": "tf.compat.v1", "flags": "tf.compat.v1.flags", "tnp": "tf.experimental.numpy", "train": "tf.train"}


def _tested() -> set[int]:
    """What the rows and tests of this folder name, by identity: aliases of a tested function are tested."""
    files = [path for path in FOLDER.rglob("*") if path.suffix in (".txt", ".py") and path.name != Path(__file__).name]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    found = set()
    for path in set(re.findall(rf"\b(?:tf|{'|'.join(SHORT)})(?:\.\w+)+", text)):
        first, *rest = path.split(".")
        for length in range(1, len(rest) + 1):
            full = ".".join([SHORT.get(first, first), *rest[:length]])
            for name in (full, full.replace("tf.compat.v1.", "tf.")):  # the names of today are there as well
                if name in NAMES:
                    found.add(id(NAMES[name]))
    return found


TESTED = _tested()


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_is_tested(name: str) -> None:
    assert id(NAMES[name]) in TESTED, f"{name} has no row, and no test names it"


@pytest.mark.parametrize("path", MODULES)
def test_other_names_are_tensorflow_proper(path: str) -> None:
    with pytest.raises(AttributeError, match=rf"{re.escape(path)}\.no_such is TensorFlow proper: torchkeras"):
        getattr(MODULES[path], "no_such")  # noqa: B009


def test_the_page_promises_nothing_that_is_not_there() -> None:
    page = (FOLDER.parents[2] / "docs" / "tensorflow.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## (tf[\w.]*)\n\n(.*)$", page, re.MULTILINE)
    assert {path for path, _ in sections} >= {"tf", "tf.nn", "tf.math", "tf.data", "tf.compat.v1"}
    for path, names in sections:
        module = importlib.import_module(path.replace("tf", "torchkeras._tensorflow", 1))
        for name in re.findall(r"`(\w+)`", names):
            assert hasattr(module, name), f"docs/tensorflow.md names {path}.{name}: run docs/make_pages.py"
