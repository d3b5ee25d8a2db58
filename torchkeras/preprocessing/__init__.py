"""Preparing images and sequences."""

from torchkeras.preprocessing import image as image
from torchkeras.preprocessing import sequence as sequence
