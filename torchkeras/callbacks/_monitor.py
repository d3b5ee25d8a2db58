"""Callbacks that watch one value of the logs."""

import operator
import warnings
from collections.abc import Callable
from typing import Any

from torchkeras.callbacks._callback import Callback
from torchkeras.callbacks._expected_logs import ExpectedLogs, all_metrics, not_available, todays_name

# Parts of names that tell the better direction where the metric object does not.
_GROWS = ("acc", "auc", "precision", "recall", "f1", "fbeta", "fmeasure", "iou", "dice", "r2", "top_k",
          "sensitivity", "specificity", "cosine_similarity", "positives_rate")  # fmt: skip
_SHRINKS = ("loss", "error", "mse", "mae", "mape", "msle", "rmse", "entropy", "hinge", "divergence",
            "perplexity", "poisson", "log_cosh", "false_")  # fmt: skip


class MonitorCallback(Callback):
    """The part common to callbacks that compare ``logs[monitor]`` with the best value so far.

    ``mode="auto"`` takes the direction from the metric of that name in the model, else from the name.
    """

    monitor_op: Callable[[Any, Any], bool] | None

    def __init__(self, monitor: str = "val_loss", mode: str = "auto", min_delta: float = 0) -> None:
        super().__init__()
        if mode not in ("auto", "min", "max"):
            warnings.warn(f"{type(self).__name__} mode {mode!r} is unknown, fallback to auto mode.", stacklevel=3)
            mode = "auto"
        self.monitor = monitor
        self.mode = mode
        self.best: float | None = None
        self.min_delta = abs(min_delta)
        self.monitor_op = None

    def _check_names(self, expected: ExpectedLogs) -> None:
        """Look before the first step whether `monitor` will be there."""
        self._check_monitor(expected, expected.of_epoch())

    def _check_monitor(self, expected: ExpectedLogs, available: list[str]) -> None:
        if self.monitor in available:
            return
        self.monitor = todays_name(type(self).__name__, self.monitor, available)
        if self.monitor in available or not expected.certain:
            return
        owner = f"{type(self).__name__}(monitor={self.monitor!r})"
        text = f"{owner}: {not_available(self.monitor, expected, available)}"
        if self.mode == "auto" and not self._is_at_times_there(expected):
            raise ValueError(text)
        warnings.warn(text, stacklevel=2)

    def _is_at_times_there(self, expected: ExpectedLogs) -> bool:
        """Whether another call, with validation data or at another time, would have `monitor`; it only warns then."""
        return self.monitor.removeprefix("val_") in (*expected.names, *expected.in_epochs)

    def _set_monitor_op(self) -> None:
        mode = self.mode if self.mode != "auto" else self._direction()
        self.monitor_op = operator.gt if mode == "max" else operator.lt

    def _is_improvement(self, value: float, reference: float | None) -> bool:
        """Whether `value` is better than `reference` by more than ``min_delta``; anything is better than None."""
        if reference is None:
            return True
        if self.monitor_op is None:
            self._set_monitor_op()
        assert self.monitor_op is not None
        delta = self.min_delta if self.monitor_op is operator.gt else -self.min_delta
        return self.monitor_op(value - delta, reference)

    def _direction(self) -> str:
        name = self.monitor.removeprefix("val_")
        if name == "loss":
            return "min"
        for metric in all_metrics(self.model):
            direction = getattr(metric, "_direction", None)
            if metric.name == name and direction in ("up", "down"):
                return "max" if direction == "up" else "min"
        lowered = name.lower()
        if any(part in lowered for part in _SHRINKS):
            return "min"
        if any(part in lowered for part in _GROWS):
            return "max"
        raise ValueError(
            f"{type(self).__name__} callback received monitor={self.monitor}, but it is not known whether that metric "
            "should be maximized or minimized. Pass `mode='max'` if the highest value is the best one, or "
            "`mode='min'` if the lowest is."
        )
