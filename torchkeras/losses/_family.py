"""Losses by name: ``get``, ``serialize``, ``deserialize``, and the names of earlier Keras versions."""

from typing import Any

from torchkeras._registry import catalogue
from torchkeras._serialization import Family
from torchkeras.losses import _crossentropy, _likelihood, _regression
from torchkeras.losses._loss import Loss


class Reduction:
    """Keras 2's names of the reductions."""

    AUTO = "sum_over_batch_size"
    NONE = "none"
    SUM = "sum"
    SUM_OVER_BATCH_SIZE = "sum_over_batch_size"


_SHORT = {
    "bce": _crossentropy.binary_crossentropy,
    "BCE": _crossentropy.binary_crossentropy,
    "kld": _likelihood.kl_divergence,
    "KLD": _likelihood.kl_divergence,
    "mae": _regression.mean_absolute_error,
    "MAE": _regression.mean_absolute_error,
    "mape": _regression.mean_absolute_percentage_error,
    "MAPE": _regression.mean_absolute_percentage_error,
    "mse": _regression.mean_squared_error,
    "MSE": _regression.mean_squared_error,
    "msle": _regression.mean_squared_logarithmic_error,
    "MSLE": _regression.mean_squared_logarithmic_error,
}
# strings and attributes of Keras 1 and 2 that Keras 3 refuses
_OLD = {
    "cosine": _regression.cosine_similarity,
    "cosine_proximity": _regression.cosine_similarity,
    "huber_loss": _regression.huber,
    "kullback_leibler_divergence": _likelihood.kl_divergence,
    "logcosh": _regression.log_cosh,
}
LEGACY = {**_SHORT, **_OLD, "Reduction": Reduction}

catalogue("losses", Loss)
family = Family("losses", "loss", base=Loss, aliases={**_SHORT, **_OLD})


def get(identifier: Any) -> Any:
    """A loss out of a name, a config, an object or a function; None stays None.

    Raises:
        ValueError: nothing of that name.
    """
    return family.get(identifier)


def serialize(loss: Any) -> Any:
    """A loss as plain values."""
    return family.serialize(loss)


def deserialize(name: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """The loss of that name, or the one that :func:`serialize` wrote."""
    return family.deserialize(name, custom_objects)
