"""Metrics by name: ``get``, ``serialize``, ``deserialize``."""

import inspect
from typing import Any

from torchkeras import _registry, losses
from torchkeras._registry import catalogue, to_snake_case
from torchkeras._serialization import Family
from torchkeras.metrics import _fbeta, _of_losses, _r2
from torchkeras.metrics._metric import Metric

_SHORT = {
    "bce": _of_losses.BinaryCrossentropy,
    "mae": _of_losses.MeanAbsoluteError,
    "mape": _of_losses.MeanAbsolutePercentageError,
    "mse": _of_losses.MeanSquaredError,
    "msle": _of_losses.MeanSquaredLogarithmicError,
}
_SHORT |= {name.upper(): item for name, item in _SHORT.items()}
# Keras parts words before and after a digit here, unlike in the automatic names of layers
_DIGITS = {"f1_score": _fbeta.F1Score, "r2_score": _r2.R2Score}
# strings and attributes of Keras 1 and 2 that Keras 3 refuses
_OLD = {
    "cosine": _of_losses.CosineSimilarity,
    "cosine_proximity": _of_losses.CosineSimilarity,
    "kld": _of_losses.KLDivergence,
    "KLD": _of_losses.KLDivergence,
    "kullback_leibler_divergence": _of_losses.KLDivergence,
    "rmse": _of_losses.RootMeanSquaredError,
}
_SHARED = [
    losses.binary_crossentropy,
    losses.binary_focal_crossentropy,
    losses.categorical_crossentropy,
    losses.categorical_focal_crossentropy,
    losses.categorical_hinge,
    losses.hinge,
    losses.huber,
    losses.kl_divergence,
    losses.log_cosh,
    losses.mean_absolute_error,
    losses.mean_absolute_percentage_error,
    losses.mean_squared_error,
    losses.mean_squared_logarithmic_error,
    losses.poisson,
    losses.sparse_categorical_crossentropy,
    losses.squared_hinge,
]
# attributes of Keras 1 and 2: functions
LEGACY: dict[str, Any] = {
    "cosine_proximity": losses.cosine_similarity,
    "kullback_leibler_divergence": losses.kl_divergence,
    "kld": losses.kl_divergence,
    "KLD": losses.kl_divergence,
    "logcosh": losses.log_cosh,
}
for _names, _function in (
    (("bce", "BCE"), losses.binary_crossentropy),
    (("mae", "MAE"), losses.mean_absolute_error),
    (("mape", "MAPE"), losses.mean_absolute_percentage_error),
    (("mse", "MSE"), losses.mean_squared_error),
    (("msle", "MSLE"), losses.mean_squared_logarithmic_error),
):
    LEGACY |= dict.fromkeys(_names, _function)

catalogue("", Metric)
catalogue("metrics", *_SHARED)
_registry.BUILT_IN["keras.metrics", "Metric"] = Metric


class _Metrics(Family):
    def table(self) -> dict[str, Any]:
        """Every class also goes by its name in snake case: ``"f1_score"``; that comes before a function so named."""
        found = super().table()
        classes = {to_snake_case(name): item for name, item in found.items() if inspect.isclass(item)}
        return {**found, **classes, **self.aliases}

    def _named(self, name: str) -> Any:
        found = _registry.get_registered_object(name)
        return self.table().get(name) if found is None else found


family = _Metrics("metrics", "metric", base=Metric, aliases={**_SHORT, **_DIGITS, **_OLD})


def get(identifier: Any) -> Any:
    """A metric out of a name, a config, an object or a function; None stays None.

    Raises:
        ValueError: nothing of that name.
    """
    return family.get(identifier)


def serialize(metric: Any) -> Any:
    """A metric as plain values."""
    return family.serialize(metric)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """The metric of that name, or the one that :func:`serialize` wrote."""
    return family.deserialize(config, custom_objects)
