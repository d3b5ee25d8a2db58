"""``keras.optimizers.schedules``: learning rates that depend on the iteration count."""

from typing import Any

from torchkeras import _registry
from torchkeras._serialization import Family
from torchkeras.optimizers.schedules._decays import (
    CosineDecay,
    CosineDecayRestarts,
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
)
from torchkeras.optimizers.schedules._schedule import LearningRateSchedule

_registry.catalogue(
    "optimizers.schedules",
    CosineDecay,
    CosineDecayRestarts,
    ExponentialDecay,
    InverseTimeDecay,
    LearningRateSchedule,
    PiecewiseConstantDecay,
    PolynomialDecay,
)
_family = Family("optimizers.schedules", "learning rate schedule", base=LearningRateSchedule)


def serialize(learning_rate_schedule: LearningRateSchedule) -> dict[str, Any]:
    """The schedule as plain values."""
    return _family.serialize(learning_rate_schedule)


def deserialize(config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> LearningRateSchedule:
    """The schedule that :func:`serialize` wrote."""
    return _family.deserialize(config, custom_objects)
