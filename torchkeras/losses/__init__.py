"""``keras.losses``: what training minimizes.

Each is a function ``(y_true, y_pred) -> values`` and a class of that name whose objects reduce the values,
with weights and masks, to one number.
"""

from typing import Any

from torchkeras._errors import deprecated
from torchkeras.losses._crossentropy import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    CategoricalGeneralizedCrossEntropy,
    SparseCategoricalCrossentropy,
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_generalized_cross_entropy,
    sparse_categorical_crossentropy,
)
from torchkeras.losses._family import LEGACY, deserialize, get, serialize
from torchkeras.losses._hinge import CategoricalHinge, Hinge, SquaredHinge, categorical_hinge, hinge, squared_hinge
from torchkeras.losses._likelihood import CTC, KLDivergence, ctc, kl_divergence
from torchkeras.losses._loss import Loss
from torchkeras.losses._overlap import Circle, Dice, Tversky, circle, dice, tversky
from torchkeras.losses._regression import (
    CosineSimilarity,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    cosine_similarity,
    huber,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
)


def __getattr__(name: str) -> Any:
    """Names that Keras 1 and 2 had."""
    if name not in LEGACY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    today: Any = LEGACY[name]
    deprecated(f"keras.losses.{name} is an old name; use {today.__name__}.")
    return today
