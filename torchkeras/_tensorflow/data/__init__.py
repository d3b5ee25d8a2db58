"""``tf.data``: pipelines of elements on torch tensors."""

from torchkeras._pipeline import AUTOTUNE as AUTOTUNE
from torchkeras._pipeline import INFINITE as INFINITE_CARDINALITY
from torchkeras._pipeline import UNKNOWN as UNKNOWN_CARDINALITY
from torchkeras._pipeline import Dataset as Dataset
from torchkeras._pipeline import DatasetIterator as Iterator
from torchkeras._pipeline import DatasetSpec as DatasetSpec
from torchkeras._pipeline import NumpyIterator as NumpyIterator
from torchkeras._pipeline import Options as Options
from torchkeras._tensorflow import _refused
from torchkeras._tensorflow.data import experimental as experimental
from torchkeras._tensorflow.data._files import FixedLengthRecordDataset as FixedLengthRecordDataset
from torchkeras._tensorflow.data._files import TextLineDataset as TextLineDataset
from torchkeras._tensorflow.data._files import TFRecordDataset as TFRecordDataset

ThreadingOptions = Options
make_one_shot_iterator = Dataset.make_one_shot_iterator  # TensorFlow 1's

__getattr__ = _refused.lookup("tf.data", globals())
