"""How often outputs are right: ``(b, …)`` of zeros and ones, and their mean."""

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras import _settings
from torchkeras._dtypes import to_torch_dtype
from torchkeras._registry import catalogue
from torchkeras._symbolic import KerasTensor, record
from torchkeras.losses._inputs import pair, same_rank
from torchkeras.metrics._reduction import FunctionMetric


def accuracy_function(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Public form of a function whose values are truths: zeros and ones in ``floatx()``, from anything tensor-like."""

    @functools.wraps(function)
    def public(y_true: Any, y_pred: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(y_true, KerasTensor) or isinstance(y_pred, KerasTensor):
            return record(public, (y_true, y_pred, *args), kwargs)
        return function(*pair(y_true, y_pred), *args, **kwargs).to(to_torch_dtype(_settings.floatx))

    return public


@accuracy_function
def accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """1 where `y_true` equals `y_pred`."""
    y_true, y_pred = same_rank(y_true, y_pred)
    return y_true == y_pred


class Accuracy(FunctionMetric, function=accuracy, better="up"):
    """How often outputs equal targets."""


@accuracy_function
def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Tensor:
    """1 where ``y_pred > threshold`` tells `y_true`, a 0 or 1."""
    y_true, y_pred = same_rank(y_true, y_pred)
    return y_true == (y_pred > threshold)


class BinaryAccuracy(FunctionMetric, function=binary_accuracy, better="up"):
    """How often outputs on their side of `threshold` match binary targets."""


@accuracy_function
def categorical_accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """1 where the largest output is the class of one-hot targets: ``(b, …, classes) x2 -> (b, …)``."""
    return y_true.argmax(-1) == y_pred.argmax(-1)


class CategoricalAccuracy(FunctionMetric, function=categorical_accuracy, better="up"):
    """How often the largest output is the class of one-hot targets."""


def _labels(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Labels without the last axis of size 1 that outputs' classes would stand for."""
    return y_true.squeeze(-1) if y_true.ndim == y_pred.ndim and y_true.shape[-1] == 1 else y_true


@accuracy_function
def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """1 where the largest output is the integer label: ``(b, …), (b, …, classes) -> (b, …)``."""
    return _labels(y_true, y_pred) == y_pred.argmax(-1)


class SparseCategoricalAccuracy(FunctionMetric, function=sparse_categorical_accuracy, better="up"):
    """How often the largest output is the integer label."""


@accuracy_function
def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Tensor:
    """1 where the class of one-hot targets is among the `k` largest outputs."""
    return _in_top_k(y_true.argmax(-1), y_pred, k)


def _in_top_k(labels: Tensor, y_pred: Tensor, k: int) -> Tensor:
    least = y_pred.topk(min(k, y_pred.shape[-1]), dim=-1).values[..., -1]
    return y_pred.gather(-1, labels.long().unsqueeze(-1)).squeeze(-1) >= least  # equal to the last one counts


class TopKCategoricalAccuracy(
    FunctionMetric, function=top_k_categorical_accuracy, better="up", order=("k", "name", "dtype")
):
    """How often the class of one-hot targets is among the `k` largest outputs."""


@accuracy_function
def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False) -> Tensor:
    """1 where the integer label is among the `k` largest outputs.

    With `from_sorted_ids`, `y_pred` holds class numbers, the likeliest first.
    """
    labels = _labels(y_true, y_pred)
    if from_sorted_ids:
        return torch.any(y_pred[..., :k] == labels.unsqueeze(-1), -1)
    return _in_top_k(labels, y_pred, k)


class SparseTopKCategoricalAccuracy(
    FunctionMetric,
    function=sparse_top_k_categorical_accuracy,
    better="up",
    order=("k", "name", "dtype", "from_sorted_ids"),
    unwritten=("from_sorted_ids",),
):
    """How often the integer label is among the `k` largest outputs."""


catalogue("metrics", binary_accuracy, categorical_accuracy, sparse_categorical_accuracy)
catalogue("metrics", top_k_categorical_accuracy, sparse_top_k_categorical_accuracy)
catalogue("metrics", Accuracy, BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy)
catalogue("metrics", TopKCategoricalAccuracy, SparseTopKCategoricalAccuracy)
