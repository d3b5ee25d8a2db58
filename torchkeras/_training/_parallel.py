"""Loops that all ranks run together, each on its rows of every batch; alone, a loop runs as it is.

Weights begin as those of the first rank and stay alike, as every rank takes the same steps with the same gradients.
Random numbers outside a step (the order of the rows, new weights) are the same on all ranks, those within it (dropout)
are each rank's own.
"""

import functools
import weakref
import zlib
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from torchkeras import _ranks
from torchkeras._training._functions import overrides, ready
from torchkeras._training._logs import read_logs
from torchkeras._training._parallel_data import OneBatch, shared
from torchkeras._training._parallel_gradients import GradientSum
from torchkeras._training._parallel_metrics import summed_logs
from torchkeras._training._parallel_state import averaged_buffers, check_alike, kept_state, send_state
from torchkeras.callbacks import ProgbarLogger

Step = Callable[[Any, Any, Any], Any]

__all__ = ["Alone", "Together", "TrainTogether", "lay_out", "on_batch", "shared", "testing", "training"]


def training(model: Any, source: Any, callbacks: Any) -> Any:
    """Who cares for the ranks in a call of ``fit``; `source` is what :func:`shared` gave."""
    if _ranks.world_size() == 1:
        return Alone(model)
    return TrainTogether(model, source, _may_stop_within_an_epoch(model, callbacks))


def _may_stop_within_an_epoch(model: Any, callbacks: Any) -> bool:
    listening = callbacks._waiting["on_train_batch_begin"] + callbacks._waiting["on_train_batch_end"]
    watches = any(not isinstance(getattr(each, "__self__", each), ProgbarLogger) for each in listening)
    watches = watches or any(hasattr(callback, "_join") for callback in callbacks.callbacks)  # for signals
    return watches or overrides(model, "train_step") or overrides(model, "make_train_function")


def lay_out(model: Any, batch: Any) -> None:
    """Split the weights if ``keras.distribution`` was told to; `batch` makes them if they are not there yet."""
    if _ranks.distribution is None or _ranks.world_size() == 1:
        return
    ready(model, batch)
    check_alike(model)
    send_state(model)
    _ranks.distribution.lay_out(model)


def testing(model: Any, source: Any) -> Any:
    """Who cares for the ranks in an evaluation."""
    return Together(model, source) if _ranks.world_size() > 1 else Alone(model)


def on_batch(model: Any, batch: Any, step: Step, train: bool) -> dict[str, Any]:
    """The logs of one step on a batch that all ranks have, of which each takes its rows."""
    if not _ranks.start():
        return read_logs(step(*batch))
    source = OneBatch()
    mine = source.cut(batch)
    team = _team_of(model) if train else Together(model, source)
    team.source = source
    return team.logs(team.step(step)(*mine))


_teams: weakref.WeakKeyDictionary[Any, "TrainTogether"] = weakref.WeakKeyDictionary()


def _team_of(model: Any) -> "TrainTogether":
    """Who cares for the ranks in ``train_on_batch``: made at the first call, for weights are sent but once."""
    team = _teams.get(model)
    if team is None:
        team = _teams[model] = TrainTogether(weakref.proxy(model), None, asks=False)
    team.watch()
    return team


class Alone:
    """One rank: nothing to care for."""

    def __init__(self, model: Any) -> None:
        self.stopping: Callable[[], bool] = functools.partial(getattr, model, "stop_training", False)
        self.stopped = self.stopping

    def step(self, step: Step) -> Step:
        """The step to take instead of `step`."""
        return step

    def logs(self, results: Any) -> dict[str, Any]:
        """What the last step of an epoch returned, as numbers."""
        return read_logs(results)

    def close(self) -> None:
        """The loop has ended."""


