"""The metrics of a model: which there are, what they are called, and their values."""

from typing import Any

from torchkeras._training._compiling import Compiling


class Measuring(Compiling):
    """The part of :class:`Trainer` that measures."""

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Update the compiled metrics with a batch and return the values of all metrics."""
        if self._compile_metrics is not None:
            if not self._compile_metrics.built:
                self._compile_metrics.build(self, y, y_pred)
            self._compile_metrics.update_state(y, y_pred, sample_weight)
        return self.get_metrics_result()

    def get_metrics_result(self) -> dict[str, Any]:
        """The values of all metrics, on the device."""
        found: dict[str, Any] = {}
        for metric in self.metrics:
            value = metric.result()
            found.update(value if isinstance(value, dict) else {metric.name: value})
        return found

    @property
    def metrics(self) -> list[Any]:
        """All metrics: the mean loss, one that holds those given to ``compile``, the outputs' losses, those of layers.

        A model inside this one keeps its own metrics to itself, as in Keras.
        """
        found = [self._loss_tracker] if self.compiled and self._loss_tracker is not None else []
        if self._compile_metrics is not None and self._compile_metrics.wanted:
            found.append(self._compile_metrics)
        if self._compile_loss is not None:
            found += self._compile_loss.trackers
        for layer in self._flatten_layers():
            found += layer._metrics if layer is self or not isinstance(layer, Measuring) else []
        return list({id(metric): metric for metric in found}.values())

    @property
    def metrics_names(self) -> list[str]:
        """The keys of the logs, the loss first (Keras 3 tells ``"compile_metrics"`` for all that ``compile`` got)."""
        own = [metric.name for metric in self.metrics if metric is not self._compile_metrics]
        return own + [key for _, _, key, _ in self._compiled_entries()]

    def _first_in_lists(self) -> list[str]:
        """What comes first where results are a list; metrics named after their output follow by the alphabet."""
        named = [key for _, metric, key, _ in self._compiled_entries() if key == metric.name]
        parts = [named if metric is self._compile_metrics else [metric.name] for metric in self.metrics]
        return [name for part in parts for name in part]

    def _compiled_entries(self) -> list[Any]:
        return self._compile_metrics.entries if self._compile_metrics is not None else []

    def reset_metrics(self) -> None:
        """Set all metrics back to their start."""
        for metric in self.metrics:
            metric.reset_state()
