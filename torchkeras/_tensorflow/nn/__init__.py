"""``tf.nn``: activations, convolutions, pooling, normalization, dropout and losses, on tensors and symbols."""

from torchkeras._tensorflow import _refused
from torchkeras._tensorflow.nn._activations import *
from torchkeras._tensorflow.nn._convolutions import *
from torchkeras._tensorflow.nn._losses import *
from torchkeras._tensorflow.nn._normalization import *
from torchkeras._tensorflow.nn._pooling import *

__getattr__ = _refused.lookup("tf.nn", globals())
