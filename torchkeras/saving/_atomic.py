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
    that is killed leaves nothing behind; but for the instant between its getting a name and its taking that of
    `path`, when it leaves the whole new file under a name that the next save takes again.

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
        if named:
            os.close(descriptor)  # not every system renames an open file
            descriptor = -1
            os.replace(named, target)
        else:
            _put_in_place(descriptor, target)
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
    temporary = _beside(target, f"{os.getpid()}.{secrets.token_hex(8)}")  # that nobody else takes
    try:
        flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        return os.open(temporary, flags, 0o666), temporary
    except OSError as error:
        raise type(error)(error.errno, os.strerror(error.errno or 0), target) from None  # named as the user knows it


def _beside(target: str, mark: str) -> str:
    """A hidden name in the same folder."""
    directory, name = os.path.split(target)
    return os.path.join(directory, f".{name[:40]}.{mark}.tmp")


def _put_in_place(descriptor: int, target: str) -> None:
    """Give a file without a name that of `target`.

    Linux has no such call for a name that is taken, so the file gets another one for an instant. That is the same at
    each save: whoever finds it taken, by a save in another process or one that was killed in this instant, moves that
    file, which is whole, into place before its own.
    """
    name = _beside(target, "new")
    folder = os.open(os.path.dirname(target), os.O_RDONLY)
    try:
        while True:
            try:
                # with a folder, Python follows the link to the file itself
                os.link(f"/proc/self/fd/{descriptor}", os.path.basename(name), dst_dir_fd=folder)
                break
            except FileExistsError:
                _rename_unless_gone(name, target)
        _rename_unless_gone(name, target)
    finally:
        os.close(folder)


def _rename_unless_gone(name: str, target: str) -> None:
    try:
        os.replace(name, target)
    except FileNotFoundError:
        pass  # another one moved it into place
    except OSError:
        os.unlink(name)
        raise


def _synchronize_directory(path: str) -> None:
    """Make the new name last, where the system knows how; the file itself is in its place already."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path or ".", os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
