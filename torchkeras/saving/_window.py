"""A part of an open file as a file of its own: HDF5 is written straight into a zip archive, not copied there."""

import io
import os
from typing import Any


class Window(io.RawIOBase):
    """What is behind byte `start` of an open file, for reading and writing.

    HDF5 crashes when a write fails that it makes on closing. So a failure (a full disk) is kept in :attr:`error`, and
    whoever writes raises it with :meth:`check`; until then writes seem to succeed.

    Args:
        descriptor: the file, opened for both.
        start: where the window's first byte is.
    """

    def __init__(self, descriptor: int, start: int) -> None:
        super().__init__()
        self._file, self._start, self._position = descriptor, start, 0
        self.error: OSError | None = None

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    @property
    def size(self) -> int:
        """How many bytes there are now."""
        return max(0, os.fstat(self._file).st_size - self._start)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._position = offset + (0, self._position, self.size)[whence]
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` from the position on."""
        count = os.preadv(self._file, [buffer], self._start + self._position)
        self._position += count
        return count

    def write(self, data: Any) -> int:
        """Write all of `data` at the position."""
        view = memoryview(data).cast("B")
        if self.error is None:
            try:
                self._write(view)
            except OSError as error:
                self.error = error
        self._position += len(view)
        return len(view)

    def _write(self, view: memoryview) -> None:
        done = 0
        while done < len(view):
            done += os.pwrite(self._file, view[done:], self._start + self._position + done)

    def check(self) -> None:
        """Raise the error of a write that failed."""
        if self.error is not None:
            raise self.error

    def truncate(self, size: int | None = None) -> int:
        size = self._position if size is None else size
        if self.error is None:
            try:
                os.ftruncate(self._file, self._start + size)
            except OSError as error:
                self.error = error
        return size
