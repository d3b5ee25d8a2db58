"""A module path that Keras once had: the names of today's namespaces, under the old path."""

import importlib
import sys
from types import ModuleType
from typing import Any

from torchkeras._errors import nearest
from torchkeras._missing import error


class OldModule(ModuleType):
    """Looks its names up in other namespaces.

    Where Keras had a function of the same name beside the module (``keras.layers.merge``), the module can be called as
    that function: importing the one makes it an attribute in the place of the other.
    """

    def __init__(self, path: str, namespaces: tuple[str, ...]) -> None:
        super().__init__(path, f"{path} is an old path: its names are in {', '.join(namespaces)}.")
        self.__path__: list[str] = []  # what stands below is found by the finder, not in a folder
        self._namespaces = namespaces

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return [known for known in dir(self) if not known.startswith("_")]
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        for namespace in self._namespaces:
            try:
                return getattr(importlib.import_module(namespace), name)
            except AttributeError:
                continue
        places, hint = " or ".join(self._namespaces), nearest(name, self.__all__)
        text = f"{self.__name__} has no name {name!r}: it was looked up in {places}.{hint}"
        raise error(self, name, text, sys._getframe(1))

    def __dir__(self) -> list[str]:
        found = {name for namespace in self._namespaces for name in dir(importlib.import_module(namespace))}
        return sorted(found.union(*map(former_names, self._namespaces)))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        parent, _, name = self.__name__.rpartition(".")
        return former(parent, name)(*args, **kwargs)


def former(namespace: str, name: str) -> Any:
    """What Keras once had as ``namespace.name``, and has no more.

    Raises:
        AttributeError: nothing is known under this name.
    """
    if name not in former_names(namespace):
        raise AttributeError(f"{namespace} has no name {name!r}", name=name)
    return getattr(importlib.import_module(_place(namespace)), name)


def former_names(namespace: str) -> list[str]:
    """The names that Keras once had in a namespace, and has there no more."""
    place = _place(namespace)
    if namespace == "keras":  # the root holds the mechanism, not names
        return []
    try:
        names: list[str] = importlib.import_module(place).__all__
    except ModuleNotFoundError as error:
        if error.name is None or not f"{place}.".startswith(f"{error.name}."):
            raise  # something that our module needs is not installed
        return []
    return names


def _place(namespace: str) -> str:
    return namespace.replace("keras", "torchkeras._eras", 1)
