"""The one finder: `import keras.x.y`, by every path that Keras ever had, gives torchkeras' own module objects."""

import functools
import importlib
import importlib.abc
import importlib.machinery
import os
import pkgutil
import sys
import sysconfig
import warnings
from collections.abc import Sequence
from types import ModuleType

from torchkeras import _missing
from torchkeras._eras import _paths
from torchkeras._eras._old_module import OldModule
from torchkeras._errors import nearest

# The environment variable by which `import tensorflow` stays TensorFlow proper: TORCHKERAS_TENSORFLOW=real.
TENSORFLOW = "TORCHKERAS_TENSORFLOW"

_ROOTS = {"keras", "tensorflow", *(path.partition(".")[0] for path in _paths.ROOTS)}
_LIBRARIES = tuple({os.path.join(sysconfig.get_path(name), "") for name in ("purelib", "platlib", "stdlib")})


def install() -> None:
    """Put the finder first, once; and let the namespaces that are loaded already look further for a name."""
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    sys.meta_path.insert(0, _Finder())
    for name, module in list(sys.modules.items()):
        if _is_namespace(name):
            _missing.attach(module)


def _is_namespace(name: str) -> bool:
    parts = name.split(".")
    return parts[0] == "torchkeras" and not any(part.startswith("_") for part in parts)


class _Finder(importlib.abc.MetaPathFinder):
    """Answers for `keras`, `tensorflow` and the other roots of Keras, and for nothing else."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The spec whose loader hands out torchkeras' module, or an error that says what is missing."""
        root = fullname.partition(".")[0]
        if _is_namespace(fullname):
            return _looking_further(fullname, path)
        if root not in _ROOTS or (root.startswith("tensorflow") and _wants_tensorflow_proper()):
            return None
        module = module_at(fullname)
        if module is None:
            raise ModuleNotFoundError(_not_found(fullname), name=fullname)
        if isinstance(module, OldModule):
            warnings.warn(module.__doc__ or "", DeprecationWarning, stacklevel=2)
        return importlib.machinery.ModuleSpec(fullname, _Loader(module), is_package=hasattr(module, "__path__"))


def _looking_further(name: str, path: Sequence[str] | None) -> importlib.machinery.ModuleSpec | None:
    """The spec of one of our own namespaces, which once loaded looks further for a name; whoever imports it."""
    spec = importlib.machinery.PathFinder.find_spec(name, path)
    if spec is not None and spec.loader is not None:
        load = spec.loader.exec_module

        def execute(module: ModuleType) -> None:
            load(module)
            _missing.attach(module)

        spec.loader.exec_module = execute  # type: ignore[method-assign]
    return spec


class _Loader(importlib.abc.Loader):
    """Puts a module that exists already under a second name, without touching its own attributes."""

    def __init__(self, module: ModuleType) -> None:
        self.module = module

    def exec_module(self, module: ModuleType) -> None:
        """Replace the fresh `module` that the import system made: it takes what `sys.modules` then holds."""
        assert module.__spec__ is not None
        sys.modules[module.__spec__.name] = self.module
        if self.module.__name__.partition(".")[0] == "torchkeras":
            vars(self.module).setdefault("__path__", [])  # there may be old paths below: `keras.backend.common`
            _missing.attach(self.module)


def _wants_tensorflow_proper() -> bool:
    """Whether `import tensorflow` is not for us: by the user's wish, or because a library asks for its own ends."""
    if os.environ.get(TENSORFLOW) == "real":
        return True
    frame = sys._getframe(1)
    while frame.f_back is not None and (
        frame.f_code.co_filename == __file__ or "importlib" in frame.f_code.co_filename
    ):
        frame = frame.f_back
    asking = frame.f_code.co_filename
    return asking.startswith(_LIBRARIES) and not asking.startswith(os.path.dirname(os.path.dirname(__file__)))


def module_at(path: str) -> ModuleType | None:
    """The module for an import path of Keras or TensorFlow, of any era; None if there is none."""
    path = _paths.under_keras(path)
    root = path.partition(".")[0]
    if root != "keras":
        found = _imported(path.replace("tensorflow", "torchkeras._tensorflow", 1)) if root == "tensorflow" else None
        return found or _on_the_way(path)
    if path in _paths.MODULES:
        return _old_module(path)
    if any(part.startswith("_") for part in path.split(".")):
        return _on_the_way(path)
    today = _imported(path.replace("keras", "torchkeras", 1))
    return today if today is not None else _imported(path.replace("keras", "torchkeras._eras", 1))


@functools.cache
def _old_module(path: str) -> OldModule:
    """One object for a path, by whatever distribution it is named."""
    return OldModule(path, _paths.MODULES[path])


def _on_the_way(path: str) -> ModuleType | None:
    """An empty package for what lies above a name of Keras: `tensorflow.python`, of `tensorflow.python.keras`."""
    if not any(name.startswith(f"{path}.") for name in _paths.ROOTS):
        return None
    package = ModuleType(path)
    package.__path__ = []
    return package


def _imported(name: str) -> ModuleType | None:
    """Our module of that name; one that is only an attribute of its parent counts too."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not (name + ".").startswith(error.name + "."):
            raise  # something that our module needs is not installed
    parent, _, last = name.rpartition(".")
    found = vars(sys.modules[parent]).get(last) if parent in sys.modules else None
    return found if isinstance(found, ModuleType) else None


def _not_found(path: str) -> str:
    today = _paths.under_keras(path)
    if today.startswith("tensorflow"):
        return (
            f"No module named {path!r}: this is TensorFlow proper. torchkeras serves tf.keras and the functions that "
            f"scripts use beside it; with TensorFlow installed, {TENSORFLOW}=real lets it be imported."
        )
    if ".src." in path:
        return (
            f"No module named {path!r}: torchkeras serves Keras' public API under this path, too, and not all of "
            "Keras' own inside."
        )
    if today in _missing.keras_names():
        return f"No module named {path!r}: {today} is part of {_missing.KERAS}, but torchkeras does not have it yet."
    return f"No module named {path!r}.{nearest(today, _siblings(today))}"


def _siblings(path: str) -> list[str]:
    """The paths that can be imported beside `path`."""
    parent = path.rpartition(".")[0]
    folders = getattr(module_at(parent), "__path__", [])
    found = (f"{parent}.{entry.name}" for entry in pkgutil.iter_modules(folders) if not entry.name.startswith("_"))
    return [*found, *_paths.MODULES]
