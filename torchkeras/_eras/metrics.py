"""What ``keras.metrics`` had until Keras 2: measures of a batch as functions, and two classes.

The functions take ``(y_true, y_pred)``, numbers between 0 and 1, and count what rounds to 1. A model shows the mean of
the batches' values, which is not the value of the whole; ``Precision``, ``Recall`` and ``FBetaScore`` give that.
"""

from typing import Any

import torch
from torch import Tensor

from torchkeras import _registry, _settings, metrics
from torchkeras._eras._marks import legacy
from torchkeras.losses import cosine_similarity
from torchkeras.metrics._metric import State, divide_no_nan, inputs
from torchkeras.ops._op import tensor

__all__ = [
    "MeanRelativeError",
    "MeanTensor",
    "SumOverBatchSize",
    "clone_metric",
    "clone_metrics",
    "cosine",
    "fbeta_score",
    "fmeasure",
    "matthews_correlation",
    "precision",
    "recall",
]


def _positives(values: Any) -> Tensor:
    return tensor(values, "float32").clamp(0, 1).round()


def precision(y_true: Any, y_pred: Any) -> Tensor:
    """Of those that are called positive, how many are: ``(…), (…) -> ()``."""
    hits, called = _positives(tensor(y_true) * tensor(y_pred)).sum(), _positives(y_pred).sum()
    return hits / (called + _settings.epsilon)


def recall(y_true: Any, y_pred: Any) -> Tensor:
    """Of those that are positive, how many are called so: ``(…), (…) -> ()``."""
    hits, there = _positives(tensor(y_true) * tensor(y_pred)).sum(), _positives(y_true).sum()
    return hits / (there + _settings.epsilon)


def fbeta_score(y_true: Any, y_pred: Any, beta: float = 1) -> Tensor:
    """The weighted harmonic mean of precision and recall, which counts `beta` times as much; 0 without positives.

    Raises:
        ValueError: a negative `beta`.
    """
    if beta < 0:
        raise ValueError(f"fbeta_score: `beta` must be at least 0, got {beta}.")
    p, r, square = precision(y_true, y_pred), recall(y_true, y_pred), beta**2
    score = (1 + square) * (p * r) / (square * p + r + _settings.epsilon)
    return torch.where(_positives(y_true).sum() == 0, torch.zeros_like(score), score)


def fmeasure(y_true: Any, y_pred: Any) -> Tensor:
    """The harmonic mean of precision and recall: ``(…), (…) -> ()``."""
    return fbeta_score(y_true, y_pred, beta=1)


def matthews_correlation(y_true: Any, y_pred: Any) -> Tensor:
    """The correlation of both, rounded to 0 and 1; Matthews, 1975: ``(…), (…) -> ()``."""
    true, called = _positives(y_true), _positives(y_pred)
    tp, tn = (true * called).sum(), ((1 - true) * (1 - called)).sum()
    fp, fn = ((1 - true) * called).sum(), (true * (1 - called)).sum()
    spread = ((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)).sqrt()
    return (tp * tn - fp * fn) / (spread + _settings.epsilon)


def cosine(y_true: Any, y_pred: Any) -> Tensor:
    """Keras 2's short name of ``losses.cosine_similarity``, with its sign: -1 for the same direction."""
    return cosine_similarity(y_true, y_pred)


# under these names configs find them again
for _function in (precision, recall, fbeta_score, fmeasure, matthews_correlation):
    _registry.BUILT_IN["keras.legacy.metrics", _function.__name__] = _function


@legacy("metrics")
class MeanRelativeError(metrics.Mean):
    """The mean of ``|y_true - y_pred| / normalizer``; where that is 0, it counts as 0.

    Args:
        normalizer: what differences are divided by, of a shape that broadcasts to theirs.
    """

    def __init__(self, normalizer: Any, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name=name or "mean_relative_error", dtype=dtype)
        self.normalizer = normalizer

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        true, called = inputs(y_true, y_pred)
        normalizer = tensor(self.normalizer, true.dtype).expand_as(true)
        super().update_state(divide_no_nan((true - called).abs(), normalizer), sample_weight)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "normalizer": tensor(self.normalizer).tolist()}


@legacy("metrics")
class MeanTensor(metrics.Metric):
    """The mean of tensors, place by place.

    Args:
        shape: their shape; by default that of the first one.
    """

    total = State("sum", shape="shape")
    count = State("sum", shape="shape")

    def __init__(self, name: str | None = "mean_tensor", dtype: Any = None, shape: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.shape = None if shape is None else tuple(shape)

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add a tensor, with a weight that broadcasts to it."""
        values = tensor(values, self.dtype).detach()
        if self.shape is None:
            self.shape = tuple(values.shape)
        elif self.shape != tuple(values.shape):
            raise ValueError(f"MeanTensor {self.name!r}: expected shape {self.shape}, got {tuple(values.shape)}.")
        self._follow(values)
        weight = torch.ones_like(values) if sample_weight is None else tensor(sample_weight, self.dtype)
        weight = weight.reshape(*weight.shape, *(1,) * (values.ndim - weight.ndim)).expand_as(values)
        self.total.tensor.add_(values * weight)
        self.count.tensor.add_(weight)

    def result(self) -> Any:
        if self.shape is None:
            raise ValueError(f"MeanTensor {self.name!r} has no result yet: give it a tensor, or a `shape`.")
        return divide_no_nan(self.total.tensor, self.count.tensor)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "shape": self.shape}


SumOverBatchSize = metrics.Mean


def clone_metric(metric: Any) -> Any:
    """A metric like it, with states of its own; a function is itself."""
    return type(metric).from_config(metric.get_config()) if isinstance(metric, metrics.Metric) else metric


def clone_metrics(listed: Any) -> Any:
    """The same for all metrics of a list."""
    return [clone_metric(metric) for metric in listed]
