"""scikit-learn's bases, or empty ones where it is not installed, so that names can be looked at without it."""

from typing import Any

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, TransformerMixin
    from sklearn.utils import multiclass as multiclass
    from sklearn.utils import validation as validation

    INSTALLED = True
except ImportError:
    INSTALLED, multiclass, validation = False, None, None
    BaseEstimator, ClassifierMixin, RegressorMixin, TransformerMixin = (
        type(name, (), {}) for name in ("BaseEstimator", "ClassifierMixin", "RegressorMixin", "TransformerMixin")
    )


def check_installed(estimator: Any) -> None:
    """Say what to install, where it is not."""
    if not INSTALLED:
        raise ImportError(f"{type(estimator).__name__} needs scikit-learn 1.6 or later: `pip install scikit-learn`.")
