"""F-scores: the harmonic mean of precision and recall, weighted."""

from typing import Any

from torch import Tensor

from torchkeras._registry import catalogue
from torchkeras.metrics._metric import Metric, State, divide_no_nan, inputs
from torchkeras.ops._op import tensor

_AVERAGES = (None, "micro", "macro", "weighted")


class FBetaScore(Metric):
    """``(1 + beta**2) * precision * recall / (beta**2 * precision + recall)``, for ``(b, classes)``.

    Args:
        average: what becomes of the classes: None, a score each; ``"micro"``, one score of all counts together;
            ``"macro"``, their mean; ``"weighted"``, their mean by how many positives each has.
        beta: how much more recall counts than precision.
        threshold: outputs above it say yes; None: each sample's largest output does.
        name: the name.
        dtype: the dtype of the states; ``floatx()`` by default.
    """

    true_positives = State("sum", shape="_shape")
    false_positives = State("sum", shape="_shape")
    false_negatives = State("sum", shape="_shape")
    intermediate_weights = State("sum", shape="_shape")
    _direction = "up"

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str = "fbeta_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        if average not in _AVERAGES:
            raise ValueError(
                "Invalid `average` argument value. Expected one of: {None, 'micro', 'macro', 'weighted'}. "
                f"Received: average={average}"
            )
        _check_float("beta", beta)
        if beta <= 0:
            raise ValueError(f"Invalid `beta` argument value. It should be > 0. Received: beta={beta}")
        if threshold is not None:
            _check_float("threshold", threshold)
            if not 0 < threshold <= 1:
                raise ValueError(
                    "Invalid `threshold` argument value. It should verify 0 < threshold <= 1. "
                    f"Received: threshold={threshold}"
                )
        self.average = average
        self.beta = beta
        self.threshold = threshold
        self.axis = None if average == "micro" else 0
        self._shape: tuple[int, ...] | None = None

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count one batch: ``(b, classes)`` of zeros and ones, and outputs of that shape."""
        y_true, y_pred = inputs(y_true, y_pred)
        if self._shape is None:
            self._build(y_true.shape, y_pred.shape)
        y_pred = self._answers(y_pred).to(y_pred.dtype)
        y_true = y_true.to(y_pred.dtype)
        weight = None if sample_weight is None else tensor(sample_weight).to(y_pred).reshape(-1, 1)
        both = y_pred * y_true
        found = (both, y_pred - both, y_true - both, y_true)
        states = (self.true_positives, self.false_positives, self.false_negatives, self.intermediate_weights)
        if states[0].tensor.device != y_pred.device:
            self._follow(y_pred)
        for state, numbers in zip(states, found):
            numbers = numbers if weight is None else numbers * weight
            state.tensor.add_(numbers.sum() if self.axis is None else numbers.sum(0))

    def _build(self, y_true_shape: Any, y_pred_shape: Any) -> None:
        if len(y_true_shape) != 2 or len(y_pred_shape) != 2:
            raise ValueError(
                f"{type(self).__name__} expects 2D inputs with shape (batch_size, output_dim). Received input shapes: "
                f"y_pred.shape={tuple(y_pred_shape)} and y_true.shape={tuple(y_true_shape)}."
            )
        if None in (y_true_shape[1], y_pred_shape[1]):
            raise ValueError(
                f"{type(self).__name__} expects 2D inputs with shape (batch_size, output_dim), with output_dim fully "
                f"defined (not None). Received input shapes: y_pred.shape={y_pred_shape} "
                f"and y_true.shape={y_true_shape}."
            )
        self._shape = () if self.average == "micro" else (y_true_shape[1],)

    def _answers(self, y_pred: Tensor) -> Tensor:
        if self.threshold is not None:
            return y_pred > self.threshold
        # all of equal largest outputs, but none where all are zero
        return (y_pred >= y_pred.amax(-1, keepdim=True)) & (y_pred.abs() > 1e-9)

    def result(self) -> Tensor:
        if self._shape is None:
            raise ValueError(f'{type(self).__name__} "{self.name}": no result yet, it was never updated.')
        right = self.true_positives.tensor.detach()
        precision = divide_no_nan(right, right + self.false_positives.tensor)
        recall = divide_no_nan(right, right + self.false_negatives.tensor)
        square = self.beta**2
        scores = divide_no_nan((1 + square) * precision * recall, square * precision + recall)
        if self.average == "weighted":
            positives = self.intermediate_weights.tensor.detach()
            return (scores * divide_no_nan(positives, positives.sum())).sum()
        return scores.mean() if self.average == "macro" else scores

    def get_config(self) -> dict[str, Any]:
        own = {"average": self.average, "beta": self.beta, "threshold": self.threshold}
        return {**super().get_config(), **own}


def _check_float(name: str, value: Any) -> None:
    if not isinstance(value, float):
        raise ValueError(
            f"Invalid `{name}` argument value. It should be a Python float. "
            f"Received: {name}={value} of type '{type(value)}'"
        )


class F1Score(FBetaScore):
    """``2 * precision * recall / (precision + recall)``, for ``(b, classes)``.

    Args:
        average: None, ``"micro"``, ``"macro"`` or ``"weighted"``; see :class:`FBetaScore`.
        threshold: outputs above it say yes; None: each sample's largest output does.
        name: the name.
        dtype: the dtype of the states; ``floatx()`` by default.
    """

    def __init__(
        self, average: str | None = None, threshold: float | None = None, name: str = "f1_score", dtype: Any = None
    ) -> None:
        super().__init__(average=average, beta=1.0, threshold=threshold, name=name, dtype=dtype)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["beta"]
        return config


catalogue("metrics", FBetaScore, F1Score)
