"""Utilities."""

from torchkeras._data._pydataset import PyDataset as PyDataset
from torchkeras._dtypes import standardize_dtype as standardize_dtype
from torchkeras._registry import CustomObjectScope as CustomObjectScope
from torchkeras._registry import custom_object_scope as custom_object_scope
from torchkeras._registry import get_custom_objects as get_custom_objects
from torchkeras._registry import get_registered_name as get_registered_name
from torchkeras._registry import get_registered_object as get_registered_object
from torchkeras._registry import register_keras_serializable as register_keras_serializable
from torchkeras._serialization import deserialize_keras_object as deserialize_keras_object
from torchkeras._serialization import serialize_keras_object as serialize_keras_object
from torchkeras._symbolic import is_keras_tensor as is_keras_tensor
from torchkeras.backend import clear_session as clear_session
from torchkeras.callbacks._progbar import Progbar as Progbar
from torchkeras.config import disable_interactive_logging as disable_interactive_logging
from torchkeras.config import enable_interactive_logging as enable_interactive_logging
from torchkeras.config import is_interactive_logging_enabled as is_interactive_logging_enabled
from torchkeras.models._function import get_source_inputs as get_source_inputs
from torchkeras.models._plot import model_to_dot as model_to_dot
from torchkeras.models._plot import plot_model as plot_model
from torchkeras.utils import bounding_boxes as bounding_boxes
from torchkeras.utils import legacy as legacy
from torchkeras.utils._audio_dataset import audio_dataset_from_directory as audio_dataset_from_directory
from torchkeras.utils._batches import pack_x_y_sample_weight as pack_x_y_sample_weight
from torchkeras.utils._batches import unpack_x_y_sample_weight as unpack_x_y_sample_weight
from torchkeras.utils._config import Config as Config
from torchkeras.utils._feature_space import FeatureSpace as FeatureSpace
from torchkeras.utils._files import get_file as get_file
from torchkeras.utils._image import array_to_img as array_to_img
from torchkeras.utils._image import img_to_array as img_to_array
from torchkeras.utils._image import load_img as load_img
from torchkeras.utils._image import save_img as save_img
from torchkeras.utils._image_dataset import image_dataset_from_directory as image_dataset_from_directory
from torchkeras.utils._numerical import normalize as normalize
from torchkeras.utils._numerical import to_categorical as to_categorical
from torchkeras.utils._seed import set_random_seed as set_random_seed
from torchkeras.utils._sequences import pad_sequences as pad_sequences
from torchkeras.utils._split import split_dataset as split_dataset
from torchkeras.utils._text_dataset import text_dataset_from_directory as text_dataset_from_directory
from torchkeras.utils._timeseries_dataset import timeseries_dataset_from_array as timeseries_dataset_from_array

Sequence = PyDataset
