"""The coefficient of determination."""

import warnings
from typing import Any

import torch
from torch import Tensor

from torchkeras._registry import catalogue
from torchkeras.metrics._metric import Metric, State, inputs
from torchkeras.ops._op import tensor

_AGGREGATIONS = (None, "uniform_average", "variance_weighted_average")


class R2Score(Metric):
    """``1 - residual sum of squares / total sum of squares``, for ``(b, outputs)``.

    Args:
        class_aggregation: what becomes of the outputs' scores: None, one each; ``"uniform_average"``;
            ``"variance_weighted_average"``.
        num_regressors: if not 0, the adjusted score for that many regressors.
        name: the name.
        dtype: the dtype of the states; ``floatx()`` by default.

    Source: https://en.wikipedia.org/wiki/Coefficient_of_determination.
    """

    num_samples = State("sum")
    squared_sum = State("sum", shape="_shape")
    sum = State("sum", shape="_shape")
    residual = State("sum", shape="_shape")
    count = State("sum", shape="_shape")
    _direction = "up"

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str = "r2_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        if class_aggregation not in _AGGREGATIONS:
            raise ValueError(
                "Invalid value for argument `class_aggregation`. "
                f"Expected one of {_AGGREGATIONS}. Received: class_aggregation={class_aggregation}"
            )
        if num_regressors < 0:
            raise ValueError(
                "Invalid value for argument `num_regressors`. "
                f"Expected a value >= 0. Received: num_regressors={num_regressors}"
            )
        self.class_aggregation = class_aggregation
        self.num_regressors = num_regressors
        self._shape: tuple[int, ...] | None = None

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take one batch in: ``(b, outputs)`` twice, with weights ``(b,)``."""
        y_true, y_pred = inputs(y_true, y_pred)
        y_true = y_true.to(y_pred.dtype)
        if self._shape is None:
            self._build(y_true, y_pred)
        weight = y_true.new_ones((1, 1)) if sample_weight is None else tensor(sample_weight).to(y_true).reshape(-1, 1)
        if self.sum.tensor.device != y_true.device:
            self._follow(y_true)
        weighted = y_true * weight
        self.sum.tensor.add_(weighted.sum(0))
        self.squared_sum.tensor.add_((y_true * weighted).sum(0))
        self.residual.tensor.add_(((y_true - y_pred).square() * weight).sum(0))
        self.count.tensor.add_(weight.expand(len(y_true), 1).sum(0))
        self.num_samples.tensor.add_(y_true.numel())

    def _build(self, y_true: Tensor, y_pred: Tensor) -> None:
        if y_true.ndim != 2 or y_pred.ndim != 2:
            raise ValueError(
                "R2Score expects 2D inputs with shape (batch_size, output_dim). Received input shapes: "
                f"y_pred.shape={tuple(y_pred.shape)} and y_true.shape={tuple(y_true.shape)}."
            )
        self._shape = (y_true.shape[1],)

    def result(self) -> Tensor:
        if self._shape is None:
            raise ValueError(f'R2Score "{self.name}": no result yet, it was never updated.')
        sums, count = self.sum.tensor.detach(), self.count.tensor.detach()
        total = self.squared_sum.tensor.detach() - sums * (sums / count)
        scores = 1 - self.residual.tensor.detach() / total
        scores = torch.where(scores.isinf(), 0.0, scores)
        if self.class_aggregation == "uniform_average":
            scores = scores.mean()
        elif self.class_aggregation == "variance_weighted_average":
            scores = (scores * total / total.sum()).sum()
        return self._adjusted(scores) if self.num_regressors else scores

    def _adjusted(self, scores: Tensor) -> Tensor:
        """The score made comparable between numbers of regressors, where there are samples enough."""
        samples = float(self.num_samples.tensor)
        if self.num_regressors > samples - 1:
            warnings.warn("More independent predictors than datapoints in adjusted R2 score. Falling back to the "
                          "standard R2 score.", stacklevel=3)  # fmt: skip
            return scores
        if self.num_regressors == samples - 1:
            warnings.warn("Division by zero in adjusted R2 score. Falling back to the standard R2 score.", stacklevel=3)
            return scores
        return 1 - (1 - scores) * (samples - 1) / (samples - self.num_regressors - 1)

    def get_config(self) -> dict[str, Any]:
        own = {"class_aggregation": self.class_aggregation, "num_regressors": self.num_regressors}
        return {**super().get_config(), **own}


catalogue("metrics", R2Score)
