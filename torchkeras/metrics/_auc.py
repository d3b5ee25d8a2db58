"""The area under a curve that thresholds draw."""

import json
from typing import Any

import torch
from torch import Tensor

from torchkeras import _settings
from torchkeras._registry import catalogue
from torchkeras.metrics._curve import Curve, spread
from torchkeras.metrics._metric import divide_no_nan, inputs
from torchkeras.metrics._thresholds import Thresholds
from torchkeras.ops._op import tensor


class AUC(Curve):
    """The area under a curve that thresholds from 0 to 1 draw.

    Args:
        num_thresholds: how many thresholds.
        curve: ``"ROC"`` (recall over false positive rate), ``"PR"`` (precision over recall) or ``"PRGAIN"``.
        summation_method: ``"interpolation"``, or the lower or upper step sum, ``"minoring"`` or ``"majoring"``.
        name: the name.
        dtype: the dtype of the states; ``floatx()`` by default.
        thresholds: thresholds strictly between 0 and 1 in place of evenly spread ones.
        multi_label: whether each entry of the last axis has a curve of its own; the result is their mean.
        num_labels: how many entries the last axis has; by default as in the first batch.
        label_weights: the weight of each entry.
        from_logits: whether outputs are logits.

    Sources: Davis and Goadrich, 2006 (interpolation of PR); Flach and Kull, 2015 (PRGAIN).
    """

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Any = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Any = None,
        from_logits: bool = False,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self.curve = _one_of("curve", curve, ("PR", "ROC", "PRGAIN"))
        self.summation_method = _one_of("summation method", summation_method, ("interpolation", "majoring", "minoring"))
        if thresholds is None and num_thresholds <= 1:
            raise ValueError(
                f"Argument `num_thresholds` must be an integer > 1. Received: num_thresholds={num_thresholds}"
            )
        if num_labels is not None and not multi_label:
            raise ValueError("`num_labels` is needed only when `multi_label` is True.")
        self._init_thresholds = None if thresholds is None else sorted(float(value) for value in thresholds)
        inner = spread(num_thresholds) if self._init_thresholds is None else self._init_thresholds
        # the ends lie outside of what outputs can be, so that nothing falls on them
        self.thresholds = [-_settings.epsilon, *inner, 1.0 + _settings.epsilon]
        self._thresholds = Thresholds(self.thresholds)
        self.num_thresholds = len(self.thresholds)
        self.multi_label = multi_label
        self.num_labels = num_labels
        self.label_weights = None if label_weights is None else tensor(label_weights, _settings.floatx)
        self.from_logits = from_logits
        self._shape = None if multi_label and num_labels is None else self._state_shape(num_labels)

    def _state_shape(self, labels: int | None) -> tuple[int, ...]:
        return (self.num_thresholds, labels) if self.multi_label and labels else (self.num_thresholds,)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count one batch: `y_true` and `y_pred` of the same shape, with `multi_label` ``(b, labels)``."""
        y_true, y_pred = inputs(y_true, y_pred)
        if self._shape is None:
            if y_pred.ndim != 2:
                raise ValueError(
                    f"AUC with `multi_label=True` expects (batch, labels), got shape {tuple(y_pred.shape)}."
                )
            self._shape = self._state_shape(y_pred.shape[-1])
        weights = None if self.multi_label else self.label_weights
        # what is no probability counts as 0 or 1: the first threshold is below and the last one above every output
        scores = y_pred.sigmoid() if self.from_logits else y_pred.clamp(0, 1)
        self._count(y_true, scores, sample_weight, per_label=self.multi_label, label_weights=weights)

    def result(self) -> Tensor:
        if self.curve == "PR" and self.summation_method == "interpolation":
            return self._over_labels(self._interpolated_pr())
        x, y = self._points()
        left, right = y[:-1], y[1:]
        heights = {
            "interpolation": (left + right) / 2,
            "minoring": torch.minimum(left, right),
            "majoring": torch.maximum(left, right),
        }
        return self._over_labels((x[:-1] - x[1:]) * heights[self.summation_method])

    def _points(self) -> tuple[Tensor, Tensor]:
        recall, _, precision = self._rates()
        if self.curve == "PR":
            return recall, precision
        tp, fp, tn, fn = self._counts()
        if self.curve == "ROC":
            return divide_no_nan(fp, fp + tn), recall
        odds = divide_no_nan(tp + fn, tn + fp)
        recall_gain = torch.where(tp > 0, 1 - divide_no_nan(fn, tp) * odds, 0.0).clamp(min=0)
        return recall_gain, 1 - divide_no_nan(fp, tp) * odds

    def _interpolated_pr(self) -> Tensor:
        """Areas between neighbouring points when true positives grow linearly with all positives between them."""
        tp, fp, _, fn = self._counts()
        called = tp + fp
        steps, called_steps = tp[:-1] - tp[1:], called[:-1] - called[1:]
        slope = divide_no_nan(steps, called_steps.clamp(min=0))
        intercept = tp[1:] - slope * called[1:]
        both = (called[:-1] > 0) & (called[1:] > 0)
        ratio = torch.where(both, divide_no_nan(called[:-1], called[1:].clamp(min=0)), 1.0)
        return divide_no_nan(slope * (steps + intercept * ratio.log()), (tp[1:] + fn[1:]).clamp(min=0))

    def _over_labels(self, areas: Tensor) -> Tensor:
        if not self.multi_label:
            return areas.sum()
        each = areas.sum(0)
        if self.label_weights is None:
            return each.mean()
        weights = self.label_weights.to(each)
        return divide_no_nan((each * weights).sum(), weights.sum())

    def get_config(self) -> dict[str, Any]:
        config = {
            **super().get_config(),
            "num_thresholds": self.num_thresholds,
            "curve": self.curve,
            "summation_method": self.summation_method,
            "multi_label": self.multi_label,
            "num_labels": self.num_labels,
            "label_weights": None if self.label_weights is None else self.label_weights.tolist(),
            "from_logits": self.from_logits,
        }
        return config if self._init_thresholds is None else {**config, "thresholds": self._init_thresholds}


def _one_of(what: str, value: str, known: tuple[str, ...]) -> str:
    found = {name.lower(): name for name in known}.get(str(value).lower())
    if found is None:
        raise ValueError(f'Invalid AUC {what} value: "{value}". Expected values are {json.dumps(known)}')
    return found


catalogue("metrics", AUC)
