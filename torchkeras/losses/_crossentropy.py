"""Crossentropies: ``(b, …, classes) -> (b, …)``, on probabilities or, ``from_logits``, on unbounded scores.

On probabilities Keras divides by their sum (categorical ones) and clips them to ``epsilon()`` from 0 and 1;
so do these. On logits they are torch's fused kernels.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras import _settings
from torchkeras._registry import catalogue
from torchkeras.losses._function_loss import FunctionLoss
from torchkeras.losses._inputs import class_labels, clip, loss_function, same_shape

_LABELS_HINT = " Integer labels need `sparse_categorical_crossentropy`."


# Two classes: each output is a probability of its own.


@loss_function
def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Tensor:
    """``-mean(y_true * log(p) + (1 - y_true) * log(1 - p))`` over `axis`.

    Args:
        y_true: targets from 0 to 1.
        y_pred: probabilities, or their logits.
        from_logits: whether `y_pred` holds logits.
        label_smoothing: pulls the targets this far towards 0.5, from 0 (not at all) to 1.
        axis: the axis over which the mean goes.
    """
    return _binary(y_true, y_pred, from_logits, label_smoothing, "none").mean(axis)


def _binary(y_true: Tensor, y_pred: Tensor, from_logits: bool, label_smoothing: float, reduction: str) -> Tensor:
    y_true, y_pred = same_shape(y_true, y_pred, "binary_crossentropy")
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    if from_logits:
        return F.binary_cross_entropy_with_logits(y_pred, y_true, reduction=reduction)
    probabilities = clip(y_pred)
    if probabilities.is_cuda and torch.is_autocast_enabled():
        # torch forbids the kernel under autocast for fear of half precision; these are float32
        with torch.autocast("cuda", enabled=False):
            return F.binary_cross_entropy(probabilities, y_true, reduction=reduction)
    return F.binary_cross_entropy(probabilities, y_true, reduction=reduction)


class BinaryCrossentropy(FunctionLoss, function=binary_crossentropy):
    """Crossentropy of independent yes-or-no outputs."""

    def _mean(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return _binary(y_true, y_pred, self.from_logits, self.label_smoothing, "mean")


@loss_function
def binary_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """Binary crossentropy times ``(1 - p)**gamma``, `p` the probability given to the truth.

    Args:
        y_true: targets from 0 to 1.
        y_pred: probabilities, or their logits.
        apply_class_balancing: whether ones weigh `alpha` and zeros ``1 - alpha``.
        alpha: the weight of the ones.
        gamma: how much easy examples count less.
        from_logits: whether `y_pred` holds logits.
        label_smoothing: pulls the targets this far towards 0.5.
        axis: the axis over which the mean goes.

    Source: Lin et al., 2017, https://arxiv.org/abs/1708.02002.
    """
    y_true, y_pred = same_shape(y_true, y_pred, "binary_focal_crossentropy")
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    probabilities = y_pred.sigmoid() if from_logits else y_pred
    given = y_true * probabilities + (1.0 - y_true) * (1.0 - probabilities)
    values = (1.0 - given).pow(gamma) * _binary(y_true, probabilities, False, 0.0, "none")
    if apply_class_balancing:
        values = values * (y_true * alpha + (1.0 - y_true) * (1.0 - alpha))
    return values.mean(axis)


class BinaryFocalCrossentropy(FunctionLoss, function=binary_focal_crossentropy):
    """Binary crossentropy in which easy examples count less."""


# One class out of several.


@loss_function
def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Tensor:
    """``-sum(y_true * log(p))`` over the classes, for targets that are one-hot or distributions.

    Args:
        y_true: a distribution over the classes, in the shape of `y_pred`.
        y_pred: probabilities, or their logits.
        from_logits: whether `y_pred` holds logits.
        label_smoothing: moves this much of each target to all classes alike, from 0 to 1.
        axis: the axis of the classes.
    """
    y_true, y_pred = same_shape(y_true, y_pred, "categorical_crossentropy", _LABELS_HINT)
    y_true = _smooth(y_true, label_smoothing)
    if from_logits and y_pred.ndim == 2 and axis in (1, -1):
        return F.cross_entropy(y_pred, y_true, reduction="none")
    log_probabilities = y_pred.log_softmax(axis) if from_logits else clip(_normalize(y_pred, axis)).log()
    return -(y_true * log_probabilities).sum(axis)


def _smooth(y_true: Tensor, label_smoothing: float) -> Tensor:
    # the last axis' size whatever `axis` says: Keras' numbers
    return y_true * (1.0 - label_smoothing) + label_smoothing / y_true.shape[-1] if label_smoothing else y_true


def _normalize(probabilities: Tensor, axis: int) -> Tensor:
    return probabilities / probabilities.sum(axis, keepdim=True)


class CategoricalCrossentropy(FunctionLoss, function=categorical_crossentropy):
    """Crossentropy with one-hot targets."""


@loss_function
def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: Any = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """``-sum(alpha * (1 - p)**gamma * y_true * log(p))`` over the classes.

    Args:
        y_true: a distribution over the classes, in the shape of `y_pred`.
        y_pred: probabilities, or their logits.
        alpha: the weight of all classes, or one a class.
        gamma: how much easy examples count less.
        from_logits: whether `y_pred` holds logits.
        label_smoothing: moves this much of each target to all classes alike.
        axis: the axis of the classes.

    Source: Lin et al., 2017, https://arxiv.org/abs/1708.02002.
    """
    y_true, y_pred = same_shape(y_true, y_pred, "categorical_focal_crossentropy", _LABELS_HINT)
    y_true = _smooth(y_true, label_smoothing)
    probabilities = clip(_normalize(y_pred.softmax(axis) if from_logits else y_pred, axis))
    weight = (
        torch.as_tensor(alpha, dtype=y_pred.dtype, device=y_pred.device) if isinstance(alpha, (list, tuple)) else alpha
    )
    return -(weight * (1.0 - probabilities).pow(gamma) * y_true * probabilities.log()).sum(axis)


class CategoricalFocalCrossentropy(FunctionLoss, function=categorical_focal_crossentropy):
    """Categorical crossentropy in which easy examples count less."""


@loss_function
def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, ignore_class: int | None = None, axis: int = -1
) -> Tensor:
    """``-log(p[y_true])`` for integer labels: ``(b, …), (b, …, classes) -> (b, …)``.

    Args:
        y_true: labels from 0 to ``classes - 1``, also with a last axis of size 1.
        y_pred: probabilities, or their logits.
        from_logits: whether `y_pred` holds logits.
        ignore_class: a label whose places count as 0 and are left out of means.
        axis: the axis of the classes.
    """
    labels = class_labels(y_true, y_pred, axis, "sparse_categorical_crossentropy")
    if y_pred.ndim > 1 and axis not in (-1, y_pred.ndim - 1):
        y_pred = y_pred.movedim(axis, -1)
    if ignore_class is None:
        return _of_labels(labels, y_pred, from_logits)
    kept = labels != ignore_class
    values = torch.where(kept, _of_labels(torch.where(kept, labels, 0), y_pred, from_logits), 0.0)
    values._keras_mask = kept  # type: ignore[attr-defined]
    return values


# up to so many numbers fewer kernels are faster, above it less memory traffic
_SMALL = 1 << 15


def _log_of_rows(y_pred: Tensor) -> Tensor:
    rows = y_pred.reshape(-1, y_pred.shape[-1])
    return clip(_normalize(rows, -1)).log()


def _of_labels(labels: Tensor, y_pred: Tensor, from_logits: bool) -> Tensor:
    if from_logits:
        rows = y_pred.reshape(-1, y_pred.shape[-1])
        return F.cross_entropy(rows, labels.reshape(-1), reduction="none").reshape(labels.shape)
    if y_pred.numel() <= _SMALL:
        return F.nll_loss(_log_of_rows(y_pred), labels.reshape(-1), reduction="none").reshape(labels.shape)
    # picked before the division and the logarithm: they then work on one number a sample, not on all classes
    picked = y_pred.gather(-1, labels.unsqueeze(-1)).squeeze(-1)
    return -clip(picked / y_pred.sum(-1)).log()


class SparseCategoricalCrossentropy(
    FunctionLoss,
    function=sparse_categorical_crossentropy,
    order=("from_logits", "ignore_class", "reduction", "axis", "name", "dtype"),
    unwritten=("axis",),
):
    """Crossentropy with integer labels."""

    _keeps_targets = True

    def _mean(self, y_true: Tensor, y_pred: Tensor) -> Tensor | None:
        if self.ignore_class is None and y_pred.ndim == 2 and self.axis in (-1, 1):
            if self.from_logits:
                return F.cross_entropy(y_pred, class_labels(y_true, y_pred, -1, self.name))
            if y_pred.numel() <= _SMALL:
                return F.nll_loss(_log_of_rows(y_pred), class_labels(y_true, y_pred, -1, self.name))
        return None  # `call` does the rest


@loss_function
def categorical_generalized_cross_entropy(y_true: Any, y_pred: Any, q: float) -> Tensor:
    """``(1 - p[y_true]**q) / q`` for integer labels: between crossentropy (`q` near 0) and absolute error (1).

    Source: Zhang and Sabuncu, 2018, https://arxiv.org/abs/1805.07836.
    """
    labels = class_labels(y_true, y_pred, -1, "categorical_generalized_cross_entropy")
    picked = y_pred.gather(-1, labels.unsqueeze(-1)).squeeze(-1)
    # far below any probability, but its power has a finite slope, which that of 0 has not
    return (1.0 - picked.clamp(min=_settings.epsilon**2).pow(q)) / q


class CategoricalGeneralizedCrossEntropy(
    FunctionLoss,
    function=categorical_generalized_cross_entropy,
    name="categorical_generalized_cross_entropy",
    defaults={"q": 0.5},
):
    """Crossentropy that bears wrong labels, `q` strictly between 0 and 1."""

    _keeps_targets = True

    def call(self, y_true: Any, y_pred: Any) -> Any:
        if not 0 < self.q < 1:
            raise ValueError(f"CategoricalGeneralizedCrossEntropy: `q` must be in the interval (0, 1), got {self.q}.")
        return super().call(y_true, y_pred)


catalogue("losses", binary_crossentropy, binary_focal_crossentropy, categorical_crossentropy)
catalogue("losses", categorical_focal_crossentropy, sparse_categorical_crossentropy)
catalogue("losses", categorical_generalized_cross_entropy, CategoricalGeneralizedCrossEntropy)
catalogue("losses", BinaryCrossentropy, BinaryFocalCrossentropy, CategoricalCrossentropy)
catalogue("losses", CategoricalFocalCrossentropy, SparseCategoricalCrossentropy)
