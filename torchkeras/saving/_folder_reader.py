"""The contents of a ``.keras`` file that lie in a folder, under the interface of an archive."""

import os
from typing import Any

from torchkeras._file_errors import CorruptFileError, UnsafeFileError
from torchkeras.saving._region import opened


class Folder:
    """Plain files below a folder; links out of it are refused.

    Args:
        path: the folder.
    """

    def __init__(self, path: str) -> None:
        self._root = os.path.realpath(path)

    @property
    def names(self) -> list[str]:
        """The names of all files, with ``/``."""
        found = (os.path.join(folder, name) for folder, _, names in os.walk(self._root) for name in names)
        return sorted(os.path.relpath(path, self._root).replace(os.sep, "/") for path in found)

    def __contains__(self, name: str) -> bool:
        return os.path.isfile(self._path(name))

    def _path(self, name: str) -> str:
        path = os.path.realpath(os.path.join(self._root, *name.split("/")))
        if os.path.commonpath([self._root, path]) != self._root:
            raise UnsafeFileError(member=name, expected="a file of this folder", found="a link to another place")
        return path

    def read(self, name: str, limit: int) -> bytes:
        """The bytes of a file, at most `limit`."""
        if name not in self:
            raise CorruptFileError(f"There is no {name!r} in the folder.", file=self._root)
        with opened(self._path(name)) as descriptor:
            size = os.fstat(descriptor).st_size
            if size > limit:
                raise UnsafeFileError(member=name, expected=f"at most {limit} bytes", found=f"{size} bytes")
            return os.pread(descriptor, size, 0)

    def open(self, name: str, limit: int | None = None) -> Any:
        """What :func:`open_hdf5` takes."""
        return self._path(name)
