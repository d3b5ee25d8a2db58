"""Constructors out of a table of arguments, for the losses and metrics that name a function."""

import inspect
from collections.abc import Callable
from typing import Any

from torchkeras._fields import unexpected_arguments

_KEYWORD = inspect.Parameter.POSITIONAL_OR_KEYWORD


def constructor(cls: type, table: dict[str, Any]) -> Callable[..., None]:
    """An ``__init__`` with the arguments and defaults of `table`, which hands them to ``self._setup(values)``."""
    owner = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    parameters = [inspect.Parameter(name, _KEYWORD, default=value) for name, value in table.items()]
    signature = inspect.Signature([owner, *parameters])

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        unknown = {key: value for key, value in kwargs.items() if key not in table}
        if unknown:
            raise unexpected_arguments(self, unknown)
        bound = signature.bind(self, *args, **kwargs)
        bound.apply_defaults()
        self._setup(bound.arguments)

    __init__.__signature__ = signature  # type: ignore[attr-defined]
    __init__.__qualname__ = f"{cls.__qualname__}.__init__"
    __init__.__module__ = cls.__module__
    return __init__
