"""What ``keras.regularizers`` had in Keras 1."""

from typing import Any

from torchkeras import regularizers
from torchkeras._eras._marks import old_name

__all__ = [
    "ActivityRegularizer",
    "WeightRegularizer",
    "activity_l1",
    "activity_l1l2",
    "activity_l2",
    "l1l2",
]


@old_name("WeightRegularizer", "regularizers.L1L2")
def WeightRegularizer(l1: float = 0.0, l2: float = 0.0) -> Any:
    """:class:`L1L2` of a weight."""
    return regularizers.L1L2(l1, l2)


@old_name("ActivityRegularizer", "regularizers.L1L2")
def ActivityRegularizer(l1: float = 0.0, l2: float = 0.0) -> Any:
    """:class:`L1L2` of a layer's output."""
    return regularizers.L1L2(l1, l2)


@old_name("regularizers.l1l2", "regularizers.L1L2")
def l1l2(l1: float = 0.01, l2: float = 0.01) -> Any:
    """:class:`L1L2`, with Keras 1's factors by default."""
    return regularizers.L1L2(l1, l2)


@old_name("regularizers.activity_l1", "regularizers.L1")
def activity_l1(l: float = 0.01) -> Any:  # noqa: E741  # Keras' name
    """:class:`L1` of a layer's output."""
    return regularizers.L1(l)


@old_name("regularizers.activity_l2", "regularizers.L2")
def activity_l2(l: float = 0.01) -> Any:  # noqa: E741
    """:class:`L2` of a layer's output."""
    return regularizers.L2(l)


@old_name("regularizers.activity_l1l2", "regularizers.L1L2")
def activity_l1l2(l1: float = 0.01, l2: float = 0.01) -> Any:
    """:class:`L1L2` of a layer's output."""
    return regularizers.L1L2(l1, l2)
