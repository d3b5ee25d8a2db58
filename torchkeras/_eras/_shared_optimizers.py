"""One optimizer given to several models, as the GANs of Keras 1 and 2 do.

    optimizer = Adam(0.0002, 0.5)
    discriminator.compile(loss="binary_crossentropy", optimizer=optimizer)
    combined.compile(loss="binary_crossentropy", optimizer=optimizer)

Their optimizers kept moments for each model that asked. Today's belongs to the variables it was built with, so the
second model gets one like it.
"""

import functools
import weakref
from typing import Any

from torchkeras.models import Model
from torchkeras.optimizers import Optimizer

_compiled: "weakref.WeakKeyDictionary[Optimizer, weakref.ref[Any]]" = weakref.WeakKeyDictionary()


def install() -> None:
    """Let ``compile`` take an optimizer that another model has, from now on in this process."""
    owner = next(cls for cls in Model.__mro__ if "compile" in cls.__dict__)
    plain = owner.compile  # type: ignore[attr-defined]
    if hasattr(plain, "_shares_optimizers"):
        return

    @functools.wraps(plain)
    def compile(self: Any, optimizer: Any = "rmsprop", *args: Any, **kwargs: Any) -> None:
        plain(self, _own(self, optimizer), *args, **kwargs)

    compile._shares_optimizers = True  # type: ignore[attr-defined]
    owner.compile = compile  # type: ignore[attr-defined]


def _own(model: Any, optimizer: Any) -> Any:
    if not isinstance(optimizer, Optimizer):
        return optimizer
    other = _compiled.get(optimizer, lambda: None)()
    if other is not None and other is not model:
        optimizer = type(optimizer).from_config(optimizer.get_config())
    _compiled[optimizer] = weakref.ref(model)
    return optimizer
