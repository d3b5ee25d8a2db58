"""``keras.optimizers.legacy``: the classes of Keras 2.11's old optimizers that Keras 3 keeps no name for."""

from torchkeras.optimizers import Adadelta, Adamax, Nadam

__all__ = ["Adadelta", "Adamax", "Nadam"]
