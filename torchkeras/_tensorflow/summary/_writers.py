"""Writers of summaries, and the one that is in use."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import torch

from torchkeras import _ranks
from torchkeras._tensorflow._texts import text_of
from torchkeras.callbacks._tensorboard_files import _summary_writer


class _State(threading.local):
    """The writer in use, the step, and whether summaries are recorded."""

    def __init__(self) -> None:
        self.writer: SummaryWriter | None = None
        self.step: Any = None
        self.recorded: Any = True


state = _State()


class SummaryWriter:
    """Writes summaries into event files of one folder. :func:`create_file_writer` makes one.

    Args:
        logdir: the folder, made with the first summary; None for a writer that writes nothing.
        filename_suffix: for the names of the files.
    """

    def __init__(self, logdir: str | None, filename_suffix: str = "") -> None:
        self.logdir = logdir if _ranks.is_first() else None
        self.filename_suffix = filename_suffix
        self._open: Any = None
        self._closed = False

    def files(self) -> Any:
        """Torch's writer, None if nothing is to be written.

        Raises:
            RuntimeError: it is closed.
        """
        if self._closed:
            raise RuntimeError(f"SummaryWriter of {self.logdir!r} is already closed.")
        if self._open is None and self.logdir is not None:
            self._open = _summary_writer()(self.logdir, filename_suffix=self.filename_suffix)
        return self._open

    @contextlib.contextmanager
    def as_default(self, step: Any = None) -> Iterator["SummaryWriter"]:
        """Within this, summaries go to this writer, at `step` if they say none; afterwards they can be read."""
        writer, before = state.writer, state.step
        state.writer = self
        state.step = before if step is None else step
        try:
            yield self
        finally:
            self.flush()
            state.writer = writer
            state.step = before if step is not None else state.step

    def set_as_default(self, step: Any = None) -> None:
        """From now on, summaries go to this writer."""
        state.writer = self
        state.step = state.step if step is None else step

    def init(self) -> None:
        """Nothing: it is ready."""

    def flush(self) -> None:
        """Let readers see what was written."""
        if self._open is not None:
            self._open.flush()

    def close(self) -> None:
        """End the files."""
        if self._open is not None:
            self._open.close()
        self._open, self._closed = None, True


def create_file_writer(
    logdir: Any,
    max_queue: Any = None,
    flush_millis: Any = None,
    filename_suffix: Any = None,
    name: str | None = None,
    experimental_trackable: bool = False,
    experimental_mesh: Any = None,
) -> SummaryWriter:
    """A writer into a folder, which TensorBoard shows: ``tensorboard --logdir logs``.

    Args:
        logdir: the folder.
        filename_suffix: for the names of the files.
        max_queue, flush_millis, name, experimental_trackable, experimental_mesh: accepted, and not used.

    Raises:
        ImportError: with the first summary, if the package ``tensorboard`` is missing.
    """
    return SummaryWriter(text_of(logdir), text_of(filename_suffix or ""))


def create_noop_writer() -> SummaryWriter:
    """A writer that writes nothing."""
    return SummaryWriter(None)


def flush(writer: SummaryWriter | None = None, name: str | None = None) -> None:
    """Let readers see what was written."""
    used = writer or state.writer
    if used is not None:
        used.flush()


@contextlib.contextmanager
def record_if(condition: Any) -> Iterator[None]:
    """Within this, summaries are written only if the condition, or what a function says, holds."""
    before = state.recorded
    state.recorded = condition
    try:
        yield
    finally:
        state.recorded = before


def should_record_summaries() -> torch.Tensor:
    """Whether summaries are written now."""
    wanted: Any = state.recorded
    return torch.tensor(state.writer is not None and bool(wanted() if isinstance(wanted, Callable) else wanted))  # type: ignore[arg-type]


def current(step: Any, name: str) -> tuple[Any, int] | None:
    """Torch's writer and the step of a summary; None if it is not to be written.

    Raises:
        ValueError: no step is given or set.
    """
    if not should_record_summaries():
        return None
    assert state.writer is not None
    step = state.step if step is None else step
    if step is None:
        raise ValueError(
            f"No step set for the summary {name!r}: pass `step`, or call tf.summary.experimental.set_step."
        )
    files = state.writer.files()
    return None if files is None else (files, int(step))


__all__ = [
    "SummaryWriter",
    "create_file_writer",
    "create_noop_writer",
    "flush",
    "record_if",
    "should_record_summaries",
]
