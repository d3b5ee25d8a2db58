"""``tf.summary``: logs for TensorBoard, through torch's writer."""

from torchkeras._tensorflow import _refused
from torchkeras._tensorflow.summary import experimental as experimental
from torchkeras._tensorflow.summary._summaries import *
from torchkeras._tensorflow.summary._writers import *

__getattr__ = _refused.lookup("tf.summary", globals())
