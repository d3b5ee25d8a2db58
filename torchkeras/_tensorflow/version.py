"""``tf.version``: the version that the stand-in gives itself.

Scripts compare it in several ways: the first character with "2", as text with "2.0" or "2.4", as the number
before the second dot, or part by part. 2.9 is the newest that comes out right in all of these where a script
asks for some TensorFlow 2 with Keras 2 in it; nothing of that TensorFlow is here.
"""

from torchkeras._tensorflow import _refused
from torchkeras._version import __version__ as _torchkeras

VERSION = "2.9.3"
GIT_VERSION = f"torchkeras {_torchkeras}"
COMPILER_VERSION = "none: the tensors are torch's"
GRAPH_DEF_VERSION = 0

__all__ = ["COMPILER_VERSION", "GIT_VERSION", "GRAPH_DEF_VERSION", "VERSION"]
__getattr__ = _refused.lookup("tf.version", globals())
