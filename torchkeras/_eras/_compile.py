"""What scripts of Keras 1 and 2 give to ``compile``, made what today's takes: the one place that goes around it."""

import functools
from typing import Any

from torchkeras._eras._loss_functions import of_keras_2
from torchkeras._eras._shared_optimizers import own_optimizer
from torchkeras._eras._symbolic_losses import note, with_symbols
from torchkeras._structures import map_leaves
from torchkeras.models import Model
from torchkeras.models._functional import Functional


def install() -> None:
    """Let ``compile`` take them, from now on in this process. Calling it again does nothing."""
    owner = next(cls for cls in Model.__mro__ if "compile" in cls.__dict__)
    plain = owner.compile  # type: ignore[attr-defined]
    if hasattr(plain, "_of_eras"):
        return

    @functools.wraps(plain)
    def compile(self: Any, optimizer: Any = "rmsprop", loss: Any = None, *args: Any, **kwargs: Any) -> None:
        for name in kwargs.keys() & {"metrics", "weighted_metrics"}:
            kwargs[name] = _functions(self, kwargs[name], metrics=True)
        plain(self, own_optimizer(self, optimizer), _functions(self, loss), *args, **kwargs)

    compile._of_eras = True  # type: ignore[attr-defined]
    owner.compile = compile  # type: ignore[attr-defined]
    Functional._note = note  # type: ignore[attr-defined]


def _functions(model: Any, given: Any, metrics: bool = False) -> Any:
    """Losses or metrics, in any structure, with functions of the time made functions of today."""

    def today(function: Any) -> Any:
        seen = with_symbols(model, function) if isinstance(model, Functional) else function
        return of_keras_2(seen, floats=metrics)

    return map_leaves(today, given)
