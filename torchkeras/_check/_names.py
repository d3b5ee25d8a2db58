"""How a dotted path of Keras or TensorFlow is served: looked up as the script would, without the script."""

import warnings
from collections.abc import Iterable
from types import ModuleType
from typing import Any, NamedTuple

from torchkeras import _missing
from torchkeras._eras import _finder, _paths
from torchkeras._eras._old_module import OldModule

TODAY, ANEW, ERAS, MISSING, DEFAULT = "as today", "spelt anew", "served", "missing", "other default"


class Verdict(NamedTuple):
    """What becomes of a use: one of the kinds, and the words to it."""

    kind: str
    text: str = ""


class Missing(LookupError):
    """A path leads nowhere; the message says why."""


def look_up(path: str) -> Any:
    """The object at a dotted path.

    Raises:
        Missing: there is none.
    """
    parts = path.split(".")
    found: Any = None
    for count in range(len(parts), 0, -1):
        module = _module(".".join(parts[:count]))
        if module is not None:
            found = module
            break
    else:
        raise Missing(_finder._not_found(path))
    for name in parts[count:]:
        found = _attribute(found, name)
    return found


def _module(path: str) -> ModuleType | None:
    module = _finder.module_at(path)
    if module is None:
        return None
    if isinstance(module, OldModule):
        warnings.warn(module.__doc__ or "", DeprecationWarning, stacklevel=2)
    elif module.__name__.partition(".")[0] == "torchkeras":
        _missing.attach(module)
    return module


def _attribute(owner: Any, name: str) -> Any:
    try:
        return getattr(owner, name)
    except (AttributeError, ImportError) as error:
        raise Missing(str(error)) from None


def verdict(path: str) -> Verdict:
    """How a name is served."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            found = look_up(path)
        except Missing as error:
            return Verdict(MISSING, str(error))
    reason = getattr(found, "_refused", None)
    if isinstance(reason, str):
        return Verdict(MISSING, f"not served: {reason}")
    today = vars(found).get("_today") if hasattr(found, "__dict__") else None
    if today:
        return Verdict(ANEW, f"today `{today}`")
    texts = [str(warning.message) for warning in told if warning.category is DeprecationWarning]
    if texts:
        return Verdict(ANEW, texts[-1])
    return Verdict(TODAY if _is_todays(path) else ERAS, "")


def _is_todays(path: str) -> bool:
    """Whether Keras 3 has the name, or it is a part of something that it has."""
    parts = _paths.under_keras(path).split(".")
    known = _missing.keras_names()
    spaces = [count for count in range(1, len(parts) + 1) if ".".join(parts[:count]) in known]
    return bool(spaces) and (spaces[-1] == len(parts) or parts[spaces[-1]] in known[".".join(parts[: spaces[-1]])])


def public(path: str) -> Iterable[str]:
    """The names that ``from path import *`` gives."""
    module = _module(path)
    if module is None:
        return ()
    listed = getattr(module, "__all__", None)
    return listed if listed is not None else [name for name in dir(module) if not name.startswith("_")]


def imported(path: str) -> Any:
    """The object at a path that exists, in silence; None if it does not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return look_up(path)
        except Missing:
            return None
