"""Paths with placeholders: ``weights.{epoch:02d}-{val_loss:.2f}.keras``."""

import os
import re
import string
from collections.abc import Iterable, Mapping
from typing import Any

from torchkeras._errors import nearest
from torchkeras._spellings import other_spelling
from torchkeras.callbacks._expected_logs import ExpectedLogs, not_available


class UnknownPlaceholderError(KeyError):
    """A placeholder that nothing fills in."""

    __str__ = Exception.__str__  # as it is, where KeyError shows a repr


class FilePattern:
    """A path that is filled in with the epoch, the batch and the logs.

    Args:
        owner: the callback, as errors call it.
        path: the path, with placeholders as in :meth:`str.format`.
        counters: names of the counts that are filled in: ``("epoch",)`` or ``("epoch", "batch")``.

    Raises:
        ValueError: a placeholder has no name, or a format that no number has.
        KeyError: ``{batch}``, where no batch is counted.
    """

    def __init__(self, owner: str, path: str, counters: tuple[str, ...]) -> None:
        self.owner = owner
        self.path = path
        self.counters = counters
        self.fields = self._fields()
        for name in self.names:
            if name in ("epoch", "batch") and name not in counters:
                raise UnknownPlaceholderError(
                    self._failure(name, "it is counted only with `save_freq` given as an integer.")
                )
        self._try_formats()

    @property
    def names(self) -> list[str]:
        """The names in the placeholders."""
        return [name for name, _ in self.fields]

    def check(self, expected: ExpectedLogs, available: list[str]) -> None:
        """Refuse names that the logs will not hold, where that is sure.

        Raises:
            KeyError: names the placeholder, what there is, and the nearest name.
        """
        for name in self.names if expected.certain else ():
            if name not in self.counters and name not in available and other_spelling(name) not in available:
                raise UnknownPlaceholderError(
                    self._failure(name, not_available(name, expected, [*self.counters, *available]))
                )

    def fill(self, counts: dict[str, int], logs: Mapping[str, Any]) -> str:
        """The path for this moment.

        Raises:
            KeyError: the logs have no value for a placeholder.
        """
        if not self.fields:
            return self.path  # and nobody looks into the logs
        values = {**logs, **counts}
        for name in self.names:
            if name not in values and other_spelling(name) in values:
                values[name] = values[other_spelling(name)]
            elif name not in values:
                raise UnknownPlaceholderError(
                    self._failure(name, f"the logs hold: {', '.join(logs)}.{nearest(name, values)}")
                )
        return self.path.format(**values)

    def _fields(self) -> list[tuple[str, str]]:
        try:
            parsed = list(string.Formatter().parse(self.path))
        except ValueError as error:
            raise ValueError(f"{self.owner}: the path {self.path!r} has a placeholder that is not closed.") from error
        fields = [(re.split(r"[.\[]", name)[0], spec or "") for _, name, spec, _ in parsed if name is not None]
        if any(not name or name.isdigit() for name, _ in fields):
            raise ValueError(
                f"{self.owner}: a placeholder in the path {self.path!r} has no name; write `{{epoch}}` or the name of "
                "a value in the logs, and `{{` for a brace."
            )
        return fields

    def _try_formats(self) -> None:
        numbers = {name: 1 if name in self.counters else 0.5 for name in self.names}
        try:
            self.path.format(**numbers)
        except (ValueError, TypeError, AttributeError) as error:
            raise ValueError(f"{self.owner}: the path {self.path!r} can't be filled in: {error}.") from error

    def _failure(self, name: str, reason: str) -> str:
        return f'Failed to format this callback filepath: "{self.path}". Reason: {name!r}: {reason}'


def refuse_ending(path: str, endings: Iterable[str], message: str) -> None:
    """Raise ValueError unless `path` ends with one of `endings`."""
    if not path.endswith(tuple(endings)):
        raise ValueError(f"{message} Received: filepath={path}")


def refuse_directory(path: str, owner: str) -> None:
    """Raise IsADirectoryError if `path` is a directory."""
    if os.path.isdir(path):
        raise IsADirectoryError(
            f"Please specify a non-directory filepath for {owner}. Filepath used is an existing directory: {path}"
        )
