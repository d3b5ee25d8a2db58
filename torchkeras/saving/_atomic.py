"""Files that are there whole or not at all (D10): a new one takes the old one's place in one step."""

import contextlib
import errno
import os
import secrets
from collections.abc import Callable, Iterator
from typing import Any


@contextlib.contextmanager
def replacing(path: Any, verify: Callable[[str], Any] | None = None) -> Iterator[str]:
    """Inside, the path of a temporary file beside `path`; at the end it becomes `path`.

    The temporary file is new, empty, and open to nobody else. What is written there reaches the disk before
    it takes the name `path`, so whoever reads, at whatever instant the process or the machine stops, finds
    the old file or the new one, whole.

    Args:
        path: the file to make or to replace; a symbolic link stays and the file it points to is replaced.
        verify: is called with the temporary path before the file takes its place, and raises if it is bad.

    Raises:
        OSError: the file can't be written; errno says why. On any error `path` is as it was and the
            temporary file is gone.
    """
    target = os.path.realpath(os.fspath(path))
    temporary = _create_beside(target)
    try:
        yield temporary
        _synchronize(temporary)
        if verify is not None:
            verify(temporary)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    _synchronize_directory(os.path.dirname(target))


def _create_beside(target: str) -> str:
    """A new file in the same directory, with the permissions of the one it will replace."""
    directory, name = os.path.split(target)
    temporary = os.path.join(directory, f".{name[:40]}.{os.getpid()}.{secrets.token_hex(8)}.tmp")
    if os.path.isdir(target):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), target)
    try:
        descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0), 0o666)
    except OSError as error:
        raise type(error)(error.errno, os.strerror(error.errno or 0), target) from None  # named as the user knows it
    with contextlib.suppress(OSError):
        os.chmod(temporary, os.stat(target).st_mode & 0o777)
    os.close(descriptor)
    return temporary


def _synchronize(path: str) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _synchronize_directory(path: str) -> None:
    """Make the new name last, where the system knows how; the file itself is in its place already."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path or ".", os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
