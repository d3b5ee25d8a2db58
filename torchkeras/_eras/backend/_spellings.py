"""Arguments that Keras 1 spelt otherwise, and its words for the place of the channels."""

from collections.abc import Callable
from typing import Any, TypeVar

from torchkeras import _settings
from torchkeras._eras._arguments._row import renamed as renamed_row
from torchkeras._eras._arguments._wrapping import Table, function

F = TypeVar("F", bound=Callable[..., Any])

ORDERINGS = {"tf": "channels_last", "th": "channels_first"}


def renamed(**old_to_new: str) -> Callable[[F], F]:
    """Let a function take arguments under the names of Keras 1, with a warning: ``@renamed(dim="axis")``."""
    rows = tuple(renamed_row(old, new) for old, new in old_to_new.items())

    def decorate(target: F) -> F:
        return function(target, f"K.{target.__name__}", Table(rows))  # type: ignore[return-value]

    return decorate


def data_format_of(value: str | None, owner: str = "data_format") -> str:
    """Where the channels are, also in Keras 1's words (``"tf"``, ``"th"``); None asks the settings."""
    found = ORDERINGS.get(value, value) if isinstance(value, str) else _settings.image_data_format
    if found not in ORDERINGS.values():
        raise ValueError(f"`{owner}` must be 'channels_last' or 'channels_first', got {value!r}.")
    return found


def normalize_data_format(value: str | None) -> str:
    """`value` as ``"channels_last"`` or ``"channels_first"``; None asks the settings."""
    return data_format_of(value)


__all__ = ["normalize_data_format"]
