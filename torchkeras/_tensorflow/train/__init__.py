"""``tf.train``: checkpoints, examples, and the optimizers of TensorFlow 1 by their names."""

from torchkeras._tensorflow import _refused
from torchkeras._tensorflow.train._checkpoint import *
from torchkeras._tensorflow.train._checkpoint_manager import *
from torchkeras._tensorflow.train._examples import *
from torchkeras._tensorflow.train._optimizers import *

__getattr__ = _refused.lookup("tf.train", globals())
