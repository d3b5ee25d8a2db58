"""The learning phase: 1 while training, 0 otherwise.

Here a layer knows by itself whether it trains (``layer.training``), so the phase is that of the layer or model in whose
call the question is asked. Outside of any call it is a symbolic tensor, to be given to ``K.function`` as an input.
"""

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

from torch import nn

from torchkeras import layers
from torchkeras._errors import brief
from torchkeras._symbolic import KerasTensor, any_symbolic, record
from torchkeras.ops._op import convert

_chosen: int | None = None  # by set_learning_phase
_running: int | None = None  # by K.function, for the length of a run
_symbol: KerasTensor | None = None


class _Phase(KerasTensor):
    """Where a truth value is asked for, outside of any call, nobody trains."""

    def __bool__(self) -> bool:
        return False

    def __int__(self) -> int:
        return 0


def symbol() -> KerasTensor:
    """The one symbolic tensor that stands for the phase."""
    global _symbol
    if _symbol is None:
        _symbol = layers.Input(tensor=_Phase((), "bool", name="keras_learning_phase"), name="keras_learning_phase")
    return _symbol


def learning_phase() -> Any:
    """1 in a call that trains, 0 in another one or as :func:`set_learning_phase` says; outside of calls a symbol."""
    known = phase()
    return symbol() if known is None else known


def phase() -> int | None:
    """1, 0, or None where nobody runs and nothing is set."""
    for value in (_running, _chosen, of_caller()):
        if value is not None:
            return value
    return None


def of_caller() -> int | None:
    """The mode of the innermost module in a method of which we are."""
    frame = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if code.co_varnames[:1] == ("self",) and code.co_name != "__init__":
            owner = frame.f_locals.get("self")
            if isinstance(owner, nn.Module):
                return int(owner.training)
        frame = frame.f_back  # type: ignore[assignment]
    return None


def global_learning_phase_is_set() -> bool:
    """Whether :func:`set_learning_phase` has been called."""
    return _chosen is not None


def set_learning_phase(value: int | bool) -> None:
    """Fix what :func:`learning_phase` gives, and the mode in which ``K.function`` runs.

    ``fit`` trains and ``predict`` does not whatever is set here.

    Args:
        value: 0 or 1.
    """
    global _chosen
    _chosen = _checked(value)


def _checked(value: Any) -> int:
    if isinstance(value, KerasTensor) or value not in (0, 1):
        raise ValueError(f"`value` must be 0 or 1, got {brief(value)}.")
    return int(value)


@contextlib.contextmanager
def learning_phase_scope(value: int | bool) -> Iterator[None]:
    """:func:`set_learning_phase` for a block of code."""
    global _chosen
    before, _chosen = _chosen, _checked(value)
    try:
        yield
    finally:
        _chosen = before


@contextlib.contextmanager
def running(value: int) -> Iterator[None]:
    """What is computed inside has this phase."""
    global _running
    before, _running = _running, value
    try:
        yield
    finally:
        _running = before


def in_train_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """`x` while training, else `alt`; of functions, what the one that is needed returns."""
    training = phase() if training is None else training
    if training is None or isinstance(training, KerasTensor):
        return _either(_value(x), _value(alt), training)
    return _value(x) if training in (1, True) else _value(alt)


def in_test_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """`alt` while training, else `x`."""
    return in_train_phase(alt, x, training)


def _value(item: Any) -> Any:
    return item() if callable(item) else item


def _either(x: Any, alt: Any, training: Any) -> Any:
    if not any_symbolic((x, alt)):
        return alt
    return record(_by_phase, (x, alt) if training in (None, _symbol) else (x, alt, training), {})


def _by_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """What a graph runs: by then somebody is running it."""
    train = phase() if training is None else bool(convert(training))
    return convert(x if train else alt)


__all__ = ["global_learning_phase_is_set", "in_test_phase", "in_train_phase", "learning_phase", "learning_phase_scope"]
__all__ += ["set_learning_phase"]
