"""``keras.legacy.interfaces``: decorators by which Keras 2 took Keras 1's arguments; user's layers borrowed them."""

from collections.abc import Callable
from typing import Any, TypeVar

__all__ = ["generate_legacy_interface", "generate_legacy_method_interface"]

F = TypeVar("F", bound=Callable[..., Any])


def _as_it_is(function: F) -> F:
    """The function: which arguments it takes, it says itself."""
    return function


def generate_legacy_interface(
    allowed_positional_args: Any = None,
    conversions: Any = None,
    preprocessor: Callable[..., Any] | None = None,
    value_conversions: dict[str, dict[Any, Any]] | None = None,
) -> Callable[[F], Any]:
    """A decorator of constructors that renames keyword arguments.

    Args:
        allowed_positional_args: accepted.
        conversions: pairs (old name, new name).
        preprocessor: takes and returns ``(args, kwargs, converted)`` before anything else.
        value_conversions: for some arguments, what stands for their values of the time.
    """

    def decorate(function: F) -> Any:
        def called(*args: Any, **kwargs: Any) -> Any:
            if preprocessor is not None:
                args, kwargs, _ = preprocessor(args, kwargs)
            renamed = {dict(conversions or ()).get(name, name): value for name, value in kwargs.items()}
            for name, table in (value_conversions or {}).items():
                if name in renamed:
                    renamed[name] = table.get(renamed[name], renamed[name])
            return function(*args, **renamed)

        return called

    return decorate


generate_legacy_method_interface = generate_legacy_interface


def __getattr__(name: str) -> Any:
    """``legacy_dense_support`` and its kin."""
    if name.startswith("legacy_") and name.endswith("_support"):
        return _as_it_is
    raise AttributeError(f"keras.legacy.interfaces has no name {name!r}", name=name)
