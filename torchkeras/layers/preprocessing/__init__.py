"""Layers that prepare data."""

from torchkeras.layers.preprocessing._category_encoding import *
from torchkeras.layers.preprocessing._normalization import *
from torchkeras.layers.preprocessing._rescaling import *
from torchkeras.layers.preprocessing._resizing import *
