"""``keras.initializations`` of Keras 1: functions of a shape that give a variable.

Layers take them, too, as today's initializers: asked with a dtype, they give the values alone.
"""

from typing import Any

from torchkeras import initializers
from torchkeras._errors import unknown
from torchkeras._variable import Variable
from torchkeras.saving._legacy_keras1 import INITIALIZERS

__all__ = ["get", "get_fans", *INITIALIZERS]

_SCALES = {"normal": "stddev", "orthogonal": "gain", "identity": "gain"}
_USUAL = {"normal": 0.05, "uniform": 0.05, "orthogonal": 1.1, "identity": 1.0}


class Initialization:
    """One of Keras 1's: ``normal((3, 4), scale=0.05, name="W")`` is a variable."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __call__(
        self, shape: Any, scale: float | None = None, name: str | None = None, dtype: Any = None, **kwargs: Any
    ) -> Any:
        value = self._initializer(scale)(tuple(shape), dtype=dtype)
        return Variable(value, name=name) if dtype is None else value

    def _initializer(self, scale: float | None) -> Any:
        cls = getattr(initializers, INITIALIZERS[self.__name__])
        scale = _USUAL.get(self.__name__) if scale is None else scale
        if self.__name__ == "uniform":
            return cls(-scale, scale)  # type: ignore[operator]
        return cls(**{_SCALES[self.__name__]: scale}) if self.__name__ in _SCALES else cls()

    def get_config(self) -> dict[str, Any]:
        """Nothing but the name."""
        return {}


_FUNCTIONS = {name: Initialization(name) for name in INITIALIZERS}
globals().update(_FUNCTIONS)


def get(identifier: Any, **kwargs: Any) -> Any:
    """The function of that name; a function is itself."""
    if callable(identifier):
        return identifier
    if identifier not in _FUNCTIONS:
        raise unknown("initialization", identifier, _FUNCTIONS)
    return _FUNCTIONS[identifier]


def get_fans(shape: Any, dim_ordering: str = "tf") -> tuple[int, int]:
    """How many numbers go into and come out of each value of a weight of that shape.

    >>> get_fans((3, 3, 16, 32)), get_fans((32, 16, 3, 3), "th")
    ((144, 288), (144, 288))
    """
    if dim_ordering == "th" and len(shape) > 2:
        shape = (*shape[2:], shape[1], shape[0])
    return initializers.compute_fans(tuple(shape))
