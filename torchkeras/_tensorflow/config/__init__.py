"""``tf.config``: devices and threads, as torch has them."""

from torchkeras._tensorflow import _refused
from torchkeras._tensorflow.config import experimental, optimizer, threading
from torchkeras._tensorflow.config._devices import *

__getattr__ = _refused.lookup("tf.config", globals())
