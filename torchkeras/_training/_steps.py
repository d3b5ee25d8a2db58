"""The batches of a loop, on the device, and who listens to it."""

import warnings
from collections.abc import Iterator
from typing import Any

import torch

from torchkeras import _ranks, _settings
from torchkeras._data import on_device
from torchkeras._training._run_data import Memory
from torchkeras.callbacks import CallbackList


class Steps:
    """The batches of each epoch, on the device; endless sources go on where they stopped."""

    def __init__(self, source: Any, steps: int | None, device: torch.device, what: str) -> None:
        self.source = source
        self.steps = steps if steps is not None else source.steps
        self.limited = steps is not None
        self.device = device
        self.what = what
        self.goes_round = what == "fit" and getattr(source, "goes_round", False)
        self.taken = 0  # batches of the source's present iteration
        self.memory: Memory | None = None  # once someone wants to come back here
        self._iterator: Iterator[Any] | None = None

    def epoch(self, done: int = 0) -> Iterator[Any]:
        """One epoch of batches, `done` of which a run took before it was resumed."""
        if self.limited or self.source.endless:
            return self._limited(done)
        batches, self._iterator = self._iterator or self._begin(), None
        return batches

    def resume(self, taken: int) -> None:
        """Iterate the source from batch `taken` on at the next epoch; the order is drawn now."""
        self._iterator = self._begin(taken)

    def _begin(self, start: int = 0) -> Iterator[Any]:
        if self.memory is not None:
            self.memory.begins()
        self.taken = start
        return on_device(self.source.epoch(start), self.device)

    @property
    def under_way(self) -> int:
        """Between epochs: how many batches of the source's present iteration are gone; 0 if a new one comes."""
        return self.taken if self._iterator is not None else 0

    def _limited(self, done: int) -> Iterator[Any]:
        while self.steps is None or done < self.steps:
            fresh = self._iterator is None
            if fresh:
                self._iterator = self._begin()
            batch = next(self._iterator, None)  # type: ignore[arg-type]
            if batch is None:
                self._iterator = None
                if self.source.endless or fresh or (done and not self.goes_round):
                    break
                if done:
                    self.finished()  # with the data, not with the epoch
                continue
            done += 1
            self.taken += 1
            yield batch
        if self.steps is not None and done < self.steps:
            warnings.warn(
                f"{self.what}: the data ended after {done} of {self.steps} steps. "
                "Give a generator that goes on, or fewer steps.",
                stacklevel=6,
            )
        elif self.steps is None and not done:
            warnings.warn(f"{self.what}: the data holds no more batches.", stacklevel=6)

    def rewind(self) -> None:
        """Start from the first batch next time, where there is one to come back to."""
        if not self.source.endless:
            self._iterator = None

    def finished(self) -> None:
        if self.memory is not None:
            self.memory.ends()
        self.source.on_epoch_end()


def limited(steps: int | None, source: Any = None) -> int | None:
    """`steps`, but no more than ``KERAS_MAX_STEPS_PER_EPOCH``; None if all batches of `source` are no more either."""
    limit = _settings.max_steps_per_epoch
    if limit is None or (steps or getattr(source, "steps", None) or limit + 1) <= limit:
        return steps
    warnings.warn(f"Limiting steps_per_epoch to {limit}, as KERAS_MAX_STEPS_PER_EPOCH says.", stacklevel=4)
    return limit


def limited_epochs(epochs: int) -> int:
    """`epochs`, but no more than ``KERAS_MAX_EPOCHS``."""
    limit = _settings.max_epochs
    if limit is None or epochs <= limit:
        return epochs
    warnings.warn(f"Limiting epochs to {limit}, as KERAS_MAX_EPOCHS says.", stacklevel=4)
    return limit


def group_size(model: Any) -> int:
    """How many steps callbacks see as one (``steps_per_execution``)."""
    size = model.steps_per_execution
    return size if isinstance(size, int) and size > 0 else 1


def callback_list(
    model: Any, callbacks: Any, verbose: Any, epochs: int, steps: int | None, history: bool = False
) -> Any:
    if isinstance(callbacks, CallbackList):
        callbacks.set_model(model)
        callbacks.set_params({"verbose": verbose, "epochs": epochs, "steps": steps})
        return callbacks
    verbose = 1 if verbose == "auto" or verbose is True else int(verbose)
    verbose = verbose if _ranks.is_first() else 0
    return CallbackList(
        callbacks,
        add_history=history,
        add_progbar=verbose != 0,
        model=model,
        verbose=verbose,
        epochs=epochs,
        steps=steps,
    )
