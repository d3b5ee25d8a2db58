"""``keras.optimizers``: the rules that change weights by their gradients."""

from typing import Any

from torchkeras import _registry
from torchkeras._errors import deprecated
from torchkeras._serialization import Family
from torchkeras.optimizers import legacy, schedules
from torchkeras.optimizers._adafactor import Adafactor
from torchkeras.optimizers._adagrad import Adadelta, Adagrad
from torchkeras.optimizers._adam import Adam, AdamW
from torchkeras.optimizers._adam_variants import Adamax, Lamb, Lion, Nadam
from torchkeras.optimizers._ftrl import Ftrl
from torchkeras.optimizers._loss_scale import LossScaleOptimizer
from torchkeras.optimizers._muon import Muon
from torchkeras.optimizers._optimizer import Optimizer
from torchkeras.optimizers._rmsprop import RMSprop
from torchkeras.optimizers._schedule_free import ScheduleFreeAdamW
from torchkeras.optimizers._sgd import SGD

_registry.catalogue(
    "optimizers",
    Adadelta,
    Adafactor,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Ftrl,
    Lamb,
    Lion,
    LossScaleOptimizer,
    Muon,
    Nadam,
    Optimizer,
    RMSprop,
    ScheduleFreeAdamW,
    SGD,
)
_family = Family("optimizers", "optimizer", base=Optimizer, fold=True)


def get(identifier: Any) -> Any:
    """An optimizer out of a name (in any case), a config, a class or an optimizer; None stays None.

    Raises:
        ValueError: nothing of that name, or something else altogether.
    """
    found = identifier if callable(identifier) and not isinstance(identifier, type) else _family.get(identifier)
    if found is not None and not isinstance(found, Optimizer):
        raise _family._unknown(identifier)
    return found


def serialize(optimizer: Optimizer) -> dict[str, Any]:
    """The optimizer as plain values."""
    return _family.serialize(optimizer)


def deserialize(config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Optimizer:
    """The optimizer that :func:`serialize` wrote; class names in lower case too."""
    return _family.deserialize(config, custom_objects)


_LOWER = {name.lower(): name for name in ("Adadelta", "Adagrad", "Adam", "Adamax", "Nadam", "RMSprop", "SGD")}


def __getattr__(name: str) -> Any:
    """Keras 2's lower-case classes, such as ``keras.optimizers.adam``."""
    if name not in _LOWER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    deprecated(f"`optimizers.{name}` is now `optimizers.{_LOWER[name]}`.")
    return globals()[_LOWER[name]]
