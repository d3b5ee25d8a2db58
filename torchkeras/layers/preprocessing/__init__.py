"""Layers that prepare data."""

from torchkeras.layers.preprocessing._adaptive_equalization import *
from torchkeras.layers.preprocessing._bounding_boxes import *
from torchkeras.layers.preprocessing._category_encoding import *
from torchkeras.layers.preprocessing._coloring import *
from torchkeras.layers.preprocessing._flipping import *
from torchkeras.layers.preprocessing._hashing import *
from torchkeras.layers.preprocessing._mixing import *
from torchkeras.layers.preprocessing._normalization import *
from torchkeras.layers.preprocessing._patches import *
from torchkeras.layers.preprocessing._policies import *
from torchkeras.layers.preprocessing._rescaling import *
from torchkeras.layers.preprocessing._resizing import *
from torchkeras.layers.preprocessing._string_lookup import *
from torchkeras.layers.preprocessing._text_vectorization import *
from torchkeras.layers.preprocessing._tones import *
from torchkeras.layers.preprocessing._warping import *
