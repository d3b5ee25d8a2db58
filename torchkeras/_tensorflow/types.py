"""``tf.types``: for annotations alone."""

import types
from typing import Any

from torchkeras._tensorflow import _refused

experimental = types.SimpleNamespace(TensorLike=Any, Callable=Any, GenericFunction=Any, ConcreteFunction=Any)

__all__ = ["experimental"]
__getattr__ = _refused.lookup("tf.types", globals())
