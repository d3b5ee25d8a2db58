"""Losses between numbers: ``(b, …, d), (b, …, d) -> (b, …)``, a mean (or sum) over the last axis."""

import math
from typing import Any

import torch.nn.functional as F
from torch import Tensor

from torchkeras import _settings
from torchkeras._registry import catalogue
from torchkeras.losses._function_loss import FunctionLoss
from torchkeras.losses._inputs import elementwise, loss_function


@loss_function
def mean_squared_error(y_true: Any, y_pred: Any) -> Tensor:
    """``mean((y_true - y_pred)**2)``."""
    y_true, y_pred = elementwise(y_true, y_pred, "mean_squared_error")
    return (y_pred - y_true).square().mean(-1)


class MeanSquaredError(FunctionLoss, function=mean_squared_error):
    """Mean of the squared differences."""

    def _mean(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        y_true, y_pred = elementwise(y_true, y_pred, "mean_squared_error")
        if y_true.shape != y_pred.shape:  # torch's own warning would come on top of ours
            return (y_pred - y_true).square().mean()
        return F.mse_loss(y_pred, y_true)


@loss_function
def mean_absolute_error(y_true: Any, y_pred: Any) -> Tensor:
    """``mean(abs(y_true - y_pred))``."""
    y_true, y_pred = elementwise(y_true, y_pred, "mean_absolute_error")
    return (y_pred - y_true).abs().mean(-1)


class MeanAbsoluteError(FunctionLoss, function=mean_absolute_error):
    """Mean of the absolute differences."""

    def _mean(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        y_true, y_pred = elementwise(y_true, y_pred, "mean_absolute_error")
        return (y_pred - y_true).abs().mean() if y_true.shape != y_pred.shape else F.l1_loss(y_pred, y_true)


@loss_function
def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Tensor:
    """``100 * mean(abs((y_true - y_pred) / y_true))``, the denominator at least ``epsilon()``."""
    y_true, y_pred = elementwise(y_true, y_pred, "mean_absolute_percentage_error")
    return 100.0 * ((y_true - y_pred) / y_true.abs().clamp(min=_settings.epsilon)).abs().mean(-1)


class MeanAbsolutePercentageError(FunctionLoss, function=mean_absolute_percentage_error):
    """Mean of the absolute differences, in percent of the targets."""


@loss_function
def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Tensor:
    """``mean((log(y_true + 1) - log(y_pred + 1))**2)``; values below ``epsilon()`` count as that."""
    y_true, y_pred = elementwise(y_true, y_pred, "mean_squared_logarithmic_error")
    first, second = (values.clamp(min=_settings.epsilon).log1p() for values in (y_pred, y_true))
    return (first - second).square().mean(-1)


class MeanSquaredLogarithmicError(FunctionLoss, function=mean_squared_logarithmic_error):
    """Mean of the squared differences of the logarithms."""


@loss_function
def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Tensor:
    """Half the squared difference up to `delta`, linear beyond (https://en.wikipedia.org/wiki/Huber_loss)."""
    y_true, y_pred = elementwise(y_true, y_pred, "huber")
    error = (y_pred - y_true).abs()
    small = error.clamp(max=delta)
    return (small * (error - 0.5 * small)).mean(-1)


class Huber(FunctionLoss, function=huber, name="huber_loss", unwritten=("delta",)):
    """Squared near zero, linear beyond `delta`."""


@loss_function
def log_cosh(y_true: Any, y_pred: Any) -> Tensor:
    """``mean(log(cosh(y_pred - y_true)))``, in a form that cannot overflow."""
    y_true, y_pred = elementwise(y_true, y_pred, "log_cosh")
    error = y_pred - y_true
    return (error + F.softplus(-2.0 * error) - math.log(2.0)).mean(-1)


class LogCosh(FunctionLoss, function=log_cosh):
    """Logarithm of the hyperbolic cosine of the differences."""


@loss_function
def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """Minus the cosine of the angle between two vectors: -1 for the same direction, 0 where one of them is zero."""
    y_true, y_pred = elementwise(y_true, y_pred, "cosine_similarity")
    return -(_unit(y_true, axis) * _unit(y_pred, axis)).sum(axis)


def _unit(vectors: Tensor, axis: int) -> Tensor:
    return vectors * vectors.square().sum(axis, keepdim=True).clamp(min=1e-12).rsqrt()


class CosineSimilarity(FunctionLoss, function=cosine_similarity, unwritten=("axis",)):
    """Minus the cosine of the angle between targets and outputs."""


@loss_function
def poisson(y_true: Any, y_pred: Any) -> Tensor:
    """``mean(y_pred - y_true * log(y_pred + epsilon()))``."""
    y_true, y_pred = elementwise(y_true, y_pred, "poisson")
    return (y_pred - y_true * (y_pred + _settings.epsilon).log()).mean(-1)


class Poisson(FunctionLoss, function=poisson):
    """Negative log-likelihood of counts under a Poisson distribution, up to a constant."""


catalogue("losses", mean_squared_error, mean_absolute_error, mean_absolute_percentage_error)
catalogue("losses", mean_squared_logarithmic_error, huber, log_cosh, cosine_similarity, poisson)
catalogue("losses", MeanSquaredError, MeanAbsoluteError, MeanAbsolutePercentageError, MeanSquaredLogarithmicError)
catalogue("losses", Huber, LogCosh, CosineSimilarity, Poisson)
