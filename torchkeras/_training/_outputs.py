"""Outputs, targets and weights taken apart: where each output sits in the structure, and what it is called."""

from typing import Any, NamedTuple

from torch import Tensor

from torchkeras._errors import nearest
from torchkeras._structures import leaves, ordered


class Place(NamedTuple):
    """Where an output sits: the way into the structure, its position among all leaves, its name."""

    path: tuple[Any, ...]
    index: int | None  # type: ignore[assignment]  # hides `tuple.index`, which nobody needs
    name: str

    @property
    def key(self) -> str:
        """The name in the logs, with the way to it if the structure is nested."""
        return "/".join([*map(str, self.path[:-1]), self.name])

    def of(self, value: Any) -> Any:
        """What belongs to this output: in the same structure, in a flat list, or in a dict by name."""
        if not isinstance(value, (list, tuple, dict)):
            return value
        found, inside = _follow(value, self.path)
        if inside and (self.path or len(value) != 1):
            return found  # a lone output's loss may take several targets, but `[y]` is one
        if isinstance(value, dict) and self.name in value:
            return value[self.name]
        flat = list(leaves(value))
        if self.index is not None and self.index < len(flat):
            return flat[self.index]
        raise ValueError(f"No entry for the output {self.key!r} in a structure with {_told(value)}.")


def _told(value: Any) -> str:
    return f"the keys {list(value)}" if isinstance(value, dict) else f"{len(value)} entries"


def _follow(value: Any, path: tuple[Any, ...]) -> tuple[Any, bool]:
    for key in path:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return None, False
    return value, True


def places(model: Any, y_pred: Any) -> list[Place]:
    """A place for each leaf of the outputs, named by the graph's output layers or by the keys of a dict."""
    paths = list(_paths(y_pred))
    names = getattr(model, "output_names", None)
    if not names or len(names) != len(paths):
        names = [
            str(path[-1]) if path and isinstance(path[-1], str) else f"output_{index + 1}"
            for index, path in enumerate(paths)
        ]
    elif isinstance(y_pred, dict):
        names = [str(path[-1]) if isinstance(path[-1], str) else name for path, name in zip(paths, names, strict=True)]
    return [Place(path, index, name) for index, (path, name) in enumerate(zip(paths, names, strict=True))]


def has_names(model: Any, y_pred: Any) -> bool:
    """Whether the outputs have names of their own: those of a graph or of a dict."""
    return bool(getattr(model, "output_names", None)) or isinstance(y_pred, dict)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Any:
    if isinstance(value, dict):
        for key in ordered(value):
            yield from _paths(value[key], (*path, key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _paths(item, (*path, index))
    else:
        yield path


def is_one(value: Any) -> bool:
    """Whether `value` is one loss or metric, not a list or dict of them."""
    return not isinstance(value, (list, tuple, dict)) or (isinstance(value, dict) and "class_name" in value)


def assign(what: str, given: Any, found: list[Place], y_pred: Any) -> list[tuple[Place, Any]]:
    """Pairs of a place and what `given` (one thing, a list, a dict, or the outputs' structure) holds for it.

    Raises:
        ValueError: a name that no output has, or another number of entries.
    """
    if given is None:
        return []
    if is_one(given):
        return [(place, given) for place in found]
    flat = not any(len(place.path) > 1 for place in found)
    names = [place.name for place in found]
    if isinstance(given, dict) and not isinstance(y_pred, dict):
        if set(given) != set(names):
            unknown = [key for key in given if key not in names]
            hint = nearest(str(unknown[0]), names) if unknown else ""
            raise ValueError(f"Expected keys {names} in {what} dict, but found {what}.keys()={list(given)}.{hint}")
        return [(place, given[place.name]) for place in found if given[place.name] is not None]
    if isinstance(given, (list, tuple)) and len(given) == 1 and len(found) == 1:
        return assign(what, given[0], found, y_pred) if given[0] is not None else []
    if isinstance(given, (list, tuple)) and flat and isinstance(y_pred, dict) and len(given) == len(found):
        return [(place, item) for place, item in zip(found, given, strict=True) if item is not None]
    return list(_match(what, given, y_pred, (), {place.path: place for place in found}))


def _match(what: str, given: Any, y_pred: Any, path: tuple[Any, ...], known: dict[Any, Place]) -> Any:
    """Walk `given` and the outputs together; one thing at a branch takes the whole branch."""
    if given is None:
        return
    if is_one(given):
        yield known.get(path, Place(path, None, str(path[-1]) if path else "output")), given
    elif isinstance(given, dict):
        _check_keys(what, given, y_pred, path)
        for key, item in given.items():
            yield from _match(what, item, y_pred[key], (*path, key), known)
    elif len(given) == 1 and path in known:
        yield from _match(what, given[0], y_pred, path, known)
    else:
        _check_entries(what, given, y_pred, path)
        for index, (item, part) in enumerate(zip(given, y_pred, strict=True)):
            yield from _match(what, item, part, (*path, index), known)


def _check_keys(what: str, given: dict[Any, Any], y_pred: Any, path: tuple[Any, ...]) -> None:
    if not isinstance(y_pred, dict):
        raise ValueError(f"`{what}`: expected a {type(y_pred).__name__} for the output {_text(path)}, got a dict.")
    unknown = [key for key in given if key not in y_pred]
    if unknown:
        raise KeyError(
            f"The path: {(*path, unknown[0])} in the `{what}` argument, can't be found in either the model's "
            f"output (`y_pred`) or in the labels (`y_true`). The outputs there are {list(y_pred)}."
            f"{nearest(str(unknown[0]), list(y_pred))}"
        )


def _check_entries(what: str, given: Any, y_pred: Any, path: tuple[Any, ...]) -> None:
    if not isinstance(y_pred, (list, tuple)) or isinstance(y_pred, Tensor):
        kind = type(y_pred).__name__ if isinstance(y_pred, dict) else "single entry"
        raise ValueError(
            f"`{what}`: expected a {kind} for the output {_text(path)}, got a {type(given).__name__} of {len(given)}."
        )
    if len(given) != len(y_pred):
        raise ValueError(
            f"`{what}`: expected {len(y_pred)} entries, one for each output {_text(path)}, got {len(given)}."
        )


def _text(path: tuple[Any, ...]) -> str:
    return repr("/".join(map(str, path))) if path else "of the model"