class Together:
    """An evaluation on several ranks: what losses and metrics count is counted over all of them."""

    def __init__(self, model: Any, source: Any) -> None:
        self.model = model
        self.source = source
        self._share = 1 / _ranks.parts()  # before the first batch, as a resumed epoch may have none left

    def step(self, step: Step) -> Step:
        """`step` on this rank's rows."""

        def share_step(x: Any, y: Any, weight: Any) -> Any:
            rows, everyone = self.source.rows.popleft()
            _ranks.share = self._share = rows / everyone
            try:
                return self._run(step, x, y, weight) if rows else self._stand_in(step, x, y, weight)
            finally:
                _ranks.share = None

        return share_step

    def _run(self, step: Step, x: Any, y: Any, weight: Any) -> Any:
        return step(x, y, weight)

    def _stand_in(self, step: Step, x: Any, y: Any, weight: Any) -> Any:
        """Take part on a row that is not ours, and leave no trace of it."""
        with kept_state(self.model):
            results = self._run(step, x, y, weight)
            return dict(results.items()) if isinstance(results, dict) else results

    def logs(self, results: Any) -> dict[str, Any]:
        """The values over the rows of all ranks."""
        return summed_logs(self.model, results, self._share)

    def close(self) -> None:
        """The loop has ended."""


class TrainTogether(Together):
    """A training on several ranks.

    Args:
        asks: whether something on this rank may set ``stop_training`` within an epoch. If so on any rank, the ranks ask
            each other after each step.
    """

    def __init__(self, model: Any, source: Any, asks: bool) -> None:
        super().__init__(model, source)
        check_alike(model)
        send_state(model)
        self._asks = any(_ranks.gather(asks))
        _ranks.own_random = None
        self._watched = _trained(model)
        self._gradients = _ranks.gradients = GradientSum(self._watched)

    def watch(self) -> bool:
        """Sum the gradients of the weights that are trained now; whether they are others than before."""
        _ranks.gradients, before = self._gradients, self._watched
        self._watched = _trained(self.model)
        changed = list(map(id, before)) != list(map(id, self._watched))
        if changed:
            self._gradients.watch(self._watched)
        return changed

    def _run(self, step: Step, x: Any, y: Any, weight: Any) -> Any:
        self._gradients.begin()
        if _ranks.own_random is None:
            return self._first(step, x, y, weight)
        everyones = torch.get_rng_state()
        torch.set_rng_state(_ranks.own_random)
        try:
            return step(x, y, weight)
        finally:
            _ranks.own_random = torch.get_rng_state()
            torch.set_rng_state(everyones)

    def _first(self, step: Step, x: Any, y: Any, weight: Any) -> Any:
        """The first step, which may make weights: they are drawn alike, and watched from now on."""
        results = step(x, y, weight)
        if self.watch():
            send_state(self.model)
        _ranks.own_random = _own_random_state()
        return results

    def stopping(self) -> bool:
        """After each step: whether a rank wants to stop."""
        return self._asks and self.stopped()

    def stopped(self) -> bool:
        """Whether a rank has set ``stop_training``; then all have. A signal that one has got, all have got, too."""
        run = self.model._run
        wanted = torch.tensor([float(self.model.stop_training), float(run is not None and run.called is not None)])
        stop, called = _ranks.total(wanted, all_ranks=True).tolist()
        self.model.stop_training = stop > 0
        if called:
            run.agree()
        return self.model.stop_training

    def logs(self, results: Any) -> dict[str, Any]:
        averaged_buffers(self.model)
        return super().logs(results)

    def close(self) -> None:
        self._gradients.close()
        _ranks.gradients = None


def _trained(model: Any) -> list[nn.Parameter]:
    return [each for each in model.parameters() if each.requires_grad and not hasattr(each, "in_step")]


def _own_random_state() -> Tensor:
    """A state of torch's generator for this rank alone, that follows from the one all have."""
    seed = zlib.crc32(torch.get_rng_state().numpy().tobytes()) + _ranks.part()
    if torch.cuda.is_initialized():
        torch.cuda.manual_seed(seed)
    return torch.Generator().manual_seed(seed).get_state()
