"""``tf.dtypes``: the data types, and casts."""

from torchkeras._tensorflow import _creation, _dtypes, _refused, _tensors
from torchkeras._tensorflow._dtypes import *

cast = _tensors.cast
saturate_cast = _tensors.saturate_cast
complex = _creation.complex

__all__ = [*_dtypes.__all__, "cast", "complex", "saturate_cast"]
__getattr__ = _refused.lookup("tf.dtypes", globals())
