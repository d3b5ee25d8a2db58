"""Preparing images and sequences."""

from torchkeras.preprocessing import image as image
from torchkeras.preprocessing import sequence as sequence
from torchkeras.utils._image_dataset import image_dataset_from_directory as image_dataset_from_directory
from torchkeras.utils._text_dataset import text_dataset_from_directory as text_dataset_from_directory
from torchkeras.utils._timeseries_dataset import timeseries_dataset_from_array as timeseries_dataset_from_array
