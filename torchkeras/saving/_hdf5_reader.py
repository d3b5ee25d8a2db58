"""HDF5 files that may be hostile, read one link at a time.

An HDF5 file can point to other files (external links, external storage, virtual data sets), to itself in a circle,
and can declare a gigabyte in a few bytes. Here only hard links are followed and only numbers that are in the file
itself are read, after a comparison of the declared size with the stored one.
"""

import contextlib
import hashlib
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from torchkeras._file_errors import CorruptFileError, UnsafeFileError
from torchkeras.saving._hdf5_attributes import LIMITS, Attributes, Limits, encoded, hdf5_errors
from torchkeras.saving._hdf5_texts import SIGNATURE, signatures
from torchkeras.saving._numbers import sha256
from torchkeras.saving._region import METADATA, Region, region

PIECE = 16 << 20  # bytes of a large array that are in memory at a time
_FILTERS = (1, 2, 3)  # deflate, shuffle, fletcher32


@contextlib.contextmanager
def open_hdf5(source: Any, limits: Limits = LIMITS) -> Iterator["Group"]:
    """The root group of an HDF5 file: of a path, of bytes, or of a region of an open file.

    Raises:
        FileNotFoundError: there is no such file.
        CorruptFileError: it is no HDF5 file, or a damaged one.
    """
    import h5py

    with region(source) as raw:
        if not _has_signature(raw):
            raise CorruptFileError(expected="an HDF5 file", found=f"{raw.size} bytes that are none")
        with hdf5_errors(""):
            file = h5py.File(raw, "r")
            root = Group(file["/"].id, "", raw, limits, ())
        try:
            yield root
        finally:
            with contextlib.suppress(Exception):
                file.close()


def _has_signature(raw: Region) -> bool:
    return any(raw.part(place, 8) == SIGNATURE for place in signatures(raw.size))


class _Node:
    """What groups and data sets share: attributes, and a path for messages."""

    def __init__(self, handle: Any, path: str, raw: Region, limits: Limits) -> None:
        self._id, self.path, self._raw, self._limits = handle, path, raw, limits

    @property
    def attrs(self) -> "Attributes":
        """The attributes, read one by one when asked for."""
        return Attributes(self._id, self.path, self._raw, self._limits)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.path or '/'}>"


class Group(_Node):
    """A folder in an HDF5 file."""

    def __init__(self, handle: Any, path: str, raw: Region, limits: Limits, above: tuple[Any, ...]) -> None:
        super().__init__(handle, path, raw, limits)
        self._above = (*above, _address(handle))
        if len(self._above) > limits.depth:
            raise UnsafeFileError(path=path, expected=f"at most {limits.depth} groups in each other")

    @property
    def names(self) -> list[str]:
        """The names of what it holds, sorted."""
        with hdf5_errors(self.path):
            count = self._id.get_num_objs()
            if count > self._limits.names:
                raise UnsafeFileError(
                    path=self.path, expected=f"at most {self._limits.names} names", found=f"{count} names"
                )
            found: list[str] = []

            def add(name: bytes, *_: Any) -> Any:
                found.append(name.decode("utf-8", "surrogateescape"))
                return True if len(found) > count else None  # HDF5 stops: the list goes in a circle

            self._id.links.iterate(add)
        return sorted(found)

    def __contains__(self, path: str) -> bool:
        group: Any = self
        for name in path.split("/"):
            if not isinstance(group, Group) or not group._has(name):
                return False
            group = group._child(name)
        return True

    def __len__(self) -> int:
        return len(self.names)

    def group(self, path: str) -> "Group":
        """The group at `path` below this one.

        Raises:
            CorruptFileError: there is none.
            UnsafeFileError: the way leads out of the file, or in a circle.
        """
        return self._find(path, Group)

    def dataset(self, path: str) -> "Dataset":
        """The data set at `path` below this one; raises as :meth:`group`."""
        return self._find(path, Dataset)

    def child(self, name: str) -> "Group | Dataset":
        """The group or data set of that name."""
        return self._child(name)

    def _find(self, path: str, kind: type) -> Any:
        node: Any = self
        for name in path.split("/"):
            if not isinstance(node, Group):
                raise CorruptFileError(path=node.path, expected="a group", found="a data set")
            node = node._child(name)
        if not isinstance(node, kind):
            words = {Group: "a group", Dataset: "a data set"}
            raise CorruptFileError(path=node.path, expected=words[kind], found=words[type(node)])
        return node

    def _has(self, name: str) -> bool:
        if not _is_plain(name):
            raise UnsafeFileError(path=self.path, expected="a plain name", found=repr(name))
        with hdf5_errors(self._below(name)):
            return self._id.links.exists(encoded(name))

    def _below(self, name: str) -> str:
        return f"{self.path}/{name}".lstrip("/")

    def _child(self, name: str) -> Any:
        import h5py

        path = self._below(name)
        if not self._has(name):
            raise CorruptFileError(path=path, expected="a group or data set", found="nothing")
        with hdf5_errors(path):
            link = self._id.links.get_info(encoded(name)).type
            if link != h5py.h5l.TYPE_HARD:
                raise UnsafeFileError(path=path, expected="an entry of this file", found=_LINKS.get(link, "a link"))
            handle = h5py.h5o.open(self._id, encoded(name))
            if isinstance(handle, h5py.h5d.DatasetID):
                return Dataset(handle, path, self._raw, self._limits)
            if not isinstance(handle, h5py.h5g.GroupID):
                raise UnsafeFileError(path=path, expected="a group or data set", found="a named type")
            if _address(handle) in self._above:
                raise UnsafeFileError(path=path, expected="a tree of groups", found="a group that holds itself")
            return Group(handle, path, self._raw, self._limits, self._above)


