"""Functions of each element."""

import builtins
from collections.abc import Callable
from typing import Any

import numpy as np

from torchkeras import ops

# Renames

abs = ops.abs
cos = ops.cos
exp = ops.exp
identity = ops.convert_to_tensor
log = ops.log
sigmoid = ops.sigmoid
sign = ops.sign
sin = ops.sin
softplus = ops.softplus
softsign = ops.softsign
square = ops.square
tanh = ops.tanh


# x1, x2 -> x, y


def _pair(function: Callable[..., Any]) -> Callable[..., Any]:
    def of_two(x: Any, y: Any) -> Any:
        return function(x, y)

    of_two.__name__ = of_two.__qualname__ = function.__name__
    of_two.__doc__ = function.__doc__
    return of_two


equal = _pair(ops.equal)
greater = _pair(ops.greater)
greater_equal = _pair(ops.greater_equal)
less = _pair(ops.less)
less_equal = _pair(ops.less_equal)
lesser = less
lesser_equal = less_equal
maximum = _pair(ops.maximum)
minimum = _pair(ops.minimum)
not_equal = _pair(ops.not_equal)


# Own


def round(x: Any) -> Any:
    """The nearest whole number, the even one of two."""
    return ops.round(x)


def pow(x: Any, a: Any) -> Any:
    """`x` to the power `a`."""
    return ops.power(x, a)


def sqrt(x: Any) -> Any:
    """The square root; 0 for negative numbers (torch: nan)."""
    return ops.sqrt(ops.clip(x, 0.0, np.inf))


def clip(x: Any, min_value: Any, max_value: Any) -> Any:
    """`x` kept between the two; where they cross, `min_value` wins; None sets no bound."""
    low, high = (None if value is None else value for value in (min_value, max_value))
    if isinstance(low, (int, float)) and isinstance(high, (int, float)):
        high = builtins.max(low, high)
    return ops.clip(x, -np.inf if low is None else low, np.inf if high is None else high)


def relu(x: Any, alpha: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Any:
    """`x` from `threshold` on, at most `max_value`; below it ``alpha * (x - threshold)``."""
    if not alpha and max_value is None and not threshold:
        return ops.relu(x)
    above = ops.relu(x) if not threshold else x * ops.cast(ops.greater(x, threshold), dtype=_floating(x))
    above = above if max_value is None else ops.clip(above, 0.0, max_value)
    return above - ops.relu(threshold - x) * alpha if alpha else above


def _floating(x: Any) -> Any:
    return x.dtype if hasattr(x, "dtype") else "float32"


def elu(x: Any, alpha: float = 1.0) -> Any:
    """`x` above zero, ``alpha * (exp(x) - 1)`` below."""
    return ops.elu(x, alpha)


def hard_sigmoid(x: Any) -> Any:
    """``0.2 x + 0.5`` kept between 0 and 1, as Keras 1 and 2 have it (Keras 3 and torch: ``x / 6 + 0.5``)."""
    return ops.clip(ops.add(ops.multiply(x, 0.2), 0.5), 0.0, 1.0)


def softmax(x: Any, axis: int = -1) -> Any:
    """``exp(x) / sum(exp(x))`` over `axis`."""
    return ops.softmax(x, axis)


def cast(x: Any, dtype: Any) -> Any:
    """`x` in `dtype`."""
    return ops.cast(x, dtype)


def stop_gradient(variables: Any) -> Any:
    """The same values, through which no gradient flows; of a list, a list."""
    if isinstance(variables, (list, tuple)):
        return [ops.stop_gradient(variable) for variable in variables]
    return ops.stop_gradient(variables)


__all__ = ["abs", "cast", "clip", "cos", "elu", "equal", "exp", "greater", "greater_equal", "hard_sigmoid", "identity"]
__all__ += ["less", "less_equal", "lesser", "lesser_equal", "log", "maximum", "minimum", "not_equal", "pow", "relu"]
__all__ += ["round", "sigmoid", "sign", "sin", "softmax", "softplus", "softsign", "sqrt", "square", "stop_gradient"]
__all__ += ["tanh"]
