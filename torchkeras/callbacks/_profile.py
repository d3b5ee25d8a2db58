"""Some batches under torch's profiler."""

from typing import Any

import torch
from torch import profiler

from torchkeras._errors import brief


class Profile:
    """Profiles the batches from `first` to `last`, and writes the trace to a directory.

    Args:
        first, last: numbers of batches, counted from 1.
        folder: where the trace goes, ``*.pt.trace.json``.
    """

    def __init__(self, first: int, last: int, folder: str) -> None:
        self.first = first
        self.last = last
        self.folder = folder
        self._running: Any = None

    def begin(self, batch: int) -> None:
        """Before a batch."""
        if batch == self.first and self._running is None:
            activities = [profiler.ProfilerActivity.CPU]
            if torch.cuda.is_available():
                activities.append(profiler.ProfilerActivity.CUDA)
            handler = profiler.tensorboard_trace_handler(self.folder)
            self._running = profiler.profile(activities=activities, on_trace_ready=handler, record_shapes=True)
            self._running.start()

    def end(self, batch: int) -> None:
        """After a batch."""
        if batch >= self.last:
            self.stop()

    def stop(self) -> None:
        """Write what there is."""
        if self._running is not None:
            if torch.cuda.is_available():
                torch.cuda.synchronize()  # what the batch began counts as its own
            running, self._running = self._running, None
            running.stop()


def batches_to_profile(given: Any) -> tuple[int, int] | None:
    """``5``, ``(10, 20)`` or ``"10,20"`` as a pair, and None where nothing is to be profiled.

    Raises:
        ValueError: it is something else, or the last batch comes before the first.
    """
    try:
        numbers = [int(part) for part in given.split(",")] if isinstance(given, str) else given
        first, last = (numbers, numbers) if isinstance(numbers, int) else numbers
    except (TypeError, ValueError):
        first, last = -1, -1
    if not (isinstance(first, int) and isinstance(last, int) and 0 <= first <= last):
        raise ValueError(
            "TensorBoard: `profile_batch` must be a non-negative integer or a pair of them in order, "
            f"got {brief(given)}."
        )
    return (max(first, 1), last) if last else None
