"""Names and signatures are Keras'. What torchkeras lacks is listed, so that the list can only shrink by intent."""

import importlib
import inspect
from types import ModuleType
from typing import Any

import keras
import pytest

import torchkeras
from torchkeras import _missing


def namespace(root: str, path: str) -> ModuleType | None:
    """The module that stands at the Keras `path` (``keras.layers``) below `root`."""
    try:
        return importlib.import_module(path.replace("keras", root, 1))
    except ModuleNotFoundError:
        return None


def shared_names() -> list[str]:
    """Every public Keras path that torchkeras has."""
    found = []
    for path, names in sorted(_missing.keras_names().items()):
        ours = namespace("torchkeras", path)
        found += [f"{path}.{name}" for name in sorted(names) if hasattr(ours, name)]
    return found


def lookup(root: str, path: str) -> Any:
    parent, _, name = path.rpartition(".")
    return getattr(namespace(root, parent), name)


def signature(item: Any) -> list[tuple[str, str, Any]] | None:
    """Names, kinds and defaults of the parameters; a default that is an object counts by its type."""
    try:
        parameters = inspect.signature(item).parameters.values()
    except ValueError:
        return None
    return [(p.name, p.kind.name, _comparable(p.default)) for p in parameters]


def _comparable(default: Any) -> Any:
    plain = default is inspect.Parameter.empty or isinstance(default, str | int | float | bool | tuple | list | None)
    return default if plain else type(default).__name__


def swapped(rows: list[Any]) -> list[Any]:
    """Keras' order for one and two dimensions, which in three it has the other way round."""
    place = [name for name, _, _ in rows].index("data_format")
    return [*rows[:place], rows[place + 1], rows[place], *rows[place + 2 :]]


IN_OTHER_ORDER = {"keras.layers.Conv3DTranspose", "keras.layers.Convolution3DTranspose"}


@pytest.mark.parametrize("path", shared_names())
def test_the_signature_is_keras(path: str) -> None:
    theirs, ours = signature(lookup("keras", path)), signature(lookup("torchkeras", path))
    assert ours is not None and theirs is not None
    if all(kind in ("VAR_POSITIONAL", "VAR_KEYWORD") for _, kind, _ in theirs):
        return  # Keras tells nothing
    named = [row for row in theirs if row[1] != "VAR_KEYWORD"]
    assert ours[: len(named)] == (swapped if path in IN_OTHER_ORDER else list)(named)


def test_the_list_of_keras_names_is_the_installed_keras() -> None:
    assert keras.__version__ in _missing.KERAS
    for path, names in _missing.keras_names().items():
        module = namespace("keras", path)
        assert module is not None
        assert [name for name in names if not hasattr(module, name)] == []


def test_the_root_holds_only_keras_names_and_our_own() -> None:
    leaked = {name for name, item in vars(torchkeras).items() if not name.startswith("_")} - _keras_root()
    assert leaked - {"gc", "importlib", "Any", "TYPE_CHECKING", "extras"} == {"install_as_keras"}


def _keras_root() -> set[str]:
    return set(dir(keras)) | {path.split(".")[1] for path in _missing.keras_names() if "." in path}
