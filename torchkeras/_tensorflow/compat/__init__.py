"""``tf.compat``: text and bytes, and TensorFlow 1's names in ``v1``."""

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


def _lazily(name: str) -> Any:
    if name == "v1":
        from torchkeras._tensorflow.compat import v1

        return v1
    if name == "v2":
        from torchkeras import _tensorflow

        return _tensorflow
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__getattr__ = _refused.lookup("tf.compat", globals(), _lazily)
