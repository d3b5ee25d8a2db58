"""The metrics given to ``compile``, matched to the outputs."""

from typing import Any

from torch import Tensor, nn

from torchkeras import metrics as metrics_module
from torchkeras._errors import brief
from torchkeras._symbolic import leaves
from torchkeras._training._outputs import flat_targets, is_one, named_outputs, per_output
from torchkeras.metrics import MeanMetricWrapper, Metric

_ACCURACY = ("accuracy", "acc")
_CROSSENTROPY = ("crossentropy", "ce")


def check_metrics(what: str, given: Any) -> None:
    """Refuse names that no metric has, at ``compile``."""
    if given is None:
        return
    if isinstance(given, str) or not isinstance(given, (list, tuple, dict)):
        raise ValueError(f"Expected `{what}` argument to be a list, tuple, or dict. Received instead: {what}={brief(given)}")
    for item in leaves(given):
        if isinstance(item, str) and item in _ACCURACY + _CROSSENTROPY:
            continue
        if isinstance(item, str):
            metrics_module.get(item)
        elif item is not None and not callable(item):
            raise ValueError(f"`{what}`: expected a name, a function or a `keras.metrics.Metric`, got {brief(item)}.")


def as_metric(item: Any, y_true: Any, y_pred: Any) -> Any:
    """A metric object out of anything ``compile`` takes; ``"accuracy"`` is resolved by the shapes."""
    if isinstance(item, Metric):
        return item
    if isinstance(item, str) and item in _ACCURACY + _CROSSENTROPY:
        return _resolve_by_shape(item, y_true, y_pred)
    if isinstance(item, nn.Module):
        return MeanMetricWrapper(lambda y_true, y_pred: item(y_pred, y_true), name=type(item).__name__)
    found = metrics_module.get(item)
    if isinstance(found, type):
        found = found()
    if isinstance(found, Metric):
        if isinstance(item, str):
            found.name = item
        return found
    name = item if isinstance(item, str) else _function_name(found)
    return MeanMetricWrapper(found, name=name)


def _function_name(function: Any) -> str:
    name = getattr(function, "__name__", type(function).__name__)
    return "lambda" if name == "<lambda>" else name


def _resolve_by_shape(name: str, y_true: Any, y_pred: Any) -> Metric:
    binary = y_pred.shape[-1:] == (1,) or y_pred.ndim < 2
    sparse = y_true.ndim < y_pred.ndim or (y_true.shape[-1:] == (1,) and y_pred.shape[-1] > 1)
    if name in _ACCURACY:
        kinds = (metrics_module.BinaryAccuracy, metrics_module.SparseCategoricalAccuracy, metrics_module.CategoricalAccuracy)
    else:
        kinds = (
            metrics_module.BinaryCrossentropy,
            metrics_module.SparseCategoricalCrossentropy,
            metrics_module.CategoricalCrossentropy,
        )
    return kinds[0 if binary else 1 if sparse else 2](name=name)


class CompileMetrics:
    """All metrics of all outputs; `metrics` see no sample weights, `weighted_metrics` do."""

    def __init__(self, metrics: Any, weighted_metrics: Any) -> None:
        check_metrics("metrics", metrics)
        check_metrics("weighted_metrics", weighted_metrics)
        self.given = metrics
        self.given_weighted = weighted_metrics
        self.built = False
        self.names: list[str] = []
        self.entries: list[tuple[int, Metric, str, bool]] = []  # (output, metric, key in the logs, weighted)

    @property
    def metrics(self) -> list[Metric]:
        """The metric objects."""
        return [metric for _, metric, _, _ in self.entries]

    def build(self, model: Any, y: Any, y_pred: Any) -> None:
        """Make the metric objects, now that shapes are known."""
        self.names = named_outputs(model, y_pred)
        preds = list(leaves(y_pred))
        targets = flat_targets("y", y, self.names)
        self.entries = []
        for weighted, given in ((False, self.given), (True, self.given_weighted)):
            for index, items in enumerate(self._per_output(given, y_pred)):
                for item in items:
                    if item is None or targets[index] is None:
                        continue
                    metric = as_metric(item, targets[index], preds[index])
                    key = metric.name if len(self.names) == 1 else f"{self.names[index]}_{metric.name}"
                    self.entries.append((index, metric, self._free(key), weighted))
        self.built = True

    def _free(self, key: str) -> str:
        taken = [entry[2] for entry in self.entries]
        number, free = 1, key
        while free in taken:
            free, number = f"{key}_{number}", number + 1
        return free

    def _per_output(self, given: Any, y_pred: Any) -> list[list[Any]]:
        """A list of metrics for each output."""
        names = self.names
        if given is None:
            return [[] for _ in names]
        if isinstance(given, (list, tuple)) and all(is_one(item) for item in given):
            # one flat list: Keras 3 pairs it with the outputs where the numbers agree, Keras 2 gives it to each
            if len(names) == 1 or len(given) != len(names):
                return [list(given) for _ in names]
        if isinstance(given, (list, tuple)) and len(names) == 1 and len(given) != 1:
            return [list(leaves(given))]
        found = per_output("metrics", given, names, y_pred)
        return [list(item) if isinstance(item, (list, tuple)) else [item] for item in found]

    def update(self, y: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take one batch into account."""
        if not self.entries:
            return
        if type(y_pred) is Tensor and type(y) is Tensor:
            for _, metric, _, weighted in self.entries:
                if weighted and sample_weight is not None:
                    metric.update_state(y, y_pred, sample_weight=sample_weight)
                else:
                    metric.update_state(y, y_pred)
            return
        preds = list(leaves(y_pred))
        targets = flat_targets("y", y, self.names)
        weights = flat_targets("sample_weight", sample_weight, self.names)
        for index, metric, _, weighted in self.entries:
            if weighted and weights[index] is not None:
                metric.update_state(targets[index], preds[index], sample_weight=weights[index])
            else:
                metric.update_state(targets[index], preds[index])

    def results(self) -> dict[str, Any]:
        """The values under their keys in the logs, still on the device."""
        found: dict[str, Any] = {}
        for _, metric, key, _ in self.entries:
            value = metric.result()
            if isinstance(value, dict):
                found.update(value)
            else:
                found[key] = value
        return found
