"""`keras.utils` as Keras 1 and Keras 2 had it."""

from torchkeras._eras.utils._classes import accuracy as accuracy
from torchkeras._eras.utils._classes import binary_logloss as binary_logloss
from torchkeras._eras.utils._classes import categorical_probas_to_classes as categorical_probas_to_classes
from torchkeras._eras.utils._classes import convert_kernel as convert_kernel
from torchkeras._eras.utils._classes import multiclass_logloss as multiclass_logloss
from torchkeras._eras.utils._classes import probas_to_classes as probas_to_classes

__all__ = [
    "accuracy",
    "binary_logloss",
    "categorical_probas_to_classes",
    "convert_kernel",
    "multiclass_logloss",
    "probas_to_classes",
]
