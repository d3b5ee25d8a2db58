"""`import keras.x.y` gives `torchkeras.x.y`: the same module object, also where real Keras is installed."""

import importlib
import importlib.abc
import importlib.machinery
import pkgutil
import sys
import warnings
from collections.abc import Sequence
from types import ModuleType

from torchkeras import _missing
from torchkeras._errors import nearest

ROOT = "torchkeras"

# Module paths that Keras once had -> where their names are today. One row a path.
LEGACY: dict[str, str] = {
    "keras.utils.vis_utils": "keras.utils",
}


def install_as_keras() -> None:
    """From now on, `import keras` and every import below it gives torchkeras. Calling it again does nothing.

    Raises:
        ImportError: real Keras has already been imported in this process.
    """
    loaded = sys.modules.get("keras")
    if loaded is not None and loaded.__name__ != ROOT:
        raise ImportError(
            f"install_as_keras() came too late: Keras {getattr(loaded, '__version__', '')} from "
            f"{getattr(loaded, '__file__', 'elsewhere')} is already imported in this process. Call it before the first "
            "`import keras` (in a notebook: restart the kernel and run it first).",
            name="keras",
        )
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder(importlib.abc.MetaPathFinder):
    """Answers for `keras` and all below it, and for nothing else."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The spec whose loader hands out torchkeras' module, or an error that says what is missing."""
        if fullname.partition(".")[0] != "keras":
            return None
        today = LEGACY.get(fullname, fullname)
        if today != fullname:
            warnings.warn(f"{fullname} is an old path: its names are in {today}.", DeprecationWarning, stacklevel=2)
        module = _ours(today)
        if module is None:
            raise ModuleNotFoundError(_not_found(fullname), name=fullname)
        return importlib.machinery.ModuleSpec(fullname, _Loader(module), is_package=hasattr(module, "__path__"))


class _Loader(importlib.abc.Loader):
    """Puts a module that exists already under a second name, without touching its own attributes."""

    def __init__(self, module: ModuleType) -> None:
        self.module = module

    def exec_module(self, module: ModuleType) -> None:
        """Replace the fresh `module` that the import system made: it takes what `sys.modules` then holds."""
        assert module.__spec__ is not None
        sys.modules[module.__spec__.name] = self.module
        _missing.attach(self.module)


def _ours(path: str) -> ModuleType | None:
    """torchkeras' module for ``keras.<...>``; one that is only an attribute of its parent counts too."""
    if any(part.startswith("_") for part in path.split(".")) or path.startswith("keras.src"):
        return None
    name = path.replace("keras", ROOT, 1)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not (name + ".").startswith(error.name + "."):
            raise  # something that our module needs is not installed
    parent, _, last = name.rpartition(".")
    found = getattr(sys.modules.get(parent), last, None)
    return found if isinstance(found, ModuleType) else None


def _not_found(path: str) -> str:
    if path.startswith("keras.src"):
        return f"No module named {path!r}: torchkeras serves Keras' public API, and keras.src is Keras' own inside."
    if path in _missing.keras_names():
        return f"No module named {path!r}: {path} is part of {_missing.KERAS}, but torchkeras does not have it yet."
    return f"No module named {path!r}.{nearest(path, _siblings(path))}"


def _siblings(path: str) -> list[str]:
    """The paths that can be imported beside `path`."""
    parent = path.rpartition(".")[0]
    folders = getattr(_ours(parent), "__path__", [])
    found = (f"{parent}.{entry.name}" for entry in pkgutil.iter_modules(folders) if not entry.name.startswith("_"))
    return [*found, *LEGACY]
