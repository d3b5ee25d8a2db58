"""The checkpoints of one run in a directory: numbered, checked, the last two kept."""

import contextlib
import os
import re
import warnings
from typing import Any

from torchkeras.saving._errors import CorruptFileError
from torchkeras.saving._state_file import read_state, write_state

_CHECKPOINT = re.compile(r"checkpoint-(\d{8,})\.safetensors")
_UNFINISHED = re.compile(r"\.checkpoint-\d{8,}\.safetensors\.\d+\.[0-9a-f]+\.tmp")
_KEPT = 2
_VERSION = 1


class BackupFiles:
    """A directory that belongs to one run at a time. Files of other names in it are never touched.

    A new checkpoint gets a new number, and the one before the last goes when it is in its place: at whatever instant
    the process stops, the newest file is whole.
    """

    def __init__(self, directory: str) -> None:
        self.directory = directory

    def save(self, state: dict[str, Any]) -> None:
        """Write the next checkpoint; the older ones but the last go."""
        os.makedirs(self.directory, exist_ok=True)
        numbers = self._numbers()
        number = numbers[-1] + 1 if numbers else 1
        write_state(self._path(number), {"version": _VERSION, **state})
        self._forget([*numbers, number])

    def load(self) -> dict[str, Any] | None:
        """The newest state that is whole; None if there is none. What is passed over is told in a warning."""
        numbers = self._numbers()
        for place, number in enumerate(reversed(numbers), 1):
            path = self._path(number)
            try:
                state = read_state(path)
                if state.pop("version", None) != _VERSION:
                    raise CorruptFileError("It was written by another version of torchkeras.", file=path)
                return state
            except CorruptFileError as error:
                then = "going on from the one before" if place < len(numbers) else "starting from the beginning"
                warnings.warn(f"BackupAndRestore: the checkpoint cannot be used; {then}. {error}", stacklevel=2)
        return None

    def clean(self) -> None:
        """Remove what a process that was killed while it saved has left."""
        for name in self._names(_UNFINISHED):
            self._unlink(name)
        self._forget(self._numbers())

    def _forget(self, numbers: list[int]) -> None:
        for old in numbers[:-_KEPT]:
            self._unlink(os.path.basename(self._path(old)))

    def remove(self) -> None:
        """Remove all checkpoints, and the directory if nothing else is in it."""
        self.clean()
        for name in self._names(_CHECKPOINT):
            self._unlink(name)
        with contextlib.suppress(OSError):  # not empty, or gone
            os.rmdir(self.directory)

    def _names(self, pattern: re.Pattern[str]) -> list[str]:
        try:
            return [name for name in os.listdir(self.directory) if pattern.fullmatch(name)]
        except FileNotFoundError:
            return []

    def _numbers(self) -> list[int]:
        return sorted(int(_CHECKPOINT.fullmatch(name)[1]) for name in self._names(_CHECKPOINT))  # type: ignore[index]

    def _path(self, number: int) -> str:
        return os.path.join(self.directory, f"checkpoint-{number:08d}.safetensors")

    def _unlink(self, name: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(self.directory, name))
