"""Attributes of HDF5 groups and data sets that may be hostile, and what both readers of HDF5 share."""

import contextlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from torchkeras._file_errors import CorruptFileError, FileError, UnsafeFileError
from torchkeras.saving._hdf5_texts import read_texts
from torchkeras.saving._region import METADATA, Region


@dataclass(frozen=True)
class Limits:
    """What a file may cost.

    Args:
        chunk: bytes of one compressed piece, unless the data set itself has as many.
        ratio: how many times larger than stored a compressed data set may be.
        free: bytes up to which the ratio does not count.
        names: entries of one group.
        depth: groups within groups.
        attribute: bytes of one attribute.
    """

    chunk: int = 4 << 20
    ratio: int = 100
    free: int = 4 << 20
    names: int = 200_000
    depth: int = 64
    attribute: int = METADATA


LIMITS = Limits()


@contextlib.contextmanager
def hdf5_errors(path: str) -> Iterator[None]:
    """What h5py says about a damaged place, as a :class:`CorruptFileError`."""
    try:
        yield
    except FileError as error:
        error.locate(path=path)
        raise
    except (MemoryError, RecursionError) as error:
        raise UnsafeFileError("It takes more memory than it may.", path=path) from error
    except Exception as error:
        if isinstance(error.__context__, FileError):  # raised by the region, below HDF5
            raise error.__context__.locate(path=path) from None
        if isinstance(error, OSError) and error.errno:
            raise
        raise CorruptFileError(f"HDF5 cannot read it: {error}", path=path) from error


def encoded(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


class Attributes(Mapping[str, Any]):
    """The attributes of a group or data set: texts, lists of texts, numbers and small arrays."""

    def __init__(self, handle: Any, path: str, raw: Region, limits: Limits) -> None:
        self._id, self._path, self._raw, self._limits = handle, path, raw, limits

    def __contains__(self, name: object) -> bool:
        import h5py

        with hdf5_errors(self._path):
            return isinstance(name, str) and bool(h5py.h5a.exists(self._id, encoded(name)))

    def __iter__(self) -> Iterator[str]:
        import h5py

        with hdf5_errors(self._path):
            count = h5py.h5a.get_num_attrs(self._id)
            if count > self._limits.names:
                raise UnsafeFileError(path=self._path, expected=f"at most {self._limits.names} attributes")
            names: list[str] = []
            h5py.h5a.iterate(self._id, lambda name, *_: names.append(name.decode("utf-8", "surrogateescape")))
        return iter(names)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __getitem__(self, name: str) -> Any:
        import h5py

        if name not in self:
            raise KeyError(name)
        place = f"{self._path} (attribute {name!r})".lstrip()
        with hdf5_errors(place):
            attribute = h5py.h5a.open(self._id, encoded(name))
            if attribute.get_space().get_simple_extent_type() == h5py.h5s.NULL:
                return None
            count = math.prod(attribute.shape)
            self._check(attribute, count, place)
            kind = attribute.get_type()
            if kind.get_class() == h5py.h5t.STRING and kind.is_variable_str():
                low, high = h5py.h5g.get_objinfo(self._id).objno  # two words where a C long has 32 bits
                texts = read_texts(self._raw, low | high << 32, encoded(name), count, self._limits.attribute)
                return _text(texts[0], place) if attribute.shape == () else [_text(item, place) for item in texts]
            value = np.empty(attribute.shape, attribute.dtype)
            attribute.read(value)
        return _plain(value, place)

    def _check(self, attribute: Any, count: int, place: str) -> None:
        kind = attribute.get_type().get_class()
        if kind not in _text_or_number():
            raise UnsafeFileError(path=place, expected="a text or numbers", found=f"HDF5 class {kind}")
        size = count * max(attribute.dtype.itemsize, 1)
        if size > self._limits.attribute:
            raise UnsafeFileError(path=place, expected=f"at most {self._limits.attribute} bytes", found=f"{size} bytes")


def _text_or_number() -> tuple[int, ...]:
    import h5py

    return (h5py.h5t.INTEGER, h5py.h5t.FLOAT, h5py.h5t.STRING, h5py.h5t.ENUM)


def _plain(value: np.ndarray[Any, Any], place: str) -> Any:
    """Texts as `str`, lists of texts as lists, numbers as numpy has them."""
    if value.dtype.kind != "S":
        return value[()] if value.ndim == 0 else value
    if value.ndim == 0:
        return _text(value[()], place)
    return [_text(item, place) for item in value.ravel().tolist()]


def _text(value: Any, place: str) -> str:
    try:
        return bytes(value).decode("utf-8")
    except UnicodeDecodeError as error:
        raise CorruptFileError(path=place, expected="a text in UTF-8", found=str(error)) from error
