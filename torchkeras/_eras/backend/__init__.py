"""``keras.backend`` of Keras 1 and 2: functions of tensors, variables and symbolic tensors, on top of ``ops``.

What today's Keras still has there (``floatx``, ``epsilon``, ``clear_session`` ...) is in ``torchkeras.backend``.
"""

import importlib
from typing import Any

import numpy as np

from torchkeras._eras.backend import (
    _control,
    _convolution,
    _creation,
    _ctc,
    _elementwise,
    _flow,
    _function,
    _gradients,
    _local,
    _losses,
    _ordering,
    _padding,
    _phase,
    _products,
    _random,
    _reductions,
    _rnn,
    _session,
    _shaping,
    _sizes,
    _spellings,
    _values,
)
from torchkeras._eras.backend._control import *
from torchkeras._eras.backend._convolution import *
from torchkeras._eras.backend._creation import *
from torchkeras._eras.backend._ctc import *
from torchkeras._eras.backend._elementwise import *
from torchkeras._eras.backend._flow import *
from torchkeras._eras.backend._function import *
from torchkeras._eras.backend._gradients import *
from torchkeras._eras.backend._local import *
from torchkeras._eras.backend._losses import *
from torchkeras._eras.backend._ordering import *
from torchkeras._eras.backend._padding import *
from torchkeras._eras.backend._phase import *
from torchkeras._eras.backend._products import *
from torchkeras._eras.backend._random import *
from torchkeras._eras.backend._reductions import *
from torchkeras._eras.backend._rnn import *
from torchkeras._eras.backend._session import *
from torchkeras._eras.backend._shaping import *
from torchkeras._eras.backend._sizes import *
from torchkeras._eras.backend._spellings import *
from torchkeras._eras.backend._values import *

_FAMILIES = [
    _control,
    _convolution,
    _creation,
    _ctc,
    _elementwise,
    _flow,
    _function,
    _gradients,
    _local,
    _losses,
    _ordering,
    _padding,
    _phase,
    _products,
    _random,
    _reductions,
    _rnn,
    _session,
    _shaping,
    _sizes,
    _spellings,
    _values,
]

__all__ = [name for family in _FAMILIES for name in family.__all__]
_LIBRARIES = ["np", "tf"]  # up to Keras 2.2 scripts found them there
__all__ += _LIBRARIES


def __getattr__(name: str) -> Any:
    if name == "tf":
        return importlib.import_module("torchkeras._tensorflow")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
