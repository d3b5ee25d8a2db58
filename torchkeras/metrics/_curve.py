"""The four counts at many thresholds, and the rates that follow from them."""

from typing import Any

from torch import Tensor

from torchkeras.metrics._metric import Metric, State, divide_no_nan
from torchkeras.metrics._thresholds import KINDS, Thresholds, confusion


class Curve(Metric):
    """The four counts at many thresholds."""

    true_positives = State("sum", shape="_shape")
    false_positives = State("sum", shape="_shape")
    true_negatives = State("sum", shape="_shape")
    false_negatives = State("sum", shape="_shape")
    _direction = "up"
    _shape: tuple[int, ...] | None
    _thresholds: Thresholds

    def _count(self, y_true: Any, y_pred: Any, sample_weight: Any, **selection: Any) -> None:
        found = confusion(y_true, y_pred, sample_weight, self._thresholds, KINDS, **selection)
        if self.true_positives.tensor.device != found[KINDS[0]].device:
            self._follow(found[KINDS[0]])
        for kind, number in found.items():
            getattr(self, kind).tensor.add_(number)

    def _counts(self) -> tuple[Tensor, ...]:
        """True positives, false positives, true negatives, false negatives."""
        return tuple(getattr(self, kind).tensor.detach() for kind in KINDS)

    def _rates(self) -> tuple[Tensor, Tensor, Tensor]:
        """Recall (sensitivity), specificity and precision at each threshold."""
        tp, fp, tn, fn = self._counts()
        return divide_no_nan(tp, tp + fn), divide_no_nan(tn, tn + fp), divide_no_nan(tp, tp + fp)


def spread(number: int) -> list[float]:
    """Evenly spread numbers between 0 and 1, of `number` with both ends."""
    return [index / (number - 1) for index in range(1, number - 1)]
