"""``tf.autograph``: Python's control flow is run by Python here, so there is nothing to convert."""

import types
from collections.abc import Callable
from typing import Any

from torchkeras._tensorflow import _refused
from torchkeras._tensorflow._rows import own, publish


def _do_not_convert(func: Callable[..., Any] | None = None) -> Any:
    """Decorator, with and without parentheses: `func` as it is."""
    return func if func is not None else (lambda decorated: decorated)


@own
def set_verbosity(level: int, alsologtostdout: bool = False) -> None:
    """Accepted: nothing is converted, so nothing is told of it."""


@own
def trace(*args: Any) -> None:
    """Accepted."""


experimental = types.SimpleNamespace(do_not_convert=_do_not_convert, set_loop_options=own(lambda **options: None))

publish(globals(), "experimental")
__getattr__ = _refused.lookup("tf.autograph", globals())
