"""What ``keras.layers`` had until Keras 2.15."""

from torchkeras._eras.layers import (
    _convolution,
    _cudnn,
    _keras1_activations,
    _keras1_dense,
    _local,
    _merge,
    _merge_base,
    _names,
    _pooling_bases,
    _random,
    _recurrent,
)
from torchkeras._eras.layers._convolution import *
from torchkeras._eras.layers._cudnn import *
from torchkeras._eras.layers._keras1_activations import *
from torchkeras._eras.layers._keras1_dense import *
from torchkeras._eras.layers._local import *
from torchkeras._eras.layers._merge import *
from torchkeras._eras.layers._merge_base import *
from torchkeras._eras.layers._names import *
from torchkeras._eras.layers._pooling_bases import *
from torchkeras._eras.layers._random import *
from torchkeras._eras.layers._recurrent import *

_FILES = (
    _convolution,
    _cudnn,
    _keras1_activations,
    _keras1_dense,
    _local,
    _merge,
    _merge_base,
    _names,
    _pooling_bases,
    _random,
    _recurrent,
)
__all__ = [name for file in _FILES for name in file.__all__]
