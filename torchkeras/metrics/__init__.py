"""``keras.metrics``: numbers accumulated over batches, on the device.

A metric is updated with ``update_state(y_true, y_pred, sample_weight=None)``, read with ``result()`` and
cleared with ``reset_state()``; what it accumulates are its ``variables``.
"""

from typing import Any

from torchkeras._errors import deprecated
from torchkeras.losses import (
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    hinge,
    huber,
    kl_divergence,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)
from torchkeras.metrics._accuracy import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from torchkeras.metrics._auc import AUC
from torchkeras.metrics._best_where import (
    PrecisionAtRecall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
)
from torchkeras.metrics._confusion import (
    FalseNegatives,
    FalsePositives,
    Precision,
    Recall,
    TrueNegatives,
    TruePositives,
)
from torchkeras.metrics._family import LEGACY, deserialize, get, serialize
from torchkeras.metrics._fbeta import F1Score, FBetaScore
from torchkeras.metrics._iou import BinaryIoU, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU
from torchkeras.metrics._metric import Metric
from torchkeras.metrics._of_losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    CategoricalHinge,
    ConcordanceCorrelation,
    CosineSimilarity,
    Hinge,
    KLDivergence,
    LogCoshError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    PearsonCorrelation,
    Poisson,
    RootMeanSquaredError,
    SparseCategoricalCrossentropy,
    SquaredHinge,
    concordance_correlation,
    pearson_correlation,
)
from torchkeras.metrics._r2 import R2Score
from torchkeras.metrics._reduction import Mean, MeanMetricWrapper, Sum


def __getattr__(name: str) -> Any:
    """Names that Keras 1 and 2 had."""
    if name not in LEGACY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    today = LEGACY[name]
    deprecated(f"keras.metrics.{name} is an old name; use {today.__name__}.")
    return today
