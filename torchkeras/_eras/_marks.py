"""How what is gone is marked: entered for files, told off with today's spelling, or refused with the reason."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from torchkeras import _registry
from torchkeras._errors import deprecated

C = TypeVar("C", bound=type)
F = TypeVar("F", bound=Callable[..., Any])


def legacy(namespace: str) -> Callable[[C], C]:
    """Class decorator: configs name the class as Keras 2 did, ``keras.<namespace>``, and it is found by that name.

    It is entered beside today's catalogue, not in it: that one is Keras 3's, name for name.
    """

    def enter(cls: C) -> C:
        _registry.BUILT_IN[f"keras.legacy.{namespace}", cls.__name__] = cls
        _registry.PATHS[cls] = (f"keras.{namespace}", cls.__name__)
        return cls

    return enter


def tell(old: str, today: str) -> None:
    """The one DeprecationWarning for an old spelling, which names today's, at the user's line."""
    deprecated(f"`{old}` is an old name: today it is `{today}`.")


def old_name(old: str, today: str) -> Callable[[F], F]:
    """Function decorator: each call warns and names today's spelling."""

    def decorate(function: F) -> F:
        @functools.wraps(function)
        def told(*args: Any, **kwargs: Any) -> Any:
            tell(old, today)
            return function(*args, **kwargs)

        told.__dict__["_today"] = today
        return told  # type: ignore[return-value]

    return decorate


def refused(path: str, reason: str) -> Any:
    """A class that can be imported, as scripts import more than they use, and not be made.

    Args:
        path: what the script calls it.
        reason: why it is not served, and what to use.
    """

    def __new__(cls: type, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{path} is not served: {reason}")

    return type(
        path.rpartition(".")[2], (), {"__new__": __new__, "__doc__": f"Not served: {reason}", "_refused": reason}
    )
