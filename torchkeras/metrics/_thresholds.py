"""Counting outputs above thresholds, in one pass over the outputs however many thresholds there are."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.losses._inputs import same_rank
from torchkeras.losses._loss import fit_weight
from torchkeras.metrics._metric import inputs
from torchkeras.ops._op import tensor

# below every output: with `top_k`, what is not among the first k
NOTHING = -1e10
KINDS = ("true_positives", "false_positives", "true_negatives", "false_negatives")


class Thresholds:
    """Numbers that outputs are compared with.

    Args:
        values: the numbers, from 0 to 1.
    """

    def __init__(self, values: Sequence[float]) -> None:
        self.values = [float(value) for value in values]
        self._tables: dict[torch.device, tuple[Tensor, Tensor | None]] = {}

    def __len__(self) -> int:
        return len(self.values)

    def sums_above(self, scores: Tensor, amounts: Tensor) -> Tensor:
        """For each threshold the sum of the amounts whose score is above: ``(n, …), (n, …) -> (thresholds, …)``."""
        if len(self.values) == 1:
            above = scores > self.values[0]
            kept = above & amounts if amounts.dtype == torch.bool else above * amounts
            return kept.sum(0, keepdim=True)
        amounts = amounts.to(scores.dtype)
        ordered, places = self._sorted(scores.device)
        ranks = torch.bucketize(
            scores.contiguous(), ordered.to(scores.dtype)
        )  # how many thresholds each score is above
        table = amounts.new_zeros((len(self) + 1, *scores.shape[1:])).scatter_add_(0, ranks, amounts)
        sums = table.flip(0).cumsum(0).flip(0)[1:]  # what has a rank of k + 1 or more is above the k-th threshold
        return sums if places is None else sums[places]

    def _sorted(self, device: torch.device) -> tuple[Tensor, Tensor | None]:
        """The thresholds in order, and each one's place in it (None if they were in order)."""
        if device not in self._tables:
            order = np.argsort(self.values, kind="stable")
            moved = (np.diff(order) < 0).any()
            places = torch.tensor(np.argsort(order), device=device) if moved else None
            self._tables[device] = torch.tensor(np.sort(self.values), device=device), places
        return self._tables[device]


def parse(thresholds: Any, default: float = 0.5) -> list[float]:
    """A list of thresholds from what users give: None, one number or several.

    Raises:
        ValueError: not from 0 to 1.
    """
    given = [default] if thresholds is None else list(np.atleast_1d(np.asarray(thresholds, dtype=object)))
    wrong = [value for value in given if value is None or (value != NOTHING and not 0 <= value <= 1)]
    if wrong:
        raise ValueError(f"Threshold values must be in [0, 1]. Received: {wrong}")
    return [float(value) for value in given]


def confusion(
    y_true: Any,
    y_pred: Any,
    sample_weight: Any,
    thresholds: Thresholds,
    wanted: Sequence[str],
    top_k: int | None = None,
    class_id: int | None = None,
    per_label: bool = False,
    label_weights: Tensor | None = None,
) -> dict[str, Tensor]:
    """The weighted numbers of right and wrong answers at each threshold, of the kinds in `wanted`.

    Args:
        y_true: targets; what is not 0 is positive.
        y_pred: outputs from 0 to 1.
        sample_weight: weights that broadcast to `y_pred`, or None.
        thresholds: an output above one says yes.
        wanted: names out of :data:`KINDS`.
        top_k: if given, only the `top_k` largest outputs along the last axis may say yes.
        class_id: if given, only this entry of the last axis counts.
        per_label: whether the last axis stays: ``(thresholds, labels)`` instead of ``(thresholds,)``.
        label_weights: weights of the last axis' entries.
    """
    labels, scores, weight = _selected(y_true, y_pred, sample_weight, top_k, class_id)
    if label_weights is not None:
        weight = label_weights.to(scores) if weight is None else weight * label_weights.to(scores)
    form = (-1, scores.shape[-1]) if per_label else (-1,)
    if weight is not None:
        weight = weight.expand_as(scores).reshape(form)
    return _counts(labels.reshape(form), scores.reshape(form), weight, thresholds, wanted)


def _selected(
    y_true: Any, y_pred: Any, sample_weight: Any, top_k: int | None, class_id: int | None
) -> tuple[Tensor, Tensor, Tensor | None]:
    labels, scores = same_rank(*inputs(y_true, y_pred))
    if labels.shape != scores.shape:
        raise ValueError(
            f"Expected y_true and y_pred of the same shape, got {tuple(labels.shape)} and {tuple(scores.shape)}."
        )
    if scores.ndim == 0:
        labels, scores = labels.reshape(1), scores.reshape(1)
    if top_k is not None:
        chosen = scores.topk(top_k, dim=-1)
        scores = torch.full_like(scores, NOTHING).scatter_(-1, chosen.indices, chosen.values)
    weight = None if sample_weight is None else fit_weight(tensor(sample_weight).to(scores), scores)
    if class_id is not None:
        if scores.ndim < 2:
            raise ValueError(
                "When class_id is provided, y_pred must be a 2D array with shape (num_samples, num_classes), "
                f"found shape: {tuple(scores.shape)}"
            )
        if not -scores.shape[-1] <= class_id < scores.shape[-1]:
            raise ValueError(f"`class_id={class_id}`: outputs of shape {tuple(scores.shape)} have no such class.")
        labels, scores = labels[..., class_id], scores[..., class_id]
        if weight is not None and weight.ndim > scores.ndim:
            weight = weight[..., 0 if weight.shape[-1] == 1 else class_id]
    return labels.bool(), scores, weight


def _counts(
    labels: Tensor, scores: Tensor, weight: Tensor | None, thresholds: Thresholds, wanted: Sequence[str]
) -> dict[str, Tensor]:
    """`wanted` out of the sums above the thresholds: what is not above them is the rest."""
    others = ~labels
    yes, no = (labels, others) if weight is None else (labels * weight, others * weight)
    found: dict[str, Tensor] = {}
    if "true_positives" in wanted or "false_negatives" in wanted:
        found["true_positives"] = thresholds.sums_above(scores, yes)
        found["false_negatives"] = yes.sum(0) - found["true_positives"]
    if "false_positives" in wanted or "true_negatives" in wanted:
        found["false_positives"] = thresholds.sums_above(scores, no)
        found["true_negatives"] = no.sum(0) - found["false_positives"]
    return {kind: found[kind] for kind in wanted}
