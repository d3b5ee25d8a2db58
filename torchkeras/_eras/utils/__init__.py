"""What ``keras.utils`` and the modules below it had until Keras 2.15."""

from torchkeras._eras.utils import _classes, _convolution, _enqueuers, _files, _generic, _layers, _losses, _refused
from torchkeras._eras.utils._classes import *
from torchkeras._eras.utils._convolution import *
from torchkeras._eras.utils._enqueuers import *
from torchkeras._eras.utils._files import *
from torchkeras._eras.utils._generic import *
from torchkeras._eras.utils._layers import *
from torchkeras._eras.utils._losses import *
from torchkeras._eras.utils._refused import *

_FILES = (_classes, _convolution, _enqueuers, _files, _generic, _layers, _losses, _refused)
__all__ = [name for file in _FILES for name in file.__all__]
