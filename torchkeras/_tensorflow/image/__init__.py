"""``tf.image``: images ``(h, w, c)`` and batches of them ``(b, h, w, c)``."""

from torchkeras._tensorflow import _refused
from torchkeras._tensorflow.image._boxes import *
from torchkeras._tensorflow.image._coloring import *
from torchkeras._tensorflow.image._measures import *
from torchkeras._tensorflow.image._placing import *
from torchkeras._tensorflow.image._random import *
from torchkeras._tensorflow.image._resizing import *
from torchkeras._tensorflow.io._images import *

__getattr__ = _refused.lookup("tf.image", globals())
