"""Loading as a transaction (S15): plan, check everything, and only then change the model."""

import contextlib
import warnings
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import numpy as np
import torch

from torchkeras._errors import brief
from torchkeras._file_errors import CorruptFileError, FileError
from torchkeras._scopes import StatelessScope
from torchkeras.optimizers import Optimizer
from torchkeras.saving._numbers import dtype_name, to_tensor
from torchkeras.saving._parts import walk
from torchkeras.saving._places import Place, Store, loads_plainly, places


class Stored(Protocol):
    """An array in a file, not read yet."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    path: str

    def read(self) -> np.ndarray[Any, Any]:
        """All of it."""

    def pieces(self) -> Iterator[tuple[int, np.ndarray[Any, Any]]]:
        """Its rows, from the first one of each piece on."""

    def checked(self) -> Iterator[tuple[int, np.ndarray[Any, Any]]]:
        """The same; an error comes after the last piece if the data is not what was written."""


class Source(Protocol):
    """A file of weights."""

    def arrays(self, path: str) -> dict[str, Stored]:
        """What is stored for the part at `path`: its own arrays, not those of the parts inside."""


Job = Callable[[], None]


def load_state(
    root: Any,
    source: Source,
    *,
    fresh: bool = False,
    skip_mismatch: bool = False,
    objects_to_skip: Any = (),
) -> None:
    """Give `root` and all its parts the values of a file.

    Args:
        root: a model or a layer.
        source: the file.
        fresh: whether `root` was just made and nobody else sees it: hashes are then compared while values are copied.
            Otherwise all data is read and checked once before the first value changes.
        skip_mismatch: whether to leave parts alone, with a warning, that the file does not fit.
        objects_to_skip: parts to leave alone.

    Raises:
        CorruptFileError: parts that the file does not fit, by name, with both shapes; or damaged data.
    """
    plan = _Plan(source, {id(item) for item in objects_to_skip or ()})
    with plan.undone_on_failure():
        for paths, part in _places(root):
            plan.add(paths, part)
        plan.report(skip_mismatch)
        if not fresh:
            plan.check()
        plan.run(fresh)


def check_fit(root: Any, source: Source) -> None:
    """Compare all shapes and kinds of numbers with those in a file; `root` may be on the meta device.

    Raises:
        CorruptFileError: as :func:`load_state` does.
    """
    plan = _Plan(source, set())
    for paths, part in _places(root):
        if loads_plainly(part) and not isinstance(part, Optimizer):
            plan.add(paths, part)
    plan.report(False)


def _places(root: Any) -> list[tuple[list[str], Any]]:
    """Each part with all paths on which it is reached: the file may be of a model that named it otherwise."""
    aliases: dict[int, list[str]] = {}
    found = list(walk(root, aliases=aliases))
    return [([path, *aliases.get(id(part), [])], part) for path, part in found]


class _Plan:
    """What is to be done once everything is checked."""

    def __init__(self, source: Source, skipped: set[int]) -> None:
        self._source, self._skipped = source, skipped
        self._fills: list[tuple[Place, Stored]] = []
        self._assigned: list[tuple[Any, Any]] = []  # what loaders of users assigned: variables and values
        self._touched: list[tuple[Any, dict[str, Any]]] = []
        self._failed: list[tuple[Any, Exception]] = []

    def add(self, paths: list[str], part: Any) -> None:
        """Plan one part; what does not fit is noted."""
        if id(part) in self._skipped:
            return
        try:
            found = next(filter(None, map(self._source.arrays, paths)), {})
            if loads_plainly(part):
                self._fills += _matched(paths[0], part, found)
            else:
                self._load_own(part, found)
        except (ValueError, KeyError, TypeError, IndexError, RuntimeError) as error:
            if isinstance(error, FileError) and not isinstance(error, _Mismatch):
                raise
            self._failed.append((part, error))

    def _load_own(self, part: Any, found: dict[str, Stored]) -> None:
        """Run the user's ``load_own_variables``; what it assigns to variables waits."""
        store = Store((key, _read(array)) for key, array in found.items())
        self._touched.append((part, dict(vars(part))))
        with StatelessScope() as scope:
            part.load_own_variables(store)
            self._assigned += [(scope._variables[key], value) for key, value in scope.state_mapping.items()]

    @contextlib.contextmanager
    def undone_on_failure(self) -> Iterator[None]:
        """Attributes that users' loaders set are as before if anything fails."""
        try:
            yield
        except BaseException:
            for part, before in self._touched:
                vars(part).clear()
                vars(part).update(before)
            raise

    def report(self, skip_mismatch: bool) -> None:
        """Tell what did not fit."""
        if not self._failed:
            return
        names = [_title(part) for part, _ in self._failed]
        message = (
            f"A total of {len(names)} objects could not be loaded. Example error message for object {names[0]}:\n\n"
            f"{self._failed[0][1]}\n\nList of objects that could not be loaded:\n[{', '.join(names[:20])}]"
        )
        if not skip_mismatch:
            raise CorruptFileError(message)
        warnings.warn(message, UserWarning, stacklevel=2)

    def check(self) -> None:
        """Read all data once, and compare hashes."""
        for _, array in self._fills:
            for _ in array.checked():
                pass

    def run(self, fresh: bool) -> None:
        """Change the model."""
        with torch.no_grad():
            for place, array in self._fills:
                pieces = array.checked() if fresh else array.pieces()
                place.fill((start, to_tensor(piece)) for start, piece in pieces)
            for variable, value in self._assigned:
                variable.assign(value)


class _Mismatch(CorruptFileError):
    """A part that the file does not fit."""


def _matched(path: str, part: Any, found: dict[str, Stored]) -> list[tuple[Place, Stored]]:
    """Each array of the part with the one in the file, of the same shape and kind of number."""
    own = places(part)
    if len(own) != len(found) and isinstance(part, Optimizer):
        warnings.warn(
            f"Skipping variable loading for optimizer '{part.name}', because it has {len(own)} variables whereas "
            f"the saved optimizer has {len(found)} variables.",
            UserWarning,
            stacklevel=2,
        )
        return []
    if hasattr(part, "_check_stored"):
        part._check_stored(own, len(found))
    for key, place in own.items():
        if key not in found:
            raise _Mismatch(f"{_title(part)}: the file has no {place.name!r} ({path}/vars/{key}).")
        _check_fit(part, place, found[key])
    return [(place, found[key]) for key, place in own.items()]


def _check_fit(part: Any, place: Place, array: Stored) -> None:
    if place.shape != array.shape:
        raise _Mismatch(
            f"{_title(part)}: the shapes of its weight {place.name!r} must match: the layer has {place.shape}, "
            f"the file has {array.shape} ({array.path})."
        )
    floats = array.dtype.kind in "fV", place.dtype.is_floating_point
    if floats[0] and not floats[1]:
        raise _Mismatch(
            f"{_title(part)}: its weight {place.name!r} holds {brief(place.dtype)} numbers, the file has "
            f"{dtype_name(array.dtype)} ones ({array.path})."
        )


def _read(array: Stored) -> np.ndarray[Any, Any]:
    for _ in array.checked():
        pass
    values = array.read()
    return to_tensor(values).float().numpy() if values.dtype.kind == "V" else values


def _title(part: Any) -> str:
    return f"<{type(part).__name__} name={getattr(part, 'name', None)}, built={getattr(part, 'built', True)}>"
