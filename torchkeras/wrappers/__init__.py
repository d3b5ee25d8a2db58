"""Keras models as scikit-learn estimators."""

from torchkeras.wrappers._estimators import SKLearnClassifier as SKLearnClassifier
from torchkeras.wrappers._estimators import SKLearnRegressor as SKLearnRegressor
from torchkeras.wrappers._estimators import SKLearnTransformer as SKLearnTransformer
