"""A call of ``fit`` as an object: where it is, and all that it takes to go on from there in another process."""

from collections.abc import Callable
from typing import Any

import torch

from torchkeras import _ranks
from torchkeras._data._random_states import random_states, set_random_states
from torchkeras._training._functions import StepFunction
from torchkeras._training._logs import read_logs
from torchkeras._training._run_callbacks import attributes, callback_states, restore_callbacks
from torchkeras._training._run_data import Memory, position, seek
from torchkeras._training._run_model import is_split, light_state, missing, model_state, restore_light, restore_model
from torchkeras._training._steps import Steps
from torchkeras.saving._state_tree import copied


class Run:
    """The running ``fit`` of a model, which finds it as ``model._run``.

    A callback that keeps checkpoints has a method ``_join(run)``. It is called before training begins, and may set
    ``found`` to a state that :meth:`state` gave, append to ``savers``, and later set ``due``.

    Attributes:
        epoch: the number of the present epoch, from 0.
        batch: the number of the next batch in it, up to date whenever :attr:`savers` are called.
        phase: ``"between"`` epochs, in the ``"batches"``, or in the ``"validation"`` of an epoch.
        logs: results of the epoch so far, as of the last look at them.
        due: set to have the state saved after the step that runs.
        leave: if set, called after that saving; raises what ends the process. Set by :meth:`call` and :meth:`agree`.
        savers: get the state when it is due. Its tensors are those in use: who keeps them must copy them.
        closers: called at the end of ``fit``, however it ends.
        found: the state to go on from.
    """

    def __init__(self, model: Any, steps: Steps, validation: Steps | None, callbacks: Any, epochs: int) -> None:
        self.model = model
        self.steps = steps
        self.validation = validation
        self.callbacks = callbacks
        self.epochs = epochs
        self.validation_data: Any = None  # as `fit` was given it
        self.epoch = 0
        self.batch = 0
        self.phase = "between"
        self.logs: dict[str, Any] = {}
        self.due = False
        self.leave: Callable[[], None] | None = None
        self.called: Callable[[], None] | None = None
        self.savers: list[Callable[[dict[str, Any]], None]] = []
        self.closers: list[Callable[[], None]] = []
        self.found: dict[str, Any] | None = None
        self._first: list[dict[str, Any]] = []  # attributes of the callbacks when training began
        self._kept: dict[str, Any] | None = None  # the light part of the state when validation began
        self._outer: Any = None

    @property
    def history(self) -> Any:
        """The ``History`` of the run."""
        return self.model.history

    def __enter__(self) -> "Run":
        self._outer = self.model._run
        self.model.__dict__["_run"] = self
        return self

    def __exit__(self, *error: Any) -> None:
        self.model.__dict__["_run"] = self._outer
        self.model.eval()
        self.steps._iterator = None
        for close in self.closers:
            close()

    # What `fit` tells.

    def begin(self, epoch: int, step: StepFunction, batch: Any) -> None:
        """Ask for a state to go on from and call the hooks of the beginning; `epoch` is the first one otherwise.

        `batch` goes through `step` if the saved state has parts that only a first step makes.
        """
        self.model.__dict__["_initial_epoch"] = None
        for callback in self.callbacks.callbacks:
            if hasattr(callback, "_join"):
                callback._join(self)
        if self.found is not None:
            self._fit_in(step, batch)
            self.model.__dict__["_initial_epoch"] = self.found["epoch"]
        self.callbacks.on_train_begin()
        self.epoch = self.model._initial_epoch or epoch
        if self.savers:
            self._remember()
        if self.found is not None:
            self.epoch, self.phase = self.found["epoch"], self.found["phase"]
            if self.phase == "between":
                self._resume()

    def epoch_begun(self) -> bool:
        """After the hooks of an epoch's beginning; whether its batches are still to come."""
        if self.found is not None:
            self._resume()
        elif self.phase == "between":
            self.phase, self.batch, self.logs = "batches", 0, {}
        return self.phase == "batches"

    def validation_begins(self, logs: dict[str, Any]) -> None:
        """After all batches; `logs` are their results."""
        self.phase, self.logs = "validation", logs
        if self.savers:
            self._kept = copied(self._light())

    def epoch_ended(self) -> None:
        """After the hooks of an epoch's end."""
        self.phase, self.epoch, self.batch, self.logs, self._kept = "between", self.epoch + 1, 0, {}, None
        if self.due:
            self.reached()

    def reached(self, batch: int | None = None, results: Any = None) -> None:
        """The state is due, `batch` batches into the epoch: save it, and leave if that is wanted."""
        self.due = False
        if batch is not None:
            self.batch, self.logs = batch, read_logs(results)
        state = self.state()
        for save in self.savers:
            save(state)
        if self.leave is not None:
            self.leave()

    # Leaving early.

    def call(self, leave: Callable[[], None]) -> None:
        """Have the state saved and then `leave` called; several ranks do so where they have told each other."""
        self.called = leave
        if _ranks.world_size() == 1:
            self.agree()

    def agree(self) -> None:
        """A rank was called: all save at the same batch and leave."""
        self.leave, self.due = self.called or _leave_with_the_others, True

    def last_call(self) -> None:
        """At the end of training: what nobody heard of before is heard now."""
        if any(_ranks.gather(self.called is not None)):
            self.agree()
            self.reached()

    # The state.

    def state(self) -> dict[str, Any]:
        """All that it takes to go on from here, as nested dicts of plain values and tensors."""
        light = self._kept if self._kept is not None else self._light()
        return {
            "epoch": self.epoch,
            "batch": self.batch,
            "phase": self.phase,
            "stop_training": bool(self.model.stop_training),
            "ranks": _ranks.gather(light),
            **({} if is_split(self.model) or not _ranks.is_first() else model_state(self.model)),
        }

    def _light(self) -> dict[str, Any]:
        """What may change while the weights do not, and differs between ranks."""
        callbacks = self.callbacks.callbacks
        taken = self.steps.under_way or (self.batch if self.phase == "batches" else 0)
        own = light_state(self.model)
        return {
            "logs": self.logs,
            "metrics": own["metrics"] if self.phase == "batches" else [],
            "seeds": own["seeds"],
            "parts": model_state(self.model) if is_split(self.model) else None,
            "buffers": list(self.model.buffers()) if _ranks.world_size() > 1 else [],
            "random": random_states(),
            "data": position(self.steps, taken),
            "validation": self.validation and position(self.validation, self.validation.under_way),
            "callbacks": callback_states(callbacks, self._first),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go back to where :meth:`state` was called."""
        light = self._own_part(state)
        self.epoch, self.batch, self.phase, self.logs = state["epoch"], state["batch"], state["phase"], light["logs"]
        restore_model(self.model, light["parts"] or state)
        if _ranks.rank() < len(state["ranks"]):  # what another rank had counted must not count twice
            restore_light(self.model, light)
        restore_callbacks(self.callbacks.callbacks, self._first, light["callbacks"])
        with torch.no_grad():
            for own, saved in zip(self.model.buffers(), light["buffers"]):
                own.copy_(saved)
        self.model.stop_training = state["stop_training"]
        seek(self.steps, light["data"])
        if self.validation is not None and light["validation"] is not None:
            seek(self.validation, light["validation"])
        set_random_states(light["random"])

    def _resume(self) -> None:
        state, self.found = self.found, None
        assert state is not None
        self.restore(state)

    def _remember(self) -> None:
        """From now on keep what makes it possible to come back."""
        self._first = [attributes(callback) for callback in self.callbacks.callbacks]
        for steps in (self.steps, self.validation):
            if steps is not None:
                steps.memory = Memory(steps.source)

    def _fit_in(self, step: StepFunction, batch: Any) -> None:
        """See that the model has a place for everything that was found; weights are put back at once."""
        assert self.found is not None
        light = self._own_part(self.found)
        held = light["parts"] or self.found
        if missing(self.model, held, light):
            self.model.train()
            step(*batch)
        problem = missing(self.model, held, light)
        if problem:
            raise ValueError(
                f'Model "{self.model.name}" cannot go on from the checkpoint, which is of another model: {problem}. '
                "Give another `backup_dir`, or remove the files in it."
            )
        restore_model(self.model, held)

    def _own_part(self, state: dict[str, Any]) -> dict[str, Any]:
        """Of the saved ranks, this one; with more ranks than there were, one of them."""
        ranks = state["ranks"]
        if is_split(self.model) and len(ranks) != _ranks.world_size():
            raise ValueError(
                f'Model "{self.model.name}" is split into {_ranks.world_size()} parts, the checkpoint has '
                f"{len(ranks)}. Start as many processes as before."
            )
        return ranks[_ranks.rank() % len(ranks)]


def _leave_with_the_others() -> None:
    raise SystemExit(143)
