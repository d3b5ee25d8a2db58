"""``tf.experimental``: NumPy's names."""

from torchkeras._tensorflow import _refused
from torchkeras._tensorflow.experimental import numpy as numpy

__all__ = ["numpy"]
__getattr__ = _refused.lookup("tf.experimental", globals())
