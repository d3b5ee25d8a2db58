"""Losses and metrics that are functions of Keras 2: targets ``(n,)`` reach them as ``(n, 1)``, metrics' ones as floats.

Keras 2 gave every batch at least two axes. Today's does so for losses beside predictions ``(n, 1)`` only, and in a
metric ``K.sum(y_true * y_pred)`` would multiply each target with each prediction. Which function means Keras 2 is told
by what it calls: ``K`` or ``tf``, and not ``keras.ops``.
"""

import functools
from collections.abc import Callable
from types import FunctionType, MethodType, ModuleType
from typing import Any

from torch import Tensor

from torchkeras._eras._reading import read_by

_OLD = ("torchkeras.backend", "torchkeras._eras", "torchkeras._tensorflow")
_TODAY = ("torchkeras.ops",)


def of_keras_2(function: Any, floats: bool = False) -> Any:
    """`function`; if it is one of Keras 2, with targets that have a second axis and, for metrics, are floats."""
    if not isinstance(function, (FunctionType, MethodType, functools.partial)) or not _means_keras_2(function):
        return function

    @functools.wraps(function)
    def matched(y_true: Any, y_pred: Any) -> Any:
        return function(_matching(y_true, y_pred, floats), y_pred)

    return matched


def _matching(y_true: Any, y_pred: Any, floats: bool) -> Any:
    if not (isinstance(y_true, Tensor) and isinstance(y_pred, Tensor)):
        return y_true
    if floats and y_pred.is_floating_point():
        y_true = y_true.to(y_pred.dtype)
    return y_true[:, None] if y_true.ndim == 1 and y_pred.ndim > 1 else y_true


def _means_keras_2(function: Callable[..., Any]) -> bool:
    places = [_place(item) for item in read_by(function)]
    return any(place.startswith(_OLD) for place in places) and not any(place.startswith(_TODAY) for place in places)


def _place(item: Any) -> str:
    """The module that something is, or comes from."""
    if isinstance(item, ModuleType):
        return item.__name__
    return str(getattr(item, "__module__", "")) if callable(item) else ""
