"""``tf.experimental.numpy``: NumPy's functions on tensors, those that ``tf.keras.ops`` has."""

import math
from typing import Any

import torch

from torchkeras import ops
from torchkeras._tensorflow import _dtypes, _refused
from torchkeras.ops._op import OPS

e, euler_gamma, inf, nan, pi = math.e, 0.5772156649015329, math.inf, math.nan, math.pi
newaxis = None
ndarray = torch.Tensor
asarray = ops.convert_to_tensor
bool_ = torch.bool
concatenate = ops.concatenate


def experimental_enable_numpy_behavior(prefer_float32: bool = False, dtype_conversion_mode: Any = None) -> None:
    """Accepted: torch's tensors know NumPy's indices, ``reshape``, ``T`` and ``sum`` by themselves."""


def _op(name: str) -> Any:
    if name in OPS and hasattr(ops.numpy, name):
        return getattr(ops.numpy, name)
    if name in _dtypes.__all__:
        return getattr(_dtypes, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["asarray", "bool_", "concatenate", "e", "euler_gamma", "experimental_enable_numpy_behavior", "inf", "nan"]
__all__ += ["ndarray", "newaxis", "pi"]
__getattr__ = _refused.lookup("tf.experimental.numpy", globals(), _op)
