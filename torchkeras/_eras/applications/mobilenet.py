"""What ``keras.applications.mobilenet`` had until Keras 2.1, for ``custom_objects`` of files from then."""

from typing import Any

from torchkeras import ops
from torchkeras._eras._marks import old_name
from torchkeras.layers import DepthwiseConv2D

__all__ = ["DepthwiseConv2D", "relu6"]


@old_name("applications.mobilenet.relu6", "ops.relu6")
def relu6(x: Any) -> Any:
    """``min(max(x, 0), 6)``."""
    return ops.relu6(x)