_LINKS = {1: "a soft link (SoftLink)", 64: "a link to another file (ExternalLink)"}


def _address(handle: Any) -> Any:
    import h5py

    info = h5py.h5g.get_objinfo(handle)
    return info.objno


def _is_plain(name: str) -> bool:
    return name not in ("", ".", "..") and "/" not in name and "\0" not in name


class Dataset(_Node):
    """An array of numbers in an HDF5 file: its size is known and checked before a byte of it is read."""

    def __init__(self, handle: Any, path: str, raw: Region, limits: Limits) -> None:
        super().__init__(handle, path, raw, limits)
        with hdf5_errors(path):
            self.dtype = self._number_type()
            self.shape: tuple[int, ...] = tuple(handle.shape)
            self.nbytes = math.prod(self.shape) * self.dtype.itemsize
            self._check_storage()

    def _number_type(self) -> np.dtype[Any]:
        import h5py

        kind = self._id.get_type().get_class()
        allowed = (h5py.h5t.INTEGER, h5py.h5t.FLOAT, h5py.h5t.ENUM, h5py.h5t.OPAQUE)
        dtype = self._id.dtype if kind in allowed else None
        # numpy has no bfloat16: Keras writes it as two plain bytes
        if dtype is None or dtype.kind not in "fiubV" or (dtype.kind == "V" and dtype.itemsize != 2):
            raise UnsafeFileError(path=self.path, expected="numbers", found=f"HDF5 class {kind}")
        if self._id.get_space().get_simple_extent_type() == h5py.h5s.NULL:
            raise CorruptFileError(path=self.path, expected="numbers", found="a data set without any")
        return dtype

    def _check_storage(self) -> None:
        import h5py

        plist = self._id.get_create_plist()
        layout = plist.get_layout()
        if plist.get_external_count():
            raise UnsafeFileError(path=self.path, expected="data in this file", found="data in another file")
        if layout not in (h5py.h5d.COMPACT, h5py.h5d.CONTIGUOUS, h5py.h5d.CHUNKED):
            raise UnsafeFileError(path=self.path, expected="data in this file", found="a virtual data set")
        stored = self._id.get_storage_size()
        if stored > self._raw.size:
            raise CorruptFileError(path=self.path, expected=f"{stored} bytes", found=f"a file of {self._raw.size}")
        if layout == h5py.h5d.CHUNKED:
            self._check_chunks(plist, stored)
        elif self.nbytes > stored:
            raise UnsafeFileError(path=self.path, expected=f"{self.nbytes} bytes", found=f"{stored} stored bytes")

    def _check_chunks(self, plist: Any, stored: int) -> None:
        # asked for by number: to name another filter, HDF5 would look for its plugin and load it
        known = sum(plist.get_filter_by_id(code) is not None for code in _FILTERS)
        if plist.get_nfilters() != known:
            raise UnsafeFileError(path=self.path, expected="gzip or no compression", found="another HDF5 filter")
        chunk = math.prod(plist.get_chunk()) * self.dtype.itemsize
        most = max(self._limits.chunk, self.nbytes)
        if chunk > most:
            raise UnsafeFileError(path=self.path, expected=f"pieces of at most {most} bytes", found=f"{chunk} bytes")
        if self.nbytes > max(self._limits.free, self._limits.ratio * stored):
            raise UnsafeFileError(
                path=self.path,
                expected=f"at most {self._limits.ratio} times the {stored} stored bytes",
                found=f"{self.nbytes} bytes",
            )

    def read(self) -> np.ndarray[Any, Any]:
        """The array."""
        array = np.empty(self.shape, self.dtype)
        self.read_into(array)
        return array

    def read_into(self, array: np.ndarray[Any, Any]) -> None:
        """Fill `array`, of this shape and dtype and contiguous, without a copy between."""
        if array.shape != self.shape or array.dtype != self.dtype:
            raise ValueError(
                f"{self!r} has shape {self.shape} and dtype {self.dtype}, got {array.shape} {array.dtype}."
            )
        import h5py

        self._raw.largest = max(METADATA, self.nbytes, 2 * self._limits.chunk)
        try:
            with hdf5_errors(self.path):
                if self.nbytes:
                    self._id.read(h5py.h5s.ALL, h5py.h5s.ALL, array)
        finally:
            self._raw.largest = METADATA

    def pieces(self) -> Iterator[tuple[int, np.ndarray[Any, Any]]]:
        """The rows from a first one on, with its index: an array larger than memory allows goes through one buffer.

        An array is valid until the next one comes.
        """
        import h5py

        count = PIECE * self.shape[0] // self.nbytes if self.shape and self.nbytes else 0
        if self.nbytes <= PIECE or count == 0 or self._id.get_create_plist().get_layout() != h5py.h5d.CONTIGUOUS:
            yield 0, self.read()
            return
        buffer = np.empty((count, *self.shape[1:]), self.dtype)
        for start in range(0, self.shape[0], count):
            part = buffer[: self.shape[0] - start]
            self._read_rows(start, part)
            yield start, part

    def _read_rows(self, start: int, array: np.ndarray[Any, Any]) -> None:
        import h5py

        self._raw.largest = max(METADATA, array.nbytes)
        try:
            with hdf5_errors(self.path):
                space = self._id.get_space()
                space.select_hyperslab((start, *(0 for _ in self.shape[1:])), array.shape)
                self._id.read(h5py.h5s.create_simple(array.shape), space, array)
        finally:
            self._raw.largest = METADATA

    @property
    def sha256(self) -> str | None:
        """The hash of the data that was stored beside it, if one was."""
        return self.attrs.get("sha256")

    def checked(self) -> Iterator[tuple[int, np.ndarray[Any, Any]]]:
        """:meth:`pieces`, compared with the hash after the last one.

        Raises:
            CorruptFileError: the data is not what was written.
        """
        expected, digest = self.sha256, hashlib.sha256()
        for start, array in self.pieces():
            if expected is not None:
                digest.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
            yield start, array
        if expected is not None and digest.hexdigest() != expected:
            raise CorruptFileError(path=self.path, expected=f"SHA-256 {expected}", found=digest.hexdigest())

    def verify(self, array: np.ndarray[Any, Any]) -> None:
        """Compare `array`, which was read from here, with the hash that was stored beside it, if one was.

        Raises:
            CorruptFileError: the data is not what was written.
        """
        expected = self.sha256
        if expected is not None and sha256(array) != expected:
            raise CorruptFileError(path=self.path, expected=f"SHA-256 {expected}", found=sha256(array))
