"""Text in arguments: plain, or in a tensor."""

import os
from typing import Any

from torchkeras._pipeline import RaggedTensor, StringTensor


def bytes_of(value: Any) -> bytes:
    """The bytes of one text.

    Raises:
        TypeError: no text, or several.
    """
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    text = StringTensor(value)
    if text.ndim:
        raise TypeError(f"Expected one text, got {text.shape.numel()} of shape {tuple(text.shape)}.")
    return text.numpy()


def text_of(value: Any) -> str:
    """One text, decoded."""
    return os.fsdecode(bytes_of(value))


def tensor_of(value: Any) -> Any:
    """Text as a tensor; ragged ones stay."""
    return value if isinstance(value, (StringTensor, RaggedTensor)) else StringTensor(value)


def names_of(value: Any) -> list[str]:
    """File names: one, several, a tensor or a data set of them."""
    if hasattr(type(value), "element_spec"):
        return [name for element in value for name in names_of(element)]
    if isinstance(value, (list, tuple)):
        return [text_of(name) for name in value]
    if isinstance(value, os.PathLike):
        return [os.fspath(value)]
    return [os.fsdecode(name) for name in StringTensor(value).reshape(-1).numpy()]
