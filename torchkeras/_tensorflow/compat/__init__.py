"""``tf.compat``: text and bytes, and TensorFlow 1's names in ``v1``."""

import importlib
import os
from typing import Any

from torchkeras._tensorflow import _refused
from torchkeras._tensorflow._rows import own, publish


@own
def as_bytes(bytes_or_text: Any, encoding: str = "utf-8") -> bytes:
    """Text as bytes; bytes as they are.

    Raises:
        TypeError: neither of the two.
    """
    if isinstance(bytes_or_text, str):
        return bytes_or_text.encode(encoding)
    if isinstance(bytes_or_text, (bytes, bytearray)):
        return bytes(bytes_or_text)
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r}.")


@own
def as_text(bytes_or_text: Any, encoding: str = "utf-8") -> str:
    """Bytes as text; text as it is.

    Raises:
        TypeError: neither of the two.
    """
    return as_bytes(bytes_or_text, encoding).decode(encoding)


as_str = as_text


@own
def as_str_any(value: Any, encoding: str = "utf-8") -> str:
    """Bytes as text, and anything else as ``str`` gives it."""
    return as_text(value, encoding) if isinstance(value, bytes) else str(value)


@own
def path_to_str(path: Any) -> str:
    """A path as text."""
    return os.fspath(path)


@own
def dimension_value(dimension: Any) -> int | None:
    """A size as an integer, None if unknown."""
    return None if dimension is None else int(dimension)


@own
def dimension_at_index(shape: Any, index: int) -> Any:
    """The size at that place of a shape."""
    return shape[index]


publish(globals())


_MODULES = {"v1": f"{__name__}.v1", "v2": "torchkeras._tensorflow"}


def _lazily(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__getattr__ = _refused.lookup("tf.compat", globals(), _lazily)
