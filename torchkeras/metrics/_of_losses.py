"""Metrics that are the mean of a loss function, or close to one."""

from typing import Any

from torch import Tensor

from torchkeras import losses
from torchkeras._registry import catalogue
from torchkeras.losses._inputs import elementwise, loss_function
from torchkeras.metrics._metric import divide_no_nan, inputs
from torchkeras.metrics._reduction import FunctionMetric, Mean


class MeanSquaredError(FunctionMetric, function=losses.mean_squared_error, better="down"):
    """Mean of the squared differences."""


class RootMeanSquaredError(Mean):
    """Root of the mean of the squared differences, over all elements of all batches.

    Args:
        name: the name.
        dtype: the dtype of the states; ``floatx()`` by default.
    """

    _direction = "down"

    def __init__(self, name: str = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take one batch in."""
        y_true, y_pred = elementwise(*inputs(y_true, y_pred), "RootMeanSquaredError")
        super().update_state((y_pred - y_true).square(), sample_weight)

    def result(self) -> Tensor:
        return super().result().sqrt()


class MeanAbsoluteError(FunctionMetric, function=losses.mean_absolute_error, better="down"):
    """Mean of the absolute differences."""


class MeanAbsolutePercentageError(FunctionMetric, function=losses.mean_absolute_percentage_error, better="down"):
    """Mean of the absolute differences, in percent of the targets."""


class MeanSquaredLogarithmicError(FunctionMetric, function=losses.mean_squared_logarithmic_error, better="down"):
    """Mean of the squared differences of the logarithms."""


class LogCoshError(FunctionMetric, function=losses.log_cosh, better="down", name="logcosh"):
    """Mean of the logarithm of the hyperbolic cosine of the differences."""


@loss_function
def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """The cosine of the angle between two vectors: the loss of that name with the other sign."""
    return -losses.cosine_similarity.__wrapped__(y_true, y_pred, axis)  # type: ignore[attr-defined]


class CosineSimilarity(FunctionMetric, function=cosine_similarity, better="up", unwritten=("axis",)):
    """Mean of the cosine of the angle between targets and outputs."""


class BinaryCrossentropy(
    FunctionMetric,
    function=losses.binary_crossentropy,
    better="down",
    order=("name", "dtype", "from_logits", "label_smoothing"),
    defaults={"label_smoothing": 0},
):
    """Mean crossentropy of independent yes-or-no outputs."""


class CategoricalCrossentropy(
    FunctionMetric, function=losses.categorical_crossentropy, better="down", defaults={"label_smoothing": 0}
):
    """Mean crossentropy with one-hot targets."""


class SparseCategoricalCrossentropy(FunctionMetric, function=losses.sparse_categorical_crossentropy, better="down"):
    """Mean crossentropy with integer labels."""


class KLDivergence(FunctionMetric, function=losses.kl_divergence, better="down"):
    """Mean Kullback-Leibler divergence."""


class Poisson(FunctionMetric, function=losses.poisson, better="down"):
    """Mean of ``y_pred - y_true * log(y_pred)``."""


class Hinge(FunctionMetric, function=losses.hinge, better="down"):
    """Mean of how far outputs are on the wrong side of the margin."""


class SquaredHinge(FunctionMetric, function=losses.squared_hinge, better="down"):
    """Mean square of how far outputs are on the wrong side of the margin."""


class CategoricalHinge(FunctionMetric, function=losses.categorical_hinge, better="down"):
    """Mean of what the right class' output lacks to lead by 1."""


# Correlation.


@loss_function
def pearson_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """Pearson's correlation of the values along `axis`, from -1 to 1."""
    y_true, y_pred = elementwise(y_true, y_pred, "pearson_correlation")
    y_true, y_pred = (values - values.mean(axis, keepdim=True) for values in (y_true, y_pred))
    length = y_true.square().sum(axis).sqrt() * y_pred.square().sum(axis).sqrt()
    return (y_true * y_pred).sum(axis) / length


class PearsonCorrelation(FunctionMetric, function=pearson_correlation, better="up"):
    """Mean of Pearson's correlation of each sample's values."""


@loss_function
def concordance_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """Lin's concordance of the values along `axis`: correlation that also wants the same mean and spread.

    Source: https://en.wikipedia.org/wiki/Concordance_correlation_coefficient.
    """
    y_true, y_pred = elementwise(y_true, y_pred, "concordance_correlation")
    mean_true, mean_pred = y_true.mean(axis, keepdim=True), y_pred.mean(axis, keepdim=True)
    shift = (mean_true - mean_pred).squeeze(axis).square()
    y_true, y_pred = y_true - mean_true, y_pred - mean_pred
    spread = y_true.square().mean(axis) + y_pred.square().mean(axis)
    return divide_no_nan(2.0 * (y_true * y_pred).mean(axis), spread + shift)


class ConcordanceCorrelation(FunctionMetric, function=concordance_correlation, better="up"):
    """Mean of Lin's concordance of each sample's values."""


catalogue("metrics", MeanSquaredError, RootMeanSquaredError, MeanAbsoluteError, MeanAbsolutePercentageError)
catalogue("metrics", MeanSquaredLogarithmicError, LogCoshError, CosineSimilarity, BinaryCrossentropy)
catalogue("metrics", CategoricalCrossentropy, SparseCategoricalCrossentropy, KLDivergence, Poisson)
catalogue("metrics", Hinge, SquaredHinge, CategoricalHinge)
catalogue("metrics", pearson_correlation, PearsonCorrelation, concordance_correlation, ConcordanceCorrelation)
