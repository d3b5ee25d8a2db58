"""Pipelines of elements on torch tensors: what ``tf.data`` and ``keras.utils.*_dataset_from_directory`` share."""

from torchkeras._pipeline._dataset import AUTOTUNE as AUTOTUNE
from torchkeras._pipeline._dataset import Dataset as Dataset
from torchkeras._pipeline._iterator import DatasetIterator as DatasetIterator
from torchkeras._pipeline._iterator import NumpyIterator as NumpyIterator
from torchkeras._pipeline._iterator import Options as Options
from torchkeras._pipeline._nodes import INFINITE as INFINITE
from torchkeras._pipeline._nodes import UNKNOWN as UNKNOWN
from torchkeras._pipeline._ragged import RaggedTensor as RaggedTensor
from torchkeras._pipeline._sparse import SparseTensor as SparseTensor
from torchkeras._pipeline._spec import DatasetSpec as DatasetSpec
from torchkeras._pipeline._spec import RaggedTensorSpec as RaggedTensorSpec
from torchkeras._pipeline._spec import TensorSpec as TensorSpec
from torchkeras._strings import StringTensor as StringTensor
from torchkeras._strings import string as string
