"""Files that are there whole or not at all (D10): a new one takes the old one's place in one step."""

import contextlib
import errno
import os
import secrets
from collections.abc import Callable, Iterator
from typing import Any


@contextlib.contextmanager
def replacing(path: Any, verify: Callable[[str], Any] | None = None) -> Iterator[str]:
    """Inside, the path of a temporary file on the disk of `path`; at the end it becomes `path`.

    The temporary file is new, empty, and open to nobody else. What is written there reaches the disk before
    it takes the name `path`, so whoever reads, at whatever instant the process or the machine stops, finds
    the old file or the new one, whole. On Linux the temporary file has no name in any folder, so that a process
    that is killed leaves nothing behind.

    Args:
        path: the file to make or to replace; a symbolic link stays and the file it points to is replaced.
        verify: is called with the temporary path before the file takes its place, and raises if it is bad.

    Raises:
        OSError: the file can't be written; errno says why. `path` is as it was, and the temporary file gone.
    """
    target = os.path.realpath(os.fspath(path))
    if os.path.isdir(target):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), target)
    descriptor, named = _create(target)
    temporary = named or f"/proc/self/fd/{descriptor}"
    try:
        with contextlib.suppress(OSError):
            os.chmod(temporary, os.stat(target).st_mode & 0o777)
        yield temporary
        os.fsync(descriptor)
        if verify is not None:
            verify(temporary)
        named = named or _linked(descriptor, target)
        os.close(descriptor)  # not every system renames an open file
        descriptor = -1
        os.replace(named, target)
    except BaseException:
        if named:
            with contextlib.suppress(OSError):
                os.unlink(named)
        raise
    finally:
        if descriptor >= 0:
            os.close(descriptor)
    _synchronize_directory(os.path.dirname(target))


def _create(target: str) -> tuple[int, str]:
    """A new file for `target`: its descriptor, and its path if it has to have one."""
    with contextlib.suppress(OSError, AttributeError):
        descriptor = os.open(os.path.dirname(target), os.O_TMPFILE | os.O_RDWR, 0o666)
        if os.path.exists(f"/proc/self/fd/{descriptor}"):
            return descriptor, ""
        os.close(descriptor)
    temporary = _beside(target)
    try:
        flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        return os.open(temporary, flags, 0o666), temporary
    except OSError as error:
        raise type(error)(error.errno, os.strerror(error.errno or 0), target) from None  # named as the user knows it


def _beside(target: str) -> str:
    """A name in the same folder that nobody else takes."""
    directory, name = os.path.split(target)
    return os.path.join(directory, f".{name[:40]}.{os.getpid()}.{secrets.token_hex(8)}.tmp")


def _linked(descriptor: int, target: str) -> str:
    """Give a file without a name one, for the instant until it takes that of `target`."""
    temporary = _beside(target)
    folder = os.open(os.path.dirname(target), os.O_RDONLY)
    try:
        # with a folder, Python follows the link to the file itself
        os.link(f"/proc/self/fd/{descriptor}", os.path.basename(temporary), dst_dir_fd=folder)
    finally:
        os.close(folder)
    return temporary


def _synchronize_directory(path: str) -> None:
    """Make the new name last, where the system knows how; the file itself is in its place already."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path or ".", os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
