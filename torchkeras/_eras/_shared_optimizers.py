"""One optimizer given to several models, as the GANs of Keras 1 and 2 do.

    optimizer = Adam(0.0002, 0.5)
    discriminator.compile(loss="binary_crossentropy", optimizer=optimizer)
    combined.compile(loss="binary_crossentropy", optimizer=optimizer)

Their optimizers kept moments for each model that asked. Today's belongs to the variables it was built with, so the
second model gets one like it.
"""

import weakref
from typing import Any

from torchkeras.optimizers import Optimizer

_compiled: "weakref.WeakKeyDictionary[Optimizer, weakref.ref[Any]]" = weakref.WeakKeyDictionary()


def own_optimizer(model: Any, optimizer: Any) -> Any:
    """`optimizer`, or where another model has it one of the same config."""
    if not isinstance(optimizer, Optimizer):
        return optimizer
    other = _compiled.get(optimizer, lambda: None)()
    if other is not None and other is not model:
        optimizer = type(optimizer).from_config(optimizer.get_config())
    _compiled[optimizer] = weakref.ref(model)
    return optimizer
