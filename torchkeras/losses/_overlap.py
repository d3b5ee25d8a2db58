"""Losses over whole masks and whole batches: Dice, Tversky, Circle."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras import _settings
from torchkeras._registry import catalogue
from torchkeras.losses._function_loss import FunctionLoss
from torchkeras.losses._inputs import elementwise, loss_function

Axis = int | tuple[int, ...] | None


@loss_function
def dice(y_true: Any, y_pred: Any, axis: Axis = None) -> Tensor:
    """``1 - 2 * sum(y_true * y_pred) / (sum(y_true) + sum(y_pred))``, sums over `axis` (None: everything)."""
    y_true, y_pred = elementwise(y_true, y_pred, "dice")
    both = _sum(y_true * y_pred, axis)
    return 1.0 - 2.0 * both / (_sum(y_true, axis) + _sum(y_pred, axis) + _settings.epsilon)


def _sum(values: Tensor, axis: Axis) -> Tensor:
    return values.sum() if axis is None else values.sum(axis)


class Dice(FunctionLoss, function=dice, order=("reduction", "name", "axis", "dtype")):
    """One minus the overlap of two masks, relative to their sizes."""


@loss_function
def tversky(y_true: Any, y_pred: Any, alpha: float = 0.5, beta: float = 0.5, axis: Axis = None) -> Tensor:
    """``1 - hits / (hits + alpha * misses + beta * false positives)``; Dice with `alpha` and `beta` 0.5.

    Keras' text has `alpha` and `beta` the other way round, its numbers are these.

    Source: Salehi et al., 2017, https://arxiv.org/abs/1706.05721.
    """
    y_true, y_pred = elementwise(y_true, y_pred, "tversky")
    hits = _sum(y_true * y_pred, axis)
    false_positives = _sum((1.0 - y_true) * y_pred, axis)
    misses = _sum(y_true * (1.0 - y_pred), axis)
    return 1.0 - hits / (hits + misses * alpha + false_positives * beta + _settings.epsilon)


class Tversky(FunctionLoss, function=tversky, order=("alpha", "beta", "reduction", "name", "axis", "dtype")):
    """Dice with weights for misses (`alpha`) and false positives (`beta`)."""


@loss_function
def circle(
    y_true: Any,
    y_pred: Any,
    ref_labels: Any = None,
    ref_embeddings: Any = None,
    remove_diagonal: bool = True,
    gamma: float = 80,
    margin: float = 0.4,
) -> Tensor:
    """Circle loss between labels ``(b,)`` and embeddings of length 1, ``(b, d)``: ``-> (b,)``.

    Args:
        y_true: integer labels.
        y_pred: embeddings with L2 norm 1.
        ref_labels: labels to compare with; `y_true` by default.
        ref_embeddings: embeddings to compare with; `y_pred` by default.
        remove_diagonal: whether a sample's pair with itself is left out.
        gamma: the scale of the similarities.
        margin: the relaxation.

    Source: Sun et al., 2020, https://arxiv.org/abs/2002.10857.
    """
    labels = y_true.reshape(-1, 1)
    others = labels if ref_labels is None else torch.as_tensor(ref_labels, device=labels.device).reshape(-1, 1)
    references = y_pred if ref_embeddings is None else torch.as_tensor(ref_embeddings, device=y_pred.device).to(y_pred)
    similarity = (y_pred @ references.T).clamp(max=1.0)  # (b, references)
    alike = labels == others.T
    different = ~alike
    if remove_diagonal:
        diagonal = torch.eye(alike.shape[0], alike.shape[1], dtype=torch.bool, device=alike.device)
        alike = alike & ~diagonal
    positive = -gamma * (1 + margin - similarity).clamp(min=0) * (similarity - (1 - margin))
    negative = gamma * (similarity + margin).clamp(min=0) * (similarity - margin)
    values = F.softplus(_masked_logsumexp(positive, alike) + _masked_logsumexp(negative, different))
    values._keras_mask = alike.any(-1)  # type: ignore[attr-defined]  # who is like nobody does not count in a mean
    return values


def _masked_logsumexp(values: Tensor, mask: Tensor) -> Tensor:
    return torch.where(mask, values, -torch.inf).logsumexp(-1)


class Circle(
    FunctionLoss,
    function=circle,
    order=("gamma", "margin", "remove_diagonal", "reduction", "name", "dtype"),
    defaults={"gamma": 80.0},
):
    """Draws embeddings of one label together and others apart."""

    _keeps_targets = True


catalogue("losses", dice, tversky, circle, Dice, Tversky, Circle)
