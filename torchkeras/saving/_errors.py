"""Errors of files: every failure while a file is read comes out as one of the two classes."""

import contextlib
from collections.abc import Iterator
from typing import Any

from torchkeras._file_errors import BadConfigError, CorruptFileError, FileError, UnsafeFileError

__all__ = ["CorruptFileError", "FileError", "UnsafeFileError", "reading"]


@contextlib.contextmanager
def reading(file: Any = None, member: str | None = None, path: str | None = None) -> Iterator[None]:
    """Inside, what goes wrong with a file's contents becomes a :class:`CorruptFileError` that says where.

    Errors of the system (missing file, no permission, no memory on the device) and interrupts pass as they are.
    """
    try:
        yield
    except FileError as error:
        error.locate(file=file, member=member, path=path)
        raise
    except Warning:  # where the caller made errors of them
        raise
    except OSError as error:
        if error.errno is not None:
            raise
        raise _corrupt(error).locate(file=file, member=member, path=path) from error
    except (RecursionError, MemoryError) as error:
        refused = UnsafeFileError("It takes more memory than a file of its size may.")
        raise refused.locate(file=file, member=member, path=path) from error
    except Exception as error:
        raise _corrupt(error).locate(file=file, member=member, path=path) from error


def _corrupt(error: Exception) -> CorruptFileError:
    said = str(error)
    if isinstance(error, TypeError):
        return BadConfigError(said)
    return CorruptFileError(said if isinstance(error, ValueError) and said else f"{type(error).__name__}: {said}")
