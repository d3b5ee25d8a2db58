"""``keras.ops``: the operations, on tensors and, recorded, on symbolic tensors."""

from torchkeras.ops import image, linalg, nn, numpy
from torchkeras.ops._binding import bind as _bind
from torchkeras.ops._control import *
from torchkeras.ops._core import *
from torchkeras.ops._einops import *
from torchkeras.ops._keras_classes import name_nodes as _name_nodes
from torchkeras.ops._math import *
from torchkeras.ops._signal import *
from torchkeras.ops.linalg import *
from torchkeras.ops.nn import *
from torchkeras.ops.numpy import *

_bind()
_name_nodes()
