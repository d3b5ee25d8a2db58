"""Images between files and arrays."""

from torchkeras.utils._image import array_to_img as array_to_img
from torchkeras.utils._image import img_to_array as img_to_array
from torchkeras.utils._image import load_img as load_img
from torchkeras.utils._image import save_img as save_img
from torchkeras.utils._image import smart_resize as smart_resize
