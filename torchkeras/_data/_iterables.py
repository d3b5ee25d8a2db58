"""Data that comes batch by batch: loaders, datasets, generators, ``PyDataset``."""

import functools
import itertools
import types
from collections.abc import Callable, Iterator
from typing import Any

import torch

from torchkeras._data._convert import as_triple, to_tensors
from torchkeras._data._random_states import random_state_kept
from torchkeras._data._workers import load_ahead
from torchkeras._errors import brief


class LoaderSource:
    """Something that can be iterated anew each epoch: a ``DataLoader``, or a list-like of batches.

    Attributes:
        steps: batches in an epoch, None if unknown.
        num_samples: rows, None if unknown.
        goes_round: whether an epoch that asks for more batches gets the first ones again, as in Keras 2's
            ``fit_generator``.
    """

    endless = False
    goes_round = False

    def __init__(self, loader: Any, weigh: Any, batch_size: int | None = None) -> None:
        self.loader = loader
        self.weigh = weigh
        self.steps = _length(loader)
        self.batch_size = batch_size if batch_size is not None else getattr(loader, "batch_size", None)
        self.num_samples = None
        self._peeked: Any = None

    def peek(self) -> Any:
        """The first batch; the first epoch begins with it, too."""
        with random_state_kept(self.loader):
            if hasattr(self.loader, "glance"):  # it knows a short way
                return self._batch(self.loader.glance())
            for batch in self.loader:
                return self._batch(batch)
        raise ValueError(f"The {type(self.loader).__name__} that was given as data yields nothing.")

    def _batch(self, batch: Any) -> Any:
        x, y, weight = as_triple(batch)
        x, y, weight = to_tensors(x, "x"), to_tensors(y, "y"), to_tensors(weight, "sample_weight")
        return x, y, self.weigh(y, weight) if self.weigh is not None else weight

    def __iter__(self) -> Iterator[Any]:
        return self.epoch()

    def epoch(self, start: int = 0) -> Iterator[Any]:
        """The batches of the coming epoch from number `start` on.

        The order is drawn in this call, and the batches before `start` are loaded and dropped in it: whoever puts
        random states back afterwards goes on as if the epoch had run through.
        """
        return self._from(iter(self.loader), start)

    def _from(self, batches: Iterator[Any], start: int) -> Iterator[Any]:
        return map(self._batch, skipped(batches, start))

    def on_epoch_end(self) -> None:
        """Tell a dataset that wants to know."""
        if hasattr(self.loader, "on_epoch_end"):
            self.loader.on_epoch_end()


class PyDatasetSource(LoaderSource):
    """A ``PyDataset``: batch `i` is ``dataset[i]``; the order of the batches is shuffled if asked."""

    def __init__(self, dataset: Any, weigh: Any, shuffle: bool) -> None:
        super().__init__(dataset, weigh)
        self.steps = getattr(dataset, "num_batches", self.steps)  # None says that it never ends
        self.endless = self.steps is None
        self.goes_round = getattr(dataset, "_goes_round", False)
        self.shuffle = shuffle

    def peek(self) -> Any:
        with random_state_kept(self.loader):
            return self._batch(self.loader[0])

    def epoch(self, start: int = 0) -> Iterator[Any]:
        if hasattr(self.loader, "on_epoch_begin"):
            self.loader.on_epoch_begin()
        if self.steps is None:
            order: Any = itertools.count()
        else:
            order = torch.randperm(self.steps).tolist() if self.shuffle else range(self.steps)
        return self._from(load_ahead(self.loader, order), start)


class GeneratorSource(LoaderSource):
    """A generator: it goes on where the last epoch stopped, and may never end.

    What `peek` takes out of it comes first in the next epoch, so the random numbers drawn for it do count.
    """

    endless = True

    def __init__(self, generator: Any, weigh: Any) -> None:
        super().__init__(generator, weigh)
        self.steps = None
        self._ahead: list[Any] = []

    def peek(self) -> Any:
        if not self._ahead:
            try:
                self._ahead.append(next(self.loader))
            except StopIteration:
                raise ValueError("The generator that was given as data yields nothing.") from None
        return self._batch(self._ahead[0])

    def epoch(self, start: int = 0) -> Iterator[Any]:
        return self._from(self._left(), start)

    def _left(self) -> Iterator[Any]:
        while self._ahead:
            yield self._ahead.pop(0)
        # not `yield from`: leaving off there closes the generator, which the next `fit` goes on with
        for batch in self.loader:  # noqa: UP028
            yield batch


# what may make an iterator; other things that can be called, such as layers, are mistakes where data is expected
FUNCTIONS = (types.FunctionType, types.MethodType, functools.partial)


class Called:
    """What a function without arguments returns, asked for anew each epoch: a generator function, say."""

    def __init__(self, function: Callable[[], Any]) -> None:
        self.function = function

    def __iter__(self) -> Iterator[Any]:
        made = self.function()
        if not hasattr(made, "__iter__"):
            raise ValueError(
                f"`x`: expected the function {getattr(self.function, '__name__', 'given as data')!r} to return an "
                f"iterator of batches, for example to be a generator function, got {brief(made)}."
            )
        return iter(made)


def skipped(batches: Iterator[Any], count: int) -> Iterator[Any]:
    """`batches` without the first `count`, which are taken now."""
    for _ in itertools.islice(batches, count):
        pass
    return batches


def _length(loader: Any) -> int | None:
    try:
        return len(loader)
    except (TypeError, AttributeError, NotImplementedError):
        return None
