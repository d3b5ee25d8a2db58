"""``keras.ops.nn``: activations, convolutions, pooling, normalization, losses, attention."""

from torchkeras.ops.nn._activation import *
from torchkeras.ops.nn._attention import *
from torchkeras.ops.nn._convolution import *
from torchkeras.ops.nn._crossentropy import *
from torchkeras.ops.nn._ctc_decode import *
from torchkeras.ops.nn._encoding import *
from torchkeras.ops.nn._normalization import *
from torchkeras.ops.nn._pooling import *
