"""`keras.preprocessing.image` as Keras 1, Keras 2 and tf.keras had it."""

from torchkeras._eras.preprocessing.image._arrays import NumpyArrayIterator as NumpyArrayIterator
from torchkeras._eras.preprocessing.image._colors import apply_brightness_shift as apply_brightness_shift
from torchkeras._eras.preprocessing.image._colors import apply_channel_shift as apply_channel_shift
from torchkeras._eras.preprocessing.image._colors import random_brightness as random_brightness
from torchkeras._eras.preprocessing.image._colors import random_channel_shift as random_channel_shift
from torchkeras._eras.preprocessing.image._dataframe import DataFrameIterator as DataFrameIterator
from torchkeras._eras.preprocessing.image._directory import DirectoryIterator as DirectoryIterator
from torchkeras._eras.preprocessing.image._files import list_pictures as list_pictures
from torchkeras._eras.preprocessing.image._generator import ImageDataGenerator as ImageDataGenerator
from torchkeras._eras.preprocessing.image._iterator import Iterator as Iterator
from torchkeras._eras.preprocessing.image._random_warping import random_rotation as random_rotation
from torchkeras._eras.preprocessing.image._random_warping import random_shear as random_shear
from torchkeras._eras.preprocessing.image._random_warping import random_shift as random_shift
from torchkeras._eras.preprocessing.image._random_warping import random_zoom as random_zoom
from torchkeras._eras.preprocessing.image._warping import apply_affine_transform as apply_affine_transform
from torchkeras._eras.preprocessing.image._warping import apply_transform as apply_transform
from torchkeras._eras.preprocessing.image._warping import flip_axis as flip_axis
from torchkeras._eras.preprocessing.image._warping import (
    transform_matrix_offset_center as transform_matrix_offset_center,
)

__all__ = [
    "DataFrameIterator",
    "DirectoryIterator",
    "ImageDataGenerator",
    "Iterator",
    "NumpyArrayIterator",
    "apply_affine_transform",
    "apply_brightness_shift",
    "apply_channel_shift",
    "apply_transform",
    "flip_axis",
    "list_pictures",
    "random_brightness",
    "random_channel_shift",
    "random_rotation",
    "random_shear",
    "random_shift",
    "random_zoom",
    "transform_matrix_offset_center",
]
