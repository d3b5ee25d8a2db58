"""Where a run is in its data, and how to come back there in another process."""

from typing import Any

from torchkeras._data._pydataset import PyDataset
from torchkeras._data._random_states import loader_states, random_states, set_loader_states, set_random_states


class Memory:
    """What brings a source to the batch where it is now: the random states from which its order was drawn.

    Data sets that change themselves between epochs (``on_epoch_end``) are changed again, with the random states of
    the first time.
    """

    def __init__(self, source: Any) -> None:
        self.source = source
        self.origin: dict[str, Any] | None = None
        self.turns: list[list[Any]] = []
        self._hooks = [name for name in ("on_epoch_begin", "on_epoch_end") if _has_own(_loader(source), name)]

    def begins(self) -> None:
        """The source is about to be iterated."""
        self.origin = self.here()
        self._turn("on_epoch_begin", self.origin)

    def ends(self) -> None:
        """The source is about to be told that an epoch is over."""
        if "on_epoch_end" in self._hooks:
            self._turn("on_epoch_end", self.here())

    def _turn(self, hook: str, states: dict[str, Any]) -> None:
        if hook in self._hooks:
            self.turns.append([hook, states])

    def here(self) -> dict[str, Any]:
        """All random states that draws for the data depend on."""
        return {"global": random_states(), "loader": loader_states(_loader(self.source))}

    def put_back(self, states: dict[str, Any]) -> None:
        """Set what :meth:`here` gave."""
        set_random_states(states["global"])
        set_loader_states(_loader(self.source), states["loader"])


def position(steps: Any, taken: int) -> dict[str, Any]:
    """Where `steps` is, `taken` batches after the source was last iterated anew; 0 if it will be."""
    memory = steps.memory
    turns = list(memory.turns)
    if taken and turns and turns[-1][0] == "on_epoch_begin":
        turns.pop()  # it will be called when that epoch is begun again
    origin = memory.origin if taken else None
    return {"taken": taken, "origin": origin, "turns": turns, "loader": loader_states(_loader(steps.source))}


def seek(steps: Any, place: dict[str, Any]) -> None:
    """Bring the data where :func:`position` was told; the caller sets the global random states afterwards."""
    memory, loader = steps.memory, _loader(steps.source)
    for hook, states in place["turns"]:
        memory.put_back(states)
        (loader.on_epoch_begin if hook == "on_epoch_begin" else steps.source.on_epoch_end)()
    memory.turns = list(place["turns"])
    if place["taken"]:
        memory.put_back(place["origin"])
        steps.resume(place["taken"])
        memory.origin = place["origin"]
    set_loader_states(loader, place["loader"])


def _loader(source: Any) -> Any:
    return getattr(source, "loader", None)


def _has_own(loader: Any, name: str) -> bool:
    method = getattr(type(loader), name, None)
    return method is not None and method is not getattr(PyDataset, name)
