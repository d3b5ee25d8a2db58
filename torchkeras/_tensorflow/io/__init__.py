"""``tf.io``: files, images, records."""

from torchkeras._tensorflow import _refused
from torchkeras._tensorflow._records import TFRecordWriter as TFRecordWriter
from torchkeras._tensorflow.io import gfile as gfile
from torchkeras._tensorflow.io._features import *
from torchkeras._tensorflow.io._files import *
from torchkeras._tensorflow.io._images import *

__getattr__ = _refused.lookup("tf.io", globals())
