"""``tf.gfile``, as TensorFlow 1 spelt ``tf.io.gfile``."""

from torchkeras._tensorflow import _refused
from torchkeras._tensorflow.io import gfile as _today

GFile = FastGFile = Open = _today.GFile
Copy = _today.copy
DeleteRecursively = _today.rmtree
Exists = _today.exists
Glob = _today.glob
IsDirectory = _today.isdir
ListDirectory = _today.listdir
MakeDirs = _today.makedirs
MkDir = _today.mkdir
Remove = _today.remove
Rename = _today.rename
Stat = _today.stat
Walk = _today.walk

__getattr__ = _refused.lookup("tf.gfile", globals())
