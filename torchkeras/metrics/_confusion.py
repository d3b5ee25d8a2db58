"""Counts of right and wrong yes-or-no answers, precision and recall."""

from typing import Any

from torch import Tensor

from torchkeras._registry import catalogue
from torchkeras.metrics._metric import Metric, State, divide_no_nan
from torchkeras.metrics._thresholds import NOTHING, Thresholds, confusion, parse


def _unwrapped(result: Tensor) -> Tensor:
    """A scalar where there is one threshold."""
    return result[0] if len(result) == 1 else result


class _Count(Metric):
    """Base of the four counts.

    Args:
        thresholds: one or several numbers from 0 to 1; an output above one says yes. 0.5 by default.
        name: the name.
        dtype: the dtype of the state; ``floatx()`` by default.
    """

    accumulator = State("sum", shape="_shape")
    _kind: str

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.init_thresholds = thresholds
        self.thresholds = parse(thresholds)
        self._thresholds = Thresholds(self.thresholds)
        self._shape = (len(self.thresholds),)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count one batch: `y_true` and `y_pred` of the same shape."""
        found = confusion(y_true, y_pred, sample_weight, self._thresholds, [self._kind])[self._kind]
        if self.accumulator.tensor.device != found.device:
            self._follow(found)
        self.accumulator.tensor.add_(found)

    def result(self) -> Tensor:
        return _unwrapped(self.accumulator.tensor.detach().clone())

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "thresholds": self.init_thresholds}


class TruePositives(_Count):
    """How many positives were called so."""

    _kind = "true_positives"


class FalsePositives(_Count):
    """How many negatives were called positive."""

    _kind = "false_positives"


class TrueNegatives(_Count):
    """How many negatives were called so."""

    _kind = "true_negatives"


class FalseNegatives(_Count):
    """How many positives were called negative."""

    _kind = "false_negatives"


class _Ratio(Metric):
    """Base of precision and recall: true positives among them and one kind of error.

    Args:
        thresholds: one or several numbers from 0 to 1; an output above one says yes. 0.5 by default.
        top_k: if given, the `top_k` largest outputs of a sample say yes, by default whatever their values.
        class_id: if given, only this class counts.
        name: the name.
        dtype: the dtype of the states; ``floatx()`` by default.
    """

    _direction = "up"
    _kinds: tuple[str, str]

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self.init_thresholds = thresholds
        self.top_k = top_k
        self.class_id = class_id
        self.thresholds = parse(thresholds, default=0.5 if top_k is None else NOTHING)
        self._thresholds = Thresholds(self.thresholds)
        self._shape = (len(self.thresholds),)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count one batch: `y_true` and `y_pred` of the same shape."""
        found = confusion(
            y_true, y_pred, sample_weight, self._thresholds, self._kinds, top_k=self.top_k, class_id=self.class_id
        )
        for kind, number in found.items():
            state = getattr(self, kind).tensor
            if state.device != number.device:
                self._follow(number)
            state.add_(number)

    def result(self) -> Tensor:
        right, wrong = (getattr(self, kind).tensor.detach() for kind in self._kinds)
        return _unwrapped(divide_no_nan(right, right + wrong))

    def get_config(self) -> dict[str, Any]:
        own = {"thresholds": self.init_thresholds, "top_k": self.top_k, "class_id": self.class_id}
        return {**super().get_config(), **own}


class Precision(_Ratio):
    """The part of positive answers that is right."""

    true_positives = State("sum", shape="_shape")
    false_positives = State("sum", shape="_shape")
    _kinds = ("true_positives", "false_positives")


class Recall(_Ratio):
    """The part of positives that was found."""

    true_positives = State("sum", shape="_shape")
    false_negatives = State("sum", shape="_shape")
    _kinds = ("true_positives", "false_negatives")


catalogue("metrics", TruePositives, FalsePositives, TrueNegatives, FalseNegatives, Precision, Recall)
