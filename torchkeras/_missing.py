"""What Keras has and torchkeras lacks: one clear error, worded from a list that is read only when a lookup fails."""

import contextlib
import functools
import opcode
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from torchkeras._errors import nearest

KERAS = "Keras 3.15.1"
_IMPORT_FROM = opcode.opmap["IMPORT_FROM"]

# Finds what a namespace once had: ``(namespace, name) -> object``, or an AttributeError; and tells the names.
Former = Callable[[str, str], Any]
Names = Callable[[str], list[str]]
_former: list[tuple[Former, Names]] = []


def set_former(find: Former, names: Names) -> None:
    """Let failed lookups ask `find` before they explain themselves, and ``import *`` bring what `names` tells."""
    _former[:] = [(find, names)]


@functools.cache
def keras_names() -> dict[str, frozenset[str]]:
    """Keras' public namespaces, each with its classes and functions: ``{"keras.layers": {"Dense", …}}``."""
    lines = Path(__file__).with_name("_keras_names.txt").read_text(encoding="utf-8").splitlines()
    rows = (line.partition(":") for line in lines if not line.startswith("#"))
    return {namespace: frozenset(names.split()) for namespace, _, names in rows}


def in_keras(path: str) -> bool:
    """Whether the dotted `path` (``keras.layers.Dense``, ``keras.layers``) is public in Keras."""
    namespace, _, name = path.rpartition(".")
    return path in keras_names() or name in keras_names().get(namespace, ())


def explain(path: str, known: Iterable[str]) -> str:
    """The message for a lookup of ``keras.<...>`` that failed, with the nearest of the names `known` there."""
    namespace, _, name = path.rpartition(".")
    hint = nearest(name, known)
    if in_keras(path):
        return f"{path} is part of {KERAS}, but torchkeras does not have it yet.{hint}"
    return f"{namespace} has no name {name!r}, neither in torchkeras nor in {KERAS}.{hint}"


def attach(module: ModuleType) -> None:
    """Let failed lookups on this namespace of torchkeras, and on those reached through it, explain themselves."""
    current = module.__dict__.get("__getattr__")
    if not isinstance(current, Lookup):
        module.__dict__["__getattr__"] = Lookup(module, current)


class Lookup:
    """A module's ``__getattr__``: its own one if it has one (lazy loading), then the explanation."""

    def __init__(self, module: ModuleType, original: Callable[[str], Any] | None) -> None:
        self.module = module
        self.original = original
        self._found: dict[str, Any] = {}  # former names: scripts ask for `K.sum` in every step

    def __call__(self, name: str) -> Any:
        if name in self._found:
            return self._found[name]
        try:
            value = self._original(name)
        except AttributeError:
            if name == "__all__" and self._former_names():
                return [*(known for known in vars(self.module) if not known.startswith("_")), *self._former_names()]
            if name.startswith("__"):
                raise
            for find, _ in _former:
                with contextlib.suppress(AttributeError):
                    return self._found.setdefault(name, find(self._path, name))
            if name.startswith("_"):
                raise
        else:
            if isinstance(value, ModuleType) and value.__name__ == f"{self.module.__name__}.{name}":
                attach(value)
            return value
        raise error(self.module, name, self._explain(name), sys._getframe(1))

    def _former_names(self) -> list[str]:
        return [known for _, names in _former for known in names(self._path)]

    @property
    def _path(self) -> str:
        return self.module.__name__.replace("torchkeras._eras", "torchkeras", 1).replace("torchkeras", "keras", 1)

    def _original(self, name: str) -> Any:
        if self.original is None:
            raise AttributeError(f"module {self.module.__name__!r} has no attribute {name!r}")
        return self.original(name)

    def _explain(self, name: str) -> str:
        return explain(f"{self._path}.{name}", (known for known in dir(self.module) if not known.startswith("_")))


def error(module: ModuleType, name: str, message: str, caller: FrameType) -> Exception:
    """The error for a name that a module lacks, looked up by the code in the frame `caller`."""
    # `from keras.x import y` drops the text of an AttributeError and words its own, so it gets an ImportError.
    if caller.f_lasti >= 0 and caller.f_code.co_code[caller.f_lasti] == _IMPORT_FROM:
        return ImportError(message, name=module.__name__)
    return AttributeError(message, name=name, obj=module)
