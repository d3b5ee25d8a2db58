"""`keras.preprocessing` as Keras 1, Keras 2 and tf.keras had it."""

from torchkeras._eras.preprocessing import image as image
from torchkeras._eras.preprocessing import sequence as sequence
from torchkeras._eras.preprocessing import text as text

__all__ = ["image", "sequence", "text"]
