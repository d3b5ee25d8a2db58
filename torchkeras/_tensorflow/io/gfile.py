"""``tf.io.gfile``: files and folders on this machine."""

import glob as _glob
import os
import shutil
from collections.abc import Iterator
from typing import Any

from torchkeras._tensorflow import _refused
from torchkeras._tensorflow._texts import names_of, text_of


class GFile:
    """An open file.

    Args:
        name: its path.
        mode: ``"r"``, ``"w"``, ``"a"``, also ``"rb"``, ...
    """

    def __init__(self, name: Any, mode: str = "r") -> None:
        self._name = text_of(name)
        self._mode = mode
        encoding = None if "b" in mode else "utf-8"
        self._file = open(self._name, mode, encoding=encoding)  # noqa: SIM115  # until `close`

    @property
    def name(self) -> str:
        """The path."""
        return self._name

    @property
    def mode(self) -> str:
        """The mode."""
        return self._mode

    def read(self, n: int = -1) -> Any:
        """The next `n` bytes or characters, or all that are left."""
        return self._file.read(n)

    def size(self) -> int:
        """The size of the file in bytes."""
        return os.path.getsize(self._name)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._file)

    def __enter__(self) -> "GFile":
        return self

    def __exit__(self, *error: Any) -> None:
        self._file.close()


def exists(path: Any) -> bool:
    """Whether there is such a file or folder."""
    return os.path.exists(text_of(path))


def isdir(path: Any) -> bool:
    """Whether it is a folder."""
    return os.path.isdir(text_of(path))


def glob(pattern: Any) -> list[str]:
    """The paths that match one or several patterns."""
    return [path for each in names_of(pattern) for path in sorted(_glob.glob(each))]


def listdir(path: Any) -> list[str]:
    """The names in a folder."""
    return os.listdir(text_of(path))


def makedirs(path: Any) -> None:
    """Make a folder and those above it, where they are missing."""
    os.makedirs(text_of(path), exist_ok=True)


def mkdir(path: Any) -> None:
    """Make a folder in one that is there."""
    os.mkdir(text_of(path))


def remove(path: Any) -> None:
    """Remove a file."""
    os.remove(text_of(path))


def rmtree(path: Any) -> None:
    """Remove a folder and all in it."""
    shutil.rmtree(text_of(path))


def rename(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Give a file or folder another path.

    Raises:
        FileExistsError: there is one, and it is not to be replaced.
    """
    _check_free(text_of(dst), overwrite)
    os.replace(text_of(src), text_of(dst))


def copy(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Copy a file.

    Raises:
        FileExistsError: there is one, and it is not to be replaced.
    """
    _check_free(text_of(dst), overwrite)
    shutil.copyfile(text_of(src), text_of(dst))


def _check_free(path: str, overwrite: bool) -> None:
    if not overwrite and os.path.exists(path):
        raise FileExistsError(f"{path} exists already; pass overwrite=True to replace it.")


def stat(path: Any) -> Any:
    """What the system knows of a file, with its `length` in bytes."""
    return _Stat(text_of(path))


class _Stat:
    def __init__(self, path: str) -> None:
        found = os.stat(path)
        self.length = found.st_size
        self.mtime_nsec = found.st_mtime_ns
        self.is_directory = os.path.isdir(path)


def walk(top: Any, topdown: bool = True, onerror: Any = None) -> Iterator[tuple[str, list[str], list[str]]]:
    """Folders below `top`, each with the names of its folders and files."""
    return os.walk(text_of(top), topdown, onerror)


def join(path: Any, *paths: Any) -> str:
    """Paths, one below the other."""
    return os.path.join(text_of(path), *map(text_of, paths))


__all__ = ["GFile", "copy", "exists", "glob", "isdir", "join", "listdir", "makedirs", "mkdir", "remove", "rename"]
__all__ += ["rmtree", "stat", "walk"]
__getattr__ = _refused.lookup("tf.io.gfile", globals())
