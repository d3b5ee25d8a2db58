"""``keras.mixed_precision.experimental``: policies as TensorFlow 2.1 to 2.3 had them."""

from typing import Any

from torchkeras import mixed_precision
from torchkeras._eras._marks import refused, tell
from torchkeras.optimizers import LossScaleOptimizer

__all__ = ["DynamicLossScale", "FixedLossScale", "LossScale", "get_layer_policy", "set_policy"]


def set_policy(policy: Any) -> None:
    """``mixed_precision.set_global_policy``."""
    tell("mixed_precision.experimental.set_policy", "mixed_precision.set_global_policy")
    mixed_precision.set_global_policy(policy)


def get_layer_policy(layer: Any) -> Any:
    """The layer's dtype policy."""
    return layer.dtype_policy


_SCALES = f"the scale is that of the optimizer: `{LossScaleOptimizer.__name__}(optimizer, initial_scale=…)`"
LossScale = refused("mixed_precision.experimental.LossScale", _SCALES)
FixedLossScale = refused("mixed_precision.experimental.FixedLossScale", _SCALES)
DynamicLossScale = refused("mixed_precision.experimental.DynamicLossScale", _SCALES)
