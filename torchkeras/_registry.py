"""Names that stand for our objects in configs and files, and the users' custom objects.

The one closed table of D10: modules enter their public classes and functions with
:func:`catalogue`, users theirs with :func:`register_keras_serializable`. Nothing here imports.
"""

import contextlib
import contextvars
import inspect
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")

# (Keras module, name) -> object, for example ("keras.layers", "Dense").
BUILT_IN: dict[tuple[str, str], Any] = {}
# object -> the (Keras module, name) under which configs write it.
PATHS: dict[Any, tuple[str, str]] = {}

_custom: dict[str, Any] = {}
_custom_names: dict[Any, str] = {}
_scope: contextvars.ContextVar[dict[str, Any]] = contextvars.ContextVar("torchkeras_custom_objects")


def catalogue(module: str, *objects: Any, **aliases: Any) -> None:
    """Enter public `objects` of ``keras.<module>`` under their own names, and `aliases` under theirs."""
    path = f"keras.{module}" if module else "keras"
    for item in objects:
        BUILT_IN[path, item.__name__] = item
        PATHS.setdefault(item, (path, item.__name__))
    for name, item in aliases.items():
        BUILT_IN[path, name] = item


def built_in(module: str, name: str) -> Any | None:
    """Our object of that Keras path, or None."""
    return BUILT_IN.get((module, name))


def by_name(name: str, near: str = "") -> Any | None:
    """Our object of that name in any Keras module; of several, the one whose module shares a word with `near`."""
    found = [(module, item) for (module, entry), item in BUILT_IN.items() if entry == name]
    words = set(near.split("."))
    found.sort(key=lambda pair: -len(words & set(pair[0].split("."))))
    return found[0][1] if found else None


def function(name: str) -> Any | None:
    """Our public function (not class) of that name: what ``{"class_name": "function"}`` stands for."""
    for (_, entry), item in BUILT_IN.items():
        if entry == name and not inspect.isclass(item):
            return item
    return None


def written_as(item: Any, module: str, name: str) -> None:
    """Let configs name `item` by this path, where Keras uses another one than the public name."""
    PATHS[item] = (module, name)
    BUILT_IN.setdefault((module, name), item)


def names(module: str) -> dict[str, Any]:
    """All entries of one Keras module: the row-driven tests and name suggestions iterate this."""
    path = f"keras.{module}" if module else "keras"
    return {name: item for (where, name), item in BUILT_IN.items() if where == path}


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[T], T]:
    """Decorator: configs and files may name this class or function, as ``package>name``.

    Raises:
        ValueError: a class without ``get_config``, or something already registered under the name.
    """

    def decorate(item: T) -> T:
        key = f"{package}>{name or item.__name__}"  # type: ignore[attr-defined]
        if inspect.isclass(item) and not hasattr(item, "get_config"):
            raise ValueError(f"Cannot register a class that does not have a get_config() method: {item.__name__}.")
        _custom[key] = item
        _custom_names[item] = key
        return item

    return decorate


def get_registered_name(obj: Any) -> str:
    """``package>name`` of a registered object, else its own name."""
    return _custom_names.get(obj, getattr(obj, "__name__", None) or type(obj).__name__) if _hashable(obj) else ""


def get_registered_object(
    name: str, custom_objects: dict[str, Any] | None = None, module_objects: dict[str, Any] | None = None
) -> Any | None:
    """The custom object of that name: enclosing scopes first, then registered ones, then the given tables."""
    for table in (_scope.get({}), _custom, custom_objects or {}, module_objects or {}):
        if name in table:
            return table[name]
    return None


def get_custom_objects() -> dict[str, Any]:
    """The live dictionary of registered objects; entries put into it are known everywhere."""
    return _custom


class CustomObjectScope(contextlib.AbstractContextManager[Any]):
    """``with CustomObjectScope({"MyLayer": MyLayer}): ...``: these names are known inside the block."""

    def __init__(self, custom_objects: dict[str, Any] | None) -> None:
        self.custom_objects = custom_objects or {}
        self._tokens: list[contextvars.Token[Any]] = []

    def __enter__(self) -> "CustomObjectScope":
        self._tokens.append(_scope.set({**_scope.get({}), **self.custom_objects}))
        return self

    def __exit__(self, *error: Any) -> None:
        _scope.reset(self._tokens.pop())


custom_object_scope = CustomObjectScope


class _Uids:
    """Counters behind automatic names: ``dense``, ``dense_1``, ..."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def next(self, prefix: str) -> int:
        self.counts[prefix] = self.counts.get(prefix, 0) + 1
        return self.counts[prefix]


_uids = _Uids()

# the names of the enclosing ``keras.name_scope`` blocks
name_scopes: list[str] = []


def get_uid(prefix: str = "") -> int:
    """1, 2, 3, ... for each `prefix`, since the last ``clear_session``."""
    return _uids.next(prefix)


def reset_uids() -> None:
    """Start all automatic names anew."""
    _uids.counts.clear()


def auto_name(prefix: str) -> str:
    """``prefix``, ``prefix_1``, ``prefix_2``, ..."""
    number = _uids.next(prefix)
    return prefix if number == 1 else f"{prefix}_{number - 1}"


def uniquify(names: list[str]) -> Iterator[str]:
    """The same names, later repeats told apart by ``_1``, ``_2``, ..."""
    seen: dict[str, int] = {}
    for name in names:
        count = seen.get(name, 0)
        seen[name] = count + 1
        yield f"{name}_{count}" if count else name


def _hashable(item: Any) -> bool:
    return getattr(type(item), "__hash__", None) is not None


def to_snake_case(name: str) -> str:
    """The automatic layer name of a class.

    >>> to_snake_case("MaxPooling2D"), to_snake_case("BatchNormalization"), to_snake_case("PReLU")
    ('max_pooling2d', 'batch_normalization', 'p_re_lu')
    """
    out = []
    for index, char in enumerate(name):
        if char.isupper() and index and _starts_word(name, index):
            out.append("_")
        out.append(char.lower() if char.isalnum() or char == "_" else "_")
    return "".join(out).strip("_") or "layer"


def _starts_word(name: str, index: int) -> bool:
    before, after = name[index - 1], name[index + 1 : index + 2]
    return before.islower() or (before.isupper() and after.islower())
