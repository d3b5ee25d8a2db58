"""``tf.math``, whose names are also those of ``tf`` itself, as in TensorFlow 1."""

from torchkeras._tensorflow import _refused
from torchkeras._tensorflow.math._elementwise import *
from torchkeras._tensorflow.math._reductions import *
from torchkeras._tensorflow.math._segments import *

__getattr__ = _refused.lookup("tf.math", globals())
