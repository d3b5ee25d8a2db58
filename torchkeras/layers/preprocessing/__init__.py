"""Layers that prepare data."""

from torchkeras.layers.preprocessing._rescaling import *
