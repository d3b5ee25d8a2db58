"""The two ways in which a file is refused: it asks for something dangerous, or it is not what it should be."""

import os
from typing import Any


class FileError(ValueError):
    """What :class:`UnsafeFileError` and :class:`CorruptFileError` share: where it is, what was expected, what came.

    Args:
        problem: what is wrong, in words; may be empty if `expected` and `found` say it.
        file: the file's name. Readers inside leave it out, and who opened the file adds it.
        member: the file inside an archive.
        path: the place inside the member: ``layers/dense/vars/0``, or a byte.
        expected: what a good file has there.
        found: what this file has there.
    """

    def __init__(
        self,
        problem: str = "",
        *,
        file: Any = None,
        member: str | None = None,
        path: str | None = None,
        expected: object = None,
        found: object = None,
    ) -> None:
        super().__init__(problem)
        self.problem, self.expected, self.found = problem, expected, found
        self.file: str | None = None
        self.member: str | None = None
        self.path: str | None = None
        self.locate(file=file, member=member, path=path)

    def locate(self, file: Any = None, member: str | None = None, path: str | None = None) -> "FileError":
        """Say where it was, as far as that is not known yet."""
        self.file = self.file or (os.fsdecode(file) if isinstance(file, (str, bytes, os.PathLike)) else None)
        self.member = self.member or member
        self.path = self.path or path
        return self

    def __str__(self) -> str:
        place = ": ".join(part for part in (self.file, self.member, self.path) if part)
        compared = [
            f"{word} {_short(value)}" for word, value in (("expected", self.expected), ("found", self.found)) if value
        ]
        said = " ".join(part for part in (self.problem, (", ".join(compared) + ".") if compared else "") if part)
        return f"{place}: {said}" if place else said


class UnsafeFileError(FileError):
    """The file asks for what a file must not do: run code, open other files, or take far more memory than its size."""


class CorruptFileError(FileError):
    """The file is damaged, or does not follow its format."""


class UnknownNameError(UnsafeFileError, TypeError):
    """The file names a class or function that is neither built in nor given by the caller."""


class BadConfigError(CorruptFileError, TypeError):
    """A config from which its class cannot be made."""


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 200 else f"{text[:197]}..."
