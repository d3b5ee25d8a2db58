"""``tf.config.experimental``: the names that functions of ``tf.config`` had before."""

from torchkeras._tensorflow import _refused
from torchkeras._tensorflow.config import _devices

__all__ = list(_devices.__all__)  # type: ignore[attr-defined]  # `publish` made it
globals().update({name: getattr(_devices, name) for name in __all__})
__getattr__ = _refused.lookup("tf.config.experimental", globals())
