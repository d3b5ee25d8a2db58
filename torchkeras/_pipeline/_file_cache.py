"""A cache in a file: elements are written once they have all been seen, and read there afterwards."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from torchkeras._pipeline._nodes import Above, Node
from torchkeras._pipeline._ragged import RaggedTensor
from torchkeras._strings import StringTensor

ENDING = ".pt"


class FileCached(Above):
    """Kept in one file, written by ``torch.save`` and read without running anything that it holds.

    Args:
        below: the node.
        name: the file's name without its ending ``.pt``.
    """

    def __init__(self, below: Node, name: str) -> None:
        super().__init__(below)
        self.path = Path(os.fspath(name) + ENDING)

    def __iter__(self) -> Iterator[Any]:
        return read(self.path) if self.path.exists() else write(iter(self.below), self.path)

    def cardinality(self) -> int:
        return self.below.cardinality()


def stored(folder: Any) -> Path:
    """The file of elements in a folder."""
    return Path(os.fspath(folder)) / f"elements{ENDING}"


def read(path: Path) -> Iterator[Any]:
    """The elements in a file."""
    return map(_unpacked, torch.load(path, weights_only=True, mmap=True))


def write(elements: Iterator[Any], path: Path) -> Iterator[Any]:
    """`elements`, which are in the file once all have been taken."""
    seen = []
    for element in elements:
        seen.append(_packed(element))
        yield element
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    torch.save(seen, part)
    os.replace(part, path)


def _packed(value: Any) -> Any:
    """An element in lists, dicts, tensors and bytes alone."""
    if isinstance(value, dict):
        return ["dict", {key: _packed(item) for key, item in value.items()}]
    if isinstance(value, tuple):
        return ["tuple", [_packed(item) for item in value]]
    if isinstance(value, StringTensor):
        return ["text", list(value.shape), list(value.reshape(-1).numpy())]
    if isinstance(value, RaggedTensor):
        return ["ragged", _packed(value.values), value.row_splits]
    if value is None or isinstance(value, torch.Tensor):
        # a view would be written with all that it is a view of
        return ["tensor", value.clone() if value is not None else None]
    raise TypeError(f"cache: only tensors can be kept in a file, got {type(value).__name__}.")


def _unpacked(packed: Any) -> Any:
    kind, *parts = packed
    if kind == "dict":
        return {key: _unpacked(item) for key, item in parts[0].items()}
    if kind == "tuple":
        return tuple(map(_unpacked, parts[0]))
    if kind == "text":
        return StringTensor(parts[1]).reshape(parts[0])
    return RaggedTensor(_unpacked(parts[0]), parts[1]) if kind == "ragged" else parts[0]
