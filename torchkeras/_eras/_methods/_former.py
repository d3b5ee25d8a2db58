"""Attributes and methods that our classes once had: put on them from outside, in the last place that is looked at."""

from collections.abc import Callable
from types import MethodType
from typing import Any

from torchkeras._errors import deprecated

_TABLES = ("_modules", "_parameters", "_buffers")


class Former:
    """One of them. What an object has itself under the name comes first, also what torch keeps in tables of its own.

    Args:
        function: computes the attribute from the object, or is the method.
        today: how the same is written today, for the warning; empty if there is nothing to warn of.
        is_method: whether it is called by the user.
    """

    def __init__(self, function: Callable[..., Any], today: str = "", is_method: bool = False) -> None:
        self.function = function
        self.today = today
        self.is_method = is_method
        self.name = getattr(function, "__name__", "")
        self.__doc__ = function.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, item: Any, owner: type | None = None) -> Any:
        if item is None:
            return self
        for table in _TABLES:
            if self.name in vars(item).get(table, ()):
                return vars(item)[table][self.name]
        if self.is_method:
            return self._warned(MethodType(self.function, item))
        value = self.function(item)
        self._tell(item)
        return value

    def _warned(self, method: Callable[..., Any]) -> Any:
        if not self.today:
            return method

        def called(*args: Any, **kwargs: Any) -> Any:
            self._tell(method.__self__)  # type: ignore[attr-defined]
            return method(*args, **kwargs)

        called.__name__, called.__doc__ = self.name, self.__doc__
        return called

    def _tell(self, item: Any) -> None:
        if self.today:
            kind = f"{self.name}()" if self.is_method else self.name
            deprecated(f"`{type(item).__name__}.{kind}` is of an older Keras; today write `{self.today}`.")


Rows = dict[str, Former]


def attribute(function: Callable[[Any], Any], today: str = "") -> Former:
    """A row for what is read."""
    return Former(function, today)


def method(function: Callable[..., Any], today: str = "") -> Former:
    """A row for what is called."""
    return Former(function, today, is_method=True)


def refused(reason: str) -> Former:
    """A row for what has no meaning here; the AttributeError says why, and what to use."""

    def explain(item: Any) -> Any:
        raise AttributeError(f"{type(item).__name__} has no {reason}")

    return Former(explain)


def put(cls: type, rows: Rows) -> None:
    """Give the class those of the rows whose names it does not have."""
    for name, row in rows.items():
        if not hasattr(cls, name):
            setattr(cls, name, row)
            row.name = name
