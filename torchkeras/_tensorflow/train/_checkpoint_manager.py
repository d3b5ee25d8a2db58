"""``tf.train.CheckpointManager``: the newest checkpoints of a folder."""

import contextlib
import os
import re
from typing import Any

from torchkeras._tensorflow.train._checkpoint import SUFFIX, Checkpoint, latest_checkpoint
from torchkeras._variable import Variable


class CheckpointManager:
    """Keeps the newest checkpoints of a folder.

    Args:
        checkpoint: what is saved.
        directory: the folder.
        max_to_keep: how many stay; older ones are deleted. None keeps all.
        checkpoint_name: the beginning of the files' names.

    All other arguments of TensorFlow are accepted, and change nothing here.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        directory: Any,
        max_to_keep: int | None,
        keep_checkpoint_every_n_hours: float | None = None,
        checkpoint_name: str = "ckpt",
        step_counter: Any = None,
        checkpoint_interval: int | None = None,
        init_fn: Any = None,
    ) -> None:
        self.checkpoint = checkpoint
        self.directory = os.fspath(directory)
        self.checkpoint_interval = checkpoint_interval
        self._keep = max_to_keep
        self._name = checkpoint_name
        self._init = init_fn

    @property
    def checkpoints(self) -> list[str]:
        """The paths, oldest first."""
        numbers = []
        with contextlib.suppress(OSError):
            for entry in os.listdir(self.directory):
                found = re.fullmatch(rf"{re.escape(self._name)}-(\d+){re.escape(SUFFIX)}", entry)
                numbers += [int(found.group(1))] if found else []
        return [os.path.join(self.directory, f"{self._name}-{number}") for number in sorted(numbers)]

    @property
    def latest_checkpoint(self) -> str | None:
        """The newest, None if there is none."""
        return latest_checkpoint(self.directory)

    def save(self, checkpoint_number: Any = None, check_interval: bool = True, options: Any = None) -> str:
        """Write a checkpoint, delete those beyond ``max_to_keep``; returns its path."""
        prefix = os.path.join(self.directory, self._name)
        if checkpoint_number is None:
            path = self.checkpoint.save(prefix)
        else:
            number = int(checkpoint_number.numpy() if isinstance(checkpoint_number, Variable) else checkpoint_number)
            path = self.checkpoint.write(f"{prefix}-{number}")
        for old in self.checkpoints[: -self._keep] if self._keep else []:
            os.remove(old + SUFFIX)
        return path

    def restore_or_initialize(self) -> str | None:
        """Restore the newest checkpoint and return its path; without one call ``init_fn``."""
        path = self.latest_checkpoint
        if path is not None:
            self.checkpoint.restore(path)
        elif self._init is not None:
            self._init()
        return path


__all__ = ["CheckpointManager"]
