"""Arguments that Keras 1 spelt otherwise, and its words for the place of the channels."""

import functools
from collections.abc import Callable
from typing import Any

from torchkeras import _settings
from torchkeras._errors import deprecated

ORDERINGS = {"tf": "channels_last", "th": "channels_first"}


def renamed(**old_to_new: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a function take arguments under the names of Keras 1, with a warning: ``@renamed(dim="axis")``."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def accepting(*args: Any, **kwargs: Any) -> Any:
            if not old_to_new.keys().isdisjoint(kwargs):
                kwargs = _today(function.__name__, kwargs, old_to_new)
            return function(*args, **kwargs)

        return accepting

    return decorate


def _today(owner: str, kwargs: dict[str, Any], old_to_new: dict[str, str]) -> dict[str, Any]:
    for old in old_to_new.keys() & kwargs.keys():
        deprecated(f"K.{owner}: `{old}` is now `{old_to_new[old]}`.")
    return {old_to_new.get(name, name): value for name, value in kwargs.items()}


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
