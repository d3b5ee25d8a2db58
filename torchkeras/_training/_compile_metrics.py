"""The metrics given to ``compile``, matched to the outputs."""

from typing import Any, NamedTuple

from torch import Tensor, nn

from torchkeras import metrics as metrics_module
from torchkeras._errors import brief, nearest
from torchkeras._structures import leaves
from torchkeras._training._outputs import Place, has_names, is_one, places
from torchkeras._variable import Variable
from torchkeras.metrics import MeanMetricWrapper, Metric

_ACCURACY = ("accuracy", "acc")
_CROSSENTROPY = ("crossentropy", "ce")


def check_metrics(what: str, given: Any) -> None:
    """Refuse names that no metric has, at ``compile``."""
    if given is None:
        return
    if isinstance(given, str) or not isinstance(given, (list, tuple, dict)):
        raise ValueError(
            f"Expected `{what}` argument to be a list, tuple, or dict. Received instead: {what}={brief(given)}"
        )
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
    name = getattr(function, "__name__", None) or getattr(function, "name", None) or type(function).__name__
    return "lambda" if name == "<lambda>" else name


def _resolve_by_shape(name: str, y_true: Any, y_pred: Any) -> Metric:
    binary = y_pred.shape[-1:] == (1,) or y_pred.ndim < 2
    sparse = y_true.ndim < y_pred.ndim or (y_true.shape[-1:] == (1,) and y_pred.shape[-1] > 1)
    if name in _ACCURACY:
        kinds: tuple[Any, ...] = (
            metrics_module.BinaryAccuracy,
            metrics_module.SparseCategoricalAccuracy,
            metrics_module.CategoricalAccuracy,
        )
    else:
        kinds = (
            metrics_module.BinaryCrossentropy,
            metrics_module.SparseCategoricalCrossentropy,
            metrics_module.CategoricalCrossentropy,
        )
    return kinds[0 if binary else 1 if sparse else 2](name=name)


class _Entry(NamedTuple):
    """One metric of one output, and its key in the logs."""

    place: Place
    metric: Metric
    key: str
    weighted: bool


class CompileMetrics(Metric):
    """All metrics of all outputs as one; `metrics` see no sample weights, `weighted_metrics` do."""

    def __init__(self, metrics: Any, weighted_metrics: Any) -> None:
        super().__init__(name="compile_metrics")
        check_metrics("metrics", metrics)
        check_metrics("weighted_metrics", weighted_metrics)
        self.wanted = metrics is not None or weighted_metrics is not None
        self.given = metrics
        self.given_weighted = weighted_metrics
        self.built = False
        self.entries: list[_Entry] = []

    @property
    def metrics(self) -> list[Metric]:
        """The metric objects."""
        return [entry.metric for entry in self.entries]

    @property
    def variables(self) -> list[Variable]:
        """The states of all of them."""
        return [variable for metric in self.metrics for variable in metric.variables]

    def reset_state(self) -> None:
        """Set all of them back to their start."""
        for metric in self.metrics:
            metric.reset_state()

    def build(self, model: Any, y: Any, y_pred: Any) -> None:
        """Make the metric objects, now that shapes are known; the outputs of a `model` have names."""
        found = places(model, y_pred)
        prefixed = len(found) > 1 and has_names(model, y_pred)
        self.entries = []
        for weighted, given in ((False, self.given), (True, self.given_weighted)):
            for place, items in _per_output(given, found, y_pred):
                target = place.of(y)
                for item in items:
                    if item is None or target is None:
                        continue
                    metric = as_metric(item, target, place.of(y_pred))
                    key = self._free(place.name if prefixed else "", metric.name, weighted)
                    self.entries.append(_Entry(place, metric, key, weighted))
        # the logs name all metrics of an output together
        self.entries.sort(key=lambda entry: entry.place.index or 0)
        self.built = True

    def _free(self, output: str, name: str, weighted: bool) -> str:
        """A key that is not taken: with ``weighted_`` before it if an unweighted one has the name, else numbered."""
        taken = [entry.key for entry in self.entries]
        prefix = f"{output}_" if output else ""
        key = f"{prefix}{name}"
        if weighted and key in taken:
            key = f"{prefix}weighted_{name}"
        number, free = 1, key
        while free in taken:
            free, number = f"{key}_{number}", number + 1
        return free

    def update_state(self, y: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take one batch into account."""
        if not self.built:
            self.build(None, y, y_pred)
        lone = type(y_pred) is Tensor and type(y) is Tensor
        for place, metric, _, weighted in self.entries:
            target, pred = (y, y_pred) if lone else (place.of(y), place.of(y_pred))
            weight = place.of(sample_weight) if weighted else None
            if weight is not None:
                metric.update_state(target, pred, sample_weight=weight)
            else:
                metric.update_state(target, pred)

    def result(self) -> dict[str, Any]:
        """The values under their keys in the logs, still on the device."""
        found: dict[str, Any] = {}
        for _, metric, key, _ in self.entries:
            value = metric.result()
            if isinstance(value, dict):
                found.update(value)
            else:
                found[key] = value
        return found


def _per_output(given: Any, found: list[Place], y_pred: Any) -> list[tuple[Place, list[Any]]]:
    """A list of metrics for each output that has some."""
    if given is None:
        return []
    listed = isinstance(given, (list, tuple)) and all(is_one(item) for item in given)
    if listed and (len(found) == 1 or len(given) != len(found)):
        # one flat list: Keras 3 pairs it with the outputs where the numbers agree, Keras 2 gives it to each
        return [(place, list(given)) for place in found]
    if isinstance(given, dict):
        names = [place.name for place in found]
        unknown = [key for key in given if key not in names and not (isinstance(y_pred, dict) and key in y_pred)]
        if unknown:
            raise ValueError(
                f"Invalid `metrics`. {unknown[0]!r} is not the name of an output; the outputs are {names}."
                f"{nearest(str(unknown[0]), names)}"
            )
        return [(place, _as_list(given[place.name])) for place in found if place.name in given]
    if len(given) != len(found):
        if len(found) == 1:
            return [(found[0], list(leaves(given)))]
        flat = [item for item in given for item in (item if _holds_lists(item) else [item])]
        if len(flat) != len(found):
            raise ValueError(f"Invalid `metrics`. The model has {len(found)} outputs, got {len(given)} entries.")
        given = flat
    return [(place, _as_list(items)) for place, items in zip(found, given, strict=True)]


def _holds_lists(item: Any) -> bool:
    return isinstance(item, (list, tuple)) and any(isinstance(part, (list, tuple)) for part in item)


def _as_list(items: Any) -> list[Any]:
    return list(items) if isinstance(items, (list, tuple)) else [items]
