"""``tf.compat.v1``: what scripts of TensorFlow 1 do around Keras, and all names of today's ``tf``.

Nothing builds graphs here: a session gives values that are there already, and an initializer has nothing to do.
What trains by graphs (placeholders, ``optimizer.minimize``) is refused.
"""

import importlib
from typing import Any

from torchkeras._tensorflow import _refused
from torchkeras._tensorflow.compat.v1 import app, flags, logging
from torchkeras._tensorflow.compat.v1._graphs import *
from torchkeras._tensorflow.compat.v1._names import *
from torchkeras._tensorflow.compat.v1._renamed import *
from torchkeras._tensorflow.compat.v1._session import *  # type: ignore[assignment]  # mypy sees hidden names


def _today(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module("torchkeras._tensorflow"), name)


__getattr__ = _refused.lookup("tf.compat.v1", globals(), _today)
