"""Names that metrics had in other versions of Keras, as keys of logs."""

import warnings
from typing import Any

# As Keras 2 shows them, and as Keras 3 does; either way round, as the metric was given to `compile`.
_SPELLINGS = [
    ("acc", "accuracy"),
    ("lr", "learning_rate"),
    ("mse", "mean_squared_error"),
    ("mae", "mean_absolute_error"),
    ("mape", "mean_absolute_percentage_error"),
    ("msle", "mean_squared_logarithmic_error"),
]
OTHER_SPELLING = {**dict(_SPELLINGS), **{new: old for old, new in _SPELLINGS}}


def other_spelling(name: str) -> str:
    """`name` as another version of Keras spells it; itself if there is no other way.

    >>> other_spelling("val_acc"), other_spelling("lr"), other_spelling("loss")
    ('val_accuracy', 'learning_rate', 'loss')
    """
    prefix = "val_" if name.startswith("val_") else ""
    base = name.removeprefix("val_")
    return prefix + OTHER_SPELLING.get(base, base)


class Logs(dict[str, Any]):
    """A dictionary of logs in which a missing name is looked up under its other spelling, with a warning.

    Scripts of Keras 2 read ``logs.get("acc")`` and ``history.history["val_acc"]`` of ``metrics=["accuracy"]``.

    >>> Logs(accuracy=0.5)["accuracy"], "acc" in Logs(accuracy=0.5)
    (0.5, False)
    """

    def __missing__(self, name: Any) -> Any:
        other = other_spelling(name) if isinstance(name, str) else name
        if other not in self:
            raise KeyError(name)
        text = f"The logs have no {name!r}; it is called {other!r} there."
        warnings.warn(text, DeprecationWarning, stacklevel=2)
        return dict.__getitem__(self, other)

    def get(self, name: Any, default: Any = None) -> Any:
        """As of a dictionary, other spellings included."""
        try:
            return self[name]
        except KeyError:
            return default

    def copy(self) -> "Logs":
        return Logs(self)
