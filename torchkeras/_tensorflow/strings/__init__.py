"""``tf.strings``: functions of text in tensors."""

from torchkeras._tensorflow import _refused
from torchkeras._tensorflow.strings._convert import *
from torchkeras._tensorflow.strings._elementwise import *
from torchkeras._tensorflow.strings._split import *
from torchkeras._tensorflow.strings._values import texts as texts

__getattr__ = _refused.lookup("tf.strings", globals())
