"""How messages are worded: the nearest known name, a value without its contents."""

import difflib
import os
import sys
import warnings
from collections.abc import Iterable
from types import ModuleType
from typing import Any

import torch

from torchkeras import _conflict

# Nearly every module imports this one: the other project called torchkeras is met here even if it replaced our root.
_conflict.check()


def nearest(name: str, known: Iterable[str]) -> str:
    """``" Did you mean 'x'?"``, or an empty text where nothing known is close to `name`."""
    # Of names that differ only in case (`Huber`, `huber`) the one that starts as `name` does comes last, and stays.
    known = sorted(known, key=lambda candidate: candidate[:1].isupper() == name[:1].isupper())
    lowered = {candidate.lower(): candidate for candidate in known}
    found = difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=0.6)
    return f" Did you mean {lowered[found[0]]!r}?" if found else ""


def unknown(kind: str, name: object, known: Iterable[str], error: type[Exception] = ValueError) -> Exception:
    """The error for a name that no table holds.

    >>> print(unknown("loss", "mean_sqared_error", ["mean_squared_error", "hinge"]))
    Unknown loss: 'mean_sqared_error'. Did you mean 'mean_squared_error'?
    """
    hint = nearest(name, known) if isinstance(name, str) else ""
    return error(f"Unknown {kind}: {name!r}.{hint}")


def brief(value: Any) -> str:
    """A value in a few words: tensors and arrays by shape and dtype, never by their contents."""
    if isinstance(value, torch.Tensor) or (hasattr(value, "shape") and hasattr(value, "dtype")):
        dtype = str(value.dtype).removeprefix("torch.")
        return f"{type(value).__name__} of shape {tuple(value.shape)} and dtype {dtype}"
    if isinstance(value, (list, tuple)):
        items = [brief(item) for item in value[:4]] + ["..."] * (len(value) > 4)
        return f"{type(value).__name__} of {len(value)}: [{', '.join(items)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {brief(item)}" for key, item in list(value.items())[:4]) + "}"
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


_PACKAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "")


def deprecated(text: str) -> None:
    """A DeprecationWarning at the line outside of this package that led here."""
    warn(text, DeprecationWarning)


def warn(text: str, category: type[Warning] = UserWarning) -> None:
    """A warning at the line outside of this package that led here."""
    frame, depth = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame, depth = frame.f_back, depth + 1
    warnings.warn(text, category, stacklevel=depth)


def is_missing_name(error: Exception) -> bool:
    """Whether a name in the user's code is nowhere defined, so that no other input would help."""
    missing = isinstance(error, (NameError, ImportError))
    return missing or (isinstance(error, AttributeError) and isinstance(error.obj, ModuleType))
