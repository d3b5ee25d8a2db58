"""What callbacks remember: by default all plain data among their attributes."""

from typing import Any

from torchkeras.saving._state_tree import copied, is_plain, same

_NOT_THEIRS = ("params", "model", "_model")


def attributes(callback: Any) -> dict[str, Any]:
    """A copy of the plain data among the attributes: numbers, text, arrays, tensors, and containers of them."""
    return {
        name: copied(value) for name, value in vars(callback).items() if name not in _NOT_THEIRS and is_plain(value)
    }


def callback_states(callbacks: list[Any], first: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What each callback remembers; `first` are their :func:`attributes` at the start, which need no saving."""
    return [
        {"kind": type(callback).__name__, "state": _state(callback, begun)}
        for callback, begun in zip(callbacks, first, strict=True)
    ]


def restore_callbacks(callbacks: list[Any], first: list[dict[str, Any]], states: list[dict[str, Any]]) -> None:
    """Put back what :func:`callback_states` gave, for the callbacks that are still in the list."""
    left = list(states)
    for callback, begun in zip(callbacks, first, strict=True):
        kind = type(callback).__name__
        saved = next((state for state in left if state["kind"] == kind), None)
        if saved is not None:
            left.remove(saved)
            _restore(callback, begun, saved["state"])


def _state(callback: Any, begun: dict[str, Any]) -> dict[str, Any]:
    if _has_own(callback):
        return callback._state()
    now = attributes(callback)
    return {name: value for name, value in now.items() if name not in begun or not same(value, begun[name])}


def _restore(callback: Any, begun: dict[str, Any], state: dict[str, Any]) -> None:
    if _has_own(callback):
        callback._set_state(state)
    else:
        # what was as in the beginning is so again, whatever the hooks before this did
        vars(callback).update(copied({**begun, **state}))


def _has_own(callback: Any) -> bool:
    """Whether it writes its state itself: ``_state() -> dict`` and ``_set_state(dict)``."""
    return callable(getattr(callback, "_state", None)) and callable(getattr(callback, "_set_state", None))
