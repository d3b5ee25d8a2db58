"""``keras.legacy``: what Keras keeps of its former ways."""

from torchkeras.legacy import saving

__all__ = ["saving"]
