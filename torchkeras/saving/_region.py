"""Opening a file that may be hostile, and reading pieces of it: plain files only, no read larger than allowed."""

import contextlib
import io
import os
import stat
from collections.abc import Iterator
from typing import Any

from torchkeras._file_errors import CorruptFileError, UnsafeFileError

METADATA = 4 << 20  # bytes that one read of anything but a weight may have


class Region(io.RawIOBase):
    """Bytes `start` to `start + size` of an open file, as a file of its own. Reads no more than it is allowed.

    Args:
        file: a file descriptor, or the bytes themselves.
        start, size: the part of it, in bytes; by default all.

    HDF5 reads through this object, so that a file whose parts point to each other in a circle, or that declares
    a table larger than any real one, ends in an error instead of in a full memory.
    """

    def __init__(self, file: int | bytes | memoryview, start: int = 0, size: int | None = None) -> None:
        super().__init__()
        self._data = None if isinstance(file, int) else memoryview(file)
        self._file = file if isinstance(file, int) else -1
        self._start = start
        whole = os.fstat(self._file).st_size if self._data is None else len(self._data)
        self.size = whole - start if size is None else size
        self.largest = METADATA
        self._left = 16 * METADATA + 16 * self.size
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._position = offset + (0, self._position, self.size)[whence]
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` from the position on."""
        view = memoryview(buffer).cast("B")
        count = self.pread(view, self._position)
        self._position += count
        return count

    def pread(self, buffer: memoryview, position: int) -> int:
        """Fill `buffer` from `position` on; the number of bytes that were there."""
        self._allow(len(buffer))
        buffer = buffer[: max(0, self.size - position)]
        position += self._start
        if self._data is not None:
            buffer[:] = self._data[position : position + len(buffer)]
            return len(buffer)
        done = 0
        while done < len(buffer):
            count = os.preadv(self._file, [buffer[done:]], position + done)
            if not count:
                break
            done += count
        return done

    def part(self, position: int, count: int) -> bytes:
        """`count` bytes at `position`.

        Raises:
            CorruptFileError: the region ends before.
        """
        buffer = bytearray(min(count, self.size))
        if self.pread(memoryview(buffer), position) != count:
            raise CorruptFileError(path=f"byte {position}", expected=f"{count} bytes", found="the end of the file")
        return bytes(buffer)

    def _allow(self, count: int) -> None:
        self._left -= max(count, 1024)  # small reads cost time too
        if count > self.largest:
            raise UnsafeFileError(expected=f"at most {self.largest} bytes in one piece", found=f"{count} bytes")
        if self._left < 0:
            raise UnsafeFileError("The file is read over and over: its parts refer to each other in a circle.")


@contextlib.contextmanager
def opened(path: Any) -> Iterator[int]:
    """The descriptor of a plain file, opened for reading. Pipes, devices and folders are refused unopened.

    Raises:
        FileNotFoundError: there is no such file.
        UnsafeFileError: it is no plain file.
    """
    _check_plain(os.stat(path).st_mode, path)
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        _check_plain(os.fstat(descriptor).st_mode, path)  # it may have been replaced meanwhile
        yield descriptor
    finally:
        os.close(descriptor)


def _check_plain(mode: int, path: Any) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(21, "Is a directory", os.fspath(path))
    if not stat.S_ISREG(mode):
        raise UnsafeFileError(file=path, expected="a plain file", found="a pipe, socket or device")


@contextlib.contextmanager
def region(source: Any) -> Iterator[Region]:
    """The bytes of a path, of an open :class:`Region`, or given as they are."""
    if isinstance(source, Region):
        yield source
    elif isinstance(source, (bytes, bytearray, memoryview)):
        yield Region(memoryview(source))
    else:
        with opened(source) as descriptor:
            yield Region(descriptor)
