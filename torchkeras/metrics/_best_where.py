"""The best of one rate over the thresholds at which another is good enough."""

from typing import Any

import torch
from torch import Tensor

from torchkeras._registry import catalogue
from torchkeras.metrics._curve import Curve, spread
from torchkeras.metrics._thresholds import Thresholds


class _BestWhere(Curve):
    """The best value of one rate over the thresholds at which another reaches a given value."""

    _argument: str
    _wanted: int  # places in `_rates`
    _bound: int

    def __init__(self, value: float, num_thresholds: int, class_id: int | None, name: str | None, dtype: Any) -> None:
        super().__init__(name=name, dtype=dtype)
        if not 0 <= value <= 1:
            raise ValueError(
                f"Argument `{self._argument}` must be in the range [0, 1]. Received: {self._argument}={value}"
            )
        if num_thresholds <= 0:
            raise ValueError(
                f"Argument `num_thresholds` must be an integer > 0. Received: num_thresholds={num_thresholds}"
            )
        self.value = value
        self.num_thresholds = num_thresholds
        self.class_id = class_id
        self.thresholds = [0.5] if num_thresholds == 1 else [0.0, *spread(num_thresholds), 1.0]
        self._thresholds = Thresholds(self.thresholds)
        self._shape = (len(self.thresholds),)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count one batch: `y_true` and `y_pred` of the same shape."""
        self._count(y_true, y_pred, sample_weight, class_id=self.class_id)

    def result(self) -> Tensor:
        rates = self._rates()
        return torch.where(rates[self._bound] >= self.value, rates[self._wanted], 0.0).amax()

    def get_config(self) -> dict[str, Any]:
        own = {"num_thresholds": self.num_thresholds, "class_id": self.class_id, self._argument: self.value}
        return {**super().get_config(), **own}


class SensitivityAtSpecificity(_BestWhere):
    """The best sensitivity (recall) where the specificity is at least `specificity`.

    Args:
        specificity: from 0 to 1.
        num_thresholds: how many thresholds to look at.
        class_id: if given, only this class counts.
        name: the name.
        dtype: the dtype of the states; ``floatx()`` by default.
    """

    _argument, _bound, _wanted = "specificity", 1, 0

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(specificity, num_thresholds, class_id, name, dtype)
        self.specificity = specificity


class SpecificityAtSensitivity(_BestWhere):
    """The best specificity where the sensitivity (recall) is at least `sensitivity`.

    Args:
        sensitivity: from 0 to 1.
        num_thresholds: how many thresholds to look at.
        class_id: if given, only this class counts.
        name: the name.
        dtype: the dtype of the states; ``floatx()`` by default.
    """

    _argument, _bound, _wanted = "sensitivity", 0, 1

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)
        self.sensitivity = sensitivity


class PrecisionAtRecall(_BestWhere):
    """The best precision where the recall is at least `recall`.

    Args:
        recall: from 0 to 1.
        num_thresholds: how many thresholds to look at.
        class_id: if given, only this class counts.
        name: the name.
        dtype: the dtype of the states; ``floatx()`` by default.
    """

    _argument, _bound, _wanted = "recall", 0, 2

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(recall, num_thresholds, class_id, name, dtype)
        self.recall = recall


class RecallAtPrecision(_BestWhere):
    """The best recall where the precision is at least `precision`.

    Args:
        precision: from 0 to 1.
        num_thresholds: how many thresholds to look at.
        class_id: if given, only this class counts.
        name: the name.
        dtype: the dtype of the states; ``floatx()`` by default.
    """

    _argument, _bound, _wanted = "precision", 2, 0

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(precision, num_thresholds, class_id, name, dtype)
        self.precision = precision


catalogue("metrics", SensitivityAtSpecificity, SpecificityAtSensitivity, PrecisionAtRecall, RecallAtPrecision)
