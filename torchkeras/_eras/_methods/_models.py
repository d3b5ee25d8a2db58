"""What models had: classes and probabilities, states, compiled parts as ``train_step`` used them, lists of layers."""

import warnings
from types import SimpleNamespace
from typing import Any

import numpy as np
from torch import Tensor

from torchkeras._eras._methods._former import Rows, attribute, method, refused
from torchkeras._eras.models import YAML
from torchkeras._training._step import batch_rows
from torchkeras.callbacks import Callback
from torchkeras.layers import InputLayer, Layer
from torchkeras.metrics import Metric
from torchkeras.models import Functional, Model, Sequential

# Predictions.


def predict_classes(self: Any, x: Any, batch_size: int | None = None, verbose: Any = 0) -> Any:
    """The class of each row: that of the largest output, or of a single one whether it is above 0.5."""
    found = self.predict(x, batch_size=batch_size, verbose=verbose)
    return found.argmax(axis=-1) if found.shape[-1] > 1 else (found > 0.5).astype("int32")


def predict_proba(self: Any, x: Any, batch_size: int | None = None, verbose: Any = 0) -> Any:
    """The outputs; a warning if they are no probabilities."""
    found = self.predict(x, batch_size=batch_size, verbose=verbose)
    if np.min(found) < 0 or np.max(found) > 1:
        warnings.warn(
            "Network returning invalid probability values. The last layer might not normalize predictions into "
            "probabilities (like softmax or sigmoid would).",
            stacklevel=2,
        )
    return found


def reset_states(self: Any) -> None:
    """Set the states that layers keep between batches to zero."""
    for layer in self._flatten_layers(include_self=False):
        if not isinstance(layer, (Metric, Model)) and callable(getattr(layer, "reset_states", None)):
            layer.reset_states()


def to_yaml(self: Any, **kwargs: Any) -> str:
    """Refused, as in Keras since 2021."""
    raise RuntimeError(YAML.format(name="to_yaml", today="to_json()"))


# What tf.keras' own `train_step` used.


class CompiledLoss:
    """``self.compiled_loss(y, y_pred, sample_weight, regularization_losses=self.losses)``, which also tracks it."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None, regularization_losses: Any = None) -> Any:
        model = self._model
        model._build_compiled(y_true, y_pred)
        total: Any = model._compile_loss(y_true, y_pred, sample_weight) if model._compile_loss is not None else 0.0
        for loss in regularization_losses or ():
            total = total + (loss.sum() if isinstance(loss, Tensor) and loss.ndim else loss)
        model._loss_tracker.update_state(total.detach(), sample_weight=batch_rows(y_pred))
        return total

    @property
    def metrics(self) -> list[Any]:
        """The mean loss, and those of the outputs."""
        model = self._model
        return [model._loss_tracker, *(model._compile_loss.metrics if model._compile_loss is not None else ())]

    def reset_state(self) -> None:
        """Begin anew."""
        for metric in self.metrics:
            metric.reset_state()

    reset_states = reset_state


class CompiledMetrics:
    """``self.compiled_metrics.update_state(y, y_pred, sample_weight)``."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take a batch into account."""
        self._model._build_compiled(y_true, y_pred)
        self._model._compile_metrics.update_state(y_true, y_pred, sample_weight)

    @property
    def metrics(self) -> list[Any]:
        """The metrics given to ``compile``."""
        return list(self._model._compile_metrics.metrics)

    def reset_state(self) -> None:
        """Begin anew."""
        self._model._compile_metrics.reset_state()

    reset_states = reset_state


def _compiled(part: Any) -> Any:
    def read(self: Any) -> Any:
        return part(self) if self.compiled else None

    return read


def _loss_functions(self: Any) -> list[Any]:
    losses = self.loss
    return list(losses.values()) if isinstance(losses, dict) else losses if isinstance(losses, list) else [losses]


def _argument(name: str) -> Any:
    return attribute(lambda self: self._compile_arguments.get(name))


def _validation_data(self: Any) -> Any:
    return vars(Callback)["validation_data"].__get__(SimpleNamespace(model=self))


def _flattened(model: Any) -> list[Any]:
    """The layers, those of models inside in their place."""
    parts = [_flattened(layer) if isinstance(layer, Model) else [layer] for layer in model.layers]
    return [layer for part in parts for layer in part if isinstance(layer, Layer) and not isinstance(layer, InputLayer)]


_SYMBOLIC = "compute losses in `train_step`, or from `model.outputs` with symbolic targets `Input(...)` of your own"


def _no(name: str) -> Any:
    return refused(f"`{name}`: here targets and losses are tensors with values, no part of the graph; {_SYMBOLIC}.")


MODEL: Rows = {
    "reset_states": method(reset_states, "for layer in model.layers: layer.reset_state()"),
    "to_yaml": method(to_yaml),
    "validation_data": attribute(_validation_data),
    "compiled_loss": attribute(_compiled(CompiledLoss), "self.compute_loss(x, y, y_pred)"),
    "compiled_metrics": attribute(_compiled(CompiledMetrics), "self.compute_metrics(x, y, y_pred)"),
    "loss_functions": attribute(_loss_functions, "model.loss"),
    "loss_weights": _argument("loss_weights"),
    "weighted_metrics": _argument("weighted_metrics"),
    "sample_weight_mode": attribute(lambda self: None),
    "metrics_tensors": attribute(lambda self: []),
    "is_compiled": attribute(lambda self: self.compiled),
    "_is_compiled": attribute(lambda self: self.compiled),
    "_is_graph_network": attribute(lambda self: self._is_graph and self.built),
    "_make_train_function": method(lambda self: self.make_train_function()),
    "_make_test_function": method(lambda self: self.make_test_function()),
    "_make_predict_function": method(lambda self: self.make_predict_function()),
    **{name: _no(name) for name in ("total_loss", "targets", "sample_weights", "_feed_targets", "_feed_inputs")},
}
FUNCTIONAL: Rows = {
    "input_layers": attribute(lambda self: [tensor._keras_history.operation for tensor in self.inputs]),
    "output_layers": attribute(lambda self: [tensor._keras_history.operation for tensor in self.outputs]),
    "nodes": attribute(lambda self: list(self._graph.nodes)),
    "_layers": attribute(lambda self: list(self.layers)),
}
SEQUENTIAL: Rows = {
    "predict_classes": method(predict_classes, "model.predict(x).argmax(axis=-1)"),
    "predict_proba": method(predict_proba, "model.predict(x)"),
    "model": attribute(lambda self: self),
    "flattened_layers": attribute(lambda self: _flattened(self)),
}
OWNERS: dict[type, Rows] = {Sequential: SEQUENTIAL, Functional: FUNCTIONAL, Model: MODEL}
