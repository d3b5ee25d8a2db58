"""Functions that this process itself wrote into configs, found again when it reads them back.

Scripts of Keras 1 and 2 save a model with a lambda, or with a function of theirs, and load it a line later. What the
file says is then only compared with what was written here, and the very function is taken: no code out of a file runs.
Nothing is kept unless :func:`keep` was called, as the runner does.
"""

from collections.abc import Callable
from typing import Any

_kept: dict[str, list[tuple[Any, Callable[..., Any]]]] | None = None


def keep() -> None:
    """From now on, keep the functions that configs are written of, as long as this process lives."""
    global _kept
    _kept = {} if _kept is None else _kept


def wrote(text: str, parts: Any, function: Callable[..., Any]) -> None:
    """A config was written of `function`: under a name or a code, `text`, with `parts` beside it."""
    if _kept is not None and find(text, parts) is not function:
        _kept.setdefault(text, []).insert(0, (_plain(parts), function))


def find(text: Any, parts: Any = None) -> Callable[..., Any] | None:
    """The last function of which exactly this was written, or None."""
    wanted = _plain(parts)
    known = (_kept or {}).get(text, ()) if isinstance(text, str) else ()
    return next((function for written, function in known if _same(written, wanted)), None)


def _same(written: Any, wanted: Any) -> bool:
    try:
        return bool(written == wanted)
    except (ValueError, RuntimeError):  # arrays among the parts
        return False


def _plain(value: Any) -> Any:
    """`value` as JSON gives it back: lists for tuples."""
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value
