"""``keras.ops.image``: images ``(height, width, channels)`` or batches of them, channels last or first."""

from torchkeras.ops.image._color import *
from torchkeras.ops.image._filters import *
from torchkeras.ops.image._patches import *
from torchkeras.ops.image._resize import *
from torchkeras.ops.image._warp import *
