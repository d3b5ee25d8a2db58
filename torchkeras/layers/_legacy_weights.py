"""``add_weight`` as Keras 2 had it, with the name first."""

import functools
import warnings
from collections.abc import Callable
from typing import Any

_KERAS_2 = ("name", "shape", "dtype", "initializer", "regularizer", "trainable", "constraint")


def also_as_in_keras_2(add_weight: Callable[..., Any]) -> Any:
    """Let ``add_weight("kernel", (3, 4), ...)`` and ``add_weight("kernel", shape=(3, 4))`` work, with a warning."""

    @functools.wraps(add_weight)
    def add(self: Any, *args: Any, **kwargs: Any) -> Any:
        if args and isinstance(args[0], str):
            text = f"`add_weight` starts with the shape today: write `add_weight(shape, ..., name={args[0]!r})`."
            warnings.warn(text, DeprecationWarning, stacklevel=2)
            given = {name: value for name, value in zip(_KERAS_2, args) if value is not None}
            args, kwargs = (), given | kwargs
        return add_weight(self, *args, **kwargs)

    return add
