"""The old arguments of what only the eras have: rows, put on where each thing is defined."""

from collections.abc import Callable
from typing import Any, TypeVar

from torchkeras._eras._arguments._object_rows import ORDERING as ORDERING
from torchkeras._eras._arguments._row import Row, renamed
from torchkeras._eras._arguments._wrapping import Table, function

F = TypeVar("F", bound=Callable[..., Any])

AXES = tuple(renamed(f"{name}_index", f"{name}_axis") for name in ("row", "col", "channel"))
IMAGES = renamed("X", "x")
TEXT = renamed("input_text", "text")
WORDS = renamed("nb_words", "num_words")


def takes(*rows: Row) -> Callable[[F], F]:
    """Decorator of functions and methods that take the old arguments of `rows`, too."""

    def put_on(target: F) -> F:
        owner = target.__qualname__.removesuffix(".__init__")
        return function(target, owner, Table(rows), is_method="." in target.__qualname__)  # type: ignore[return-value]

    return put_on
