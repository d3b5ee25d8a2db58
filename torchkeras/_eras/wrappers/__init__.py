"""`keras.wrappers` as Keras 1, Keras 2 and tf.keras had it."""

from torchkeras._eras.wrappers import scikit_learn as scikit_learn

__all__ = ["scikit_learn"]
