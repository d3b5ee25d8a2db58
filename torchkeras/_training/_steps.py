"""The batches of a loop, on the device, and who listens to it."""

import warnings
from collections.abc import Iterator
from typing import Any

import torch

from torchkeras import _settings
from torchkeras._data import to_device
from torchkeras.callbacks import CallbackList


class Steps:
    """The batches of each epoch, on the device; endless sources go on where they stopped."""

    def __init__(self, source: Any, steps: int | None, device: torch.device, what: str) -> None:
        self.source = source
        self.steps = steps if steps is not None else source.steps
        self.limited = steps is not None
        self.device = device
        self.what = what
        self._iterator: Iterator[Any] | None = None

    def epoch(self) -> Iterator[Any]:
        """One epoch of batches."""
        if not self.limited and not self.source.endless:
            return self._to_device(iter(self.source))
        return self._limited()

    def _to_device(self, batches: Iterator[Any]) -> Iterator[Any]:
        if self.device.type == "cpu":
            return batches
        return (to_device(batch, self.device) for batch in batches)

    def _limited(self) -> Iterator[Any]:
        done = 0
        while self.steps is None or done < self.steps:
            fresh = self._iterator is None
            if fresh:
                self._iterator = self._to_device(iter(self.source))
            batch = next(self._iterator, None)  # type: ignore[arg-type]
            if batch is None:
                self._iterator = None
                if self.source.endless or fresh or done:
                    break
                continue
            done += 1
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
        self.source.on_epoch_end()


def limited(steps: int | None) -> int | None:
    limit = _settings.max_steps_per_epoch
    if limit is None:
        return steps
    return limit if steps is None else min(steps, limit)


def callback_list(
    model: Any, callbacks: Any, verbose: Any, epochs: int, steps: int | None, history: bool = False
) -> Any:
    if isinstance(callbacks, CallbackList):
        callbacks.set_model(model)
        callbacks.set_params({"verbose": verbose, "epochs": epochs, "steps": steps})
        return callbacks
    verbose = 1 if verbose == "auto" or verbose is True else int(verbose)
    return CallbackList(
        callbacks,
        add_history=history,
        add_progbar=verbose != 0,
        model=model,
        verbose=verbose,
        epochs=epochs,
        steps=steps,
    )
