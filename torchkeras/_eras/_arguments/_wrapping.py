"""Wrapping what takes old arguments: once, when eras are installed, around constructors, methods and functions."""

import functools
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from torchkeras._eras._arguments._row import Call, Form, Row

_MISSING = object()


class Table(NamedTuple):
    """What one callable takes."""

    rows: tuple[Row, ...] = ()
    forms: tuple[Form, ...] = ()

    @property
    def least(self) -> int:
        """How many positional arguments a call has at least that may be in an old order."""
        return min((form.least for form in self.forms), default=1_000)

    def translate(self, call: Call, quiet: bool = False) -> None:
        """Rewrite `call` as today's."""
        for form in self.forms:
            form.apply(call, self.rows, quiet)
        for row in self.rows:
            row.apply(call, quiet)


class Wrapped:
    """The wraps in force: what stood there before, to be put back."""

    def __init__(self) -> None:
        self.before: list[tuple[Any, str, Any]] = []

    def put(self, owner: Any, name: str, value: Any) -> None:
        """Set an attribute of a class or module until :meth:`undo`."""
        self.before.append((owner, name, vars(owner).get(name, _MISSING)))
        setattr(owner, name, value)

    def undo(self) -> None:
        """Put everything back as it was."""
        for owner, name, value in reversed(self.before):
            if value is _MISSING:
                delattr(owner, name)
            else:
                setattr(owner, name, value)
        self.before.clear()


def constructor(
    cls: type, owner: str, table: Callable[[], Table], old_words: Iterable[str], least: int
) -> Callable[..., None]:
    """``cls.__init__`` that takes old arguments; the table is looked up at the first of them.

    Args:
        cls: the class.
        owner: what warnings call it.
        table: gives its rows.
        old_words: keywords that may be old ones; calls without any of them pass through.
        least: with how many positional arguments a call may be in an old order.
    """
    init: Callable[..., None] = cls.__init__  # type: ignore[misc]
    known = frozenset(old_words)

    @functools.wraps(init)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        if len(args) < least and known.isdisjoint(kwargs):
            return init(self, *args, **kwargs)
        call = Call(owner, args, kwargs)
        table().translate(call)
        if type(self).__init__ is __init__ and "_constructed_with" in self.__dict__:
            self.__dict__["_constructed_with"] = (call.args, call.kwargs)  # configs are made of these
        init(self, *call.args, **call.kwargs)
        for step in call.finish:
            step(self)

    __init__.__dict__["_table"] = table
    return __init__


def function(
    target: Callable[..., Any], owner: str, table: Table, is_method: bool = False, quiet: bool = False
) -> Callable[..., Any]:
    """A function or method that takes old arguments; `quiet` if another one warns of the same call."""
    known = frozenset(word for row in table.rows for word in row.old)
    least = table.least + is_method

    @functools.wraps(target)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if len(args) < least and known.isdisjoint(kwargs):
            return target(*args, **kwargs)
        first = args[:1] if is_method else ()
        call = Call(owner, args[len(first) :], kwargs, *first)
        table.translate(call, quiet)
        result = target(*first, *call.args, **call.kwargs)
        for step in call.finish:
            result = step(result)
        return result

    wrapper.__dict__["_table"] = lambda: table
    return wrapper


def table_of(target: Any) -> Table:
    """What a wrapped function, or a class with a wrapped constructor, takes of old arguments."""
    read = getattr(target.__init__ if isinstance(target, type) else target, "_table", Table)  # type: ignore[misc]
    table: Table = read()
    return table
