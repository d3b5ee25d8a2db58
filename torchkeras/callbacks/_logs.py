"""What callbacks are told: plain numbers, fetched from the device when someone looks."""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any

import torch

from torchkeras._spellings import Logs


class BatchLogs(MutableMapping[str, Any]):
    """Logs of one batch, read from the device at the first look and then kept.

    The training loop hands out one a batch; ``read`` makes the one host sync. It behaves as a dict; only
    its truth value is always true, so that the common ``logs = logs or {}`` does not look inside.

    Args:
        read: gives the values as a ``dict[str, float]``; called at most once.
    """

    __slots__ = ("_read", "_values")

    def __init__(self, read: Callable[[], dict[str, Any]]) -> None:
        self._read: Callable[[], dict[str, Any]] | None = read
        self._values = Logs()

    def _fetched(self) -> Logs:
        if self._read is not None:
            read, self._read = self._read, None
            self._values = python_logs(read())
        return self._values

    def __getitem__(self, name: str) -> Any:
        return self._fetched()[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._fetched()[name] = value

    def __delitem__(self, name: str) -> None:
        del self._fetched()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fetched())

    def __len__(self) -> int:
        return len(self._fetched())

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return repr(self._fetched())

    def copy(self) -> dict[str, Any]:
        return self._fetched().copy()


def python_logs(logs: Mapping[str, Any] | None) -> Logs:
    """Logs in alphabetical order, single numbers as Python floats, nested dicts flattened.

    >>> python_logs({"loss": torch.tensor(0.5), "a": {"mse": 2}})
    {'loss': 0.5, 'mse': 2.0}
    """
    flat: dict[str, Any] = {}
    for name, value in (logs or {}).items():
        if isinstance(value, Mapping):
            flat.update(python_logs(value))
        else:
            flat[name] = value if isinstance(value, float) else _as_number(value)
    return Logs(sorted(flat.items()))


def _as_number(value: Any) -> Any:
    """A Python float where there is one number; anything else as it is."""
    if isinstance(value, torch.Tensor):
        value = value.detach()
    try:
        return float(value)
    except (TypeError, ValueError, RuntimeError):  # a string, several numbers
        return value
