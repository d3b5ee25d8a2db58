"""Keras models as scikit-learn estimators."""

from collections.abc import Callable
from typing import Any

import numpy as np

from torchkeras.callbacks import History
from torchkeras.models import Model, clone_model
from torchkeras.wrappers._scikit_learn import (
    BaseEstimator,
    ClassifierMixin,
    RegressorMixin,
    TransformerMixin,
    check_installed,
    multiclass,
    validation,
)


class _Estimator(BaseEstimator):
    """What the three estimators share: a model, made or copied for each `fit`."""

    model_: Model
    history_: History
    n_features_in_: int

    def __init__(
        self,
        model: Model | Callable[..., Model],
        warm_start: bool = False,
        model_kwargs: dict[str, Any] | None = None,
        fit_kwargs: dict[str, Any] | None = None,
    ) -> None:
        check_installed(self)
        self.model = model
        self.warm_start = warm_start
        self.model_kwargs = model_kwargs
        self.fit_kwargs = fit_kwargs

    def fit(self, X: Any, y: Any, **kwargs: Any) -> Any:
        """Train the model.

        Args:
            X: features ``(n, ...)``.
            y: targets ``(n,)``, or ``(n, k)`` where the estimator takes several.
            **kwargs: for the model's `fit`, over `fit_kwargs`.

        Returns:
            The estimator itself.

        Raises:
            ValueError: `X` and `y` differ in length, or hold values that they may not.
            RuntimeError: the model is not compiled.
        """
        X, y = validation.validate_data(self, X, y, allow_nd=True, multi_output=True, y_numeric=self._numeric_targets)
        targets = self._encoded(y)
        if not (self.warm_start and hasattr(self, "model_")):
            self.model_ = self._made(X, targets)
        if self.model_.optimizer is None:
            raise RuntimeError(f"{type(self).__name__}: its model has to be compiled, with a loss and an optimizer.")
        self.history_ = self.model_.fit(X, targets, **{**(self.fit_kwargs or {}), **kwargs})
        return self

    def predict(self, X: Any) -> np.ndarray:
        """What the model predicts, as targets: ``(n, ...) -> (n,)``.

        Raises:
            NotFittedError: `fit` was not called.
        """
        return self._decoded(self._outputs(X))

    _numeric_targets = True

    def _outputs(self, X: Any) -> np.ndarray:
        validation.check_is_fitted(self, "model_")
        X = validation.validate_data(self, X, allow_nd=True, reset=False)
        return self.model_.predict(X, verbose=(self.fit_kwargs or {}).get("verbose", "auto"))

    def _made(self, X: np.ndarray, y: np.ndarray) -> Model:
        if not isinstance(self.model, Model):
            return self.model(X, y, **(self.model_kwargs or {}))
        if self.warm_start or self.model.optimizer is None:
            return self.model
        copied = clone_model(self.model)
        copied.compile_from_config(self.model.get_compile_config())
        return copied

    def _encoded(self, y: np.ndarray) -> np.ndarray:
        return y.reshape(-1, 1) if y.ndim == 1 else y

    def _decoded(self, outputs: np.ndarray) -> np.ndarray:
        return outputs[:, 0] if outputs.ndim == 2 and outputs.shape[1] == 1 else outputs

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.non_deterministic = True
        tags.target_tags.required = True
        return tags


class SKLearnClassifier(ClassifierMixin, _Estimator):
    """A Keras model as scikit-learn classifier: ``fit(X, y)``, ``predict(X)``, ``score(X, y)``.

    The model sees one-hot rows ``(n, classes)``, whatever the classes are called, and gives as many columns.

    Args:
        model: a compiled model, of which each `fit` trains a copy with new weights; or a function
            ``model(X, y, **model_kwargs)`` that makes and compiles one.
        warm_start: let `fit` go on with the weights of the last one, and not copy the given model.
        model_kwargs: for the function.
        fit_kwargs: for the model's `fit`: ``epochs``, ``batch_size``, ``verbose``, ...

    Attributes:
        model_: the trained model.
        history_: what its `fit` returned.
        classes_: the classes, in order.

    Example:
        >>> from sklearn.model_selection import cross_val_score
        >>> from torchkeras import Input, Model, layers
        >>> def make(X, y):
        ...     inputs = Input((X.shape[1],))
        ...     model = Model(inputs, layers.Dense(y.shape[1], activation="softmax")(inputs))
        ...     model.compile("adam", "categorical_crossentropy")
        ...     return model
        >>> X, y = np.eye(6), np.array(["cat", "dog"] * 3)
        >>> len(cross_val_score(SKLearnClassifier(make, fit_kwargs={"verbose": 0}), X, y, cv=3))
        3
    """

    classes_: np.ndarray
    _numeric_targets = False

    def decision_function(self, X: Any) -> np.ndarray:
        """The model's outputs: ``(n, classes)``; of two classes that of the second only: ``(n,)``.

        Real Keras gives two columns for two classes, which scikit-learn's scores cannot take.
        """
        outputs = self._outputs(X)
        return outputs[:, 1] if outputs.shape[1] == 2 else outputs

    def _encoded(self, y: np.ndarray) -> np.ndarray:
        multiclass.check_classification_targets(y)
        if y.ndim > 1 and y.shape[1] > 1:
            raise ValueError(f"SKLearnClassifier: expected one class a row, got `y` of shape {y.shape}.")
        self.classes_, numbers = np.unique(y, return_inverse=True)
        return np.eye(len(self.classes_))[numbers.reshape(-1)]

    def _decoded(self, outputs: np.ndarray) -> np.ndarray:
        return self.classes_[outputs.argmax(axis=-1)]


class SKLearnRegressor(RegressorMixin, _Estimator):
    """A Keras model as scikit-learn regressor: ``fit(X, y)``, ``predict(X)``, ``score(X, y)``.

    The model sees targets ``(n, 1)``, or ``(n, k)`` as they are given.

    Args:
        model: a compiled model, of which each `fit` trains a copy with new weights; or a function
            ``model(X, y, **model_kwargs)`` that makes and compiles one.
        warm_start: let `fit` go on with the weights of the last one, and not copy the given model.
        model_kwargs: for the function.
        fit_kwargs: for the model's `fit`: ``epochs``, ``batch_size``, ``verbose``, ...

    Attributes:
        model_: the trained model.
        history_: what its `fit` returned.
    """


class SKLearnTransformer(TransformerMixin, _Estimator):
    """A Keras model as scikit-learn transformer: ``fit(X, y)`` trains it, ``transform(X)`` gives its outputs.

    Args:
        model: a compiled model, of which each `fit` trains a copy with new weights; or a function
            ``model(X, y, **model_kwargs)`` that makes and compiles one.
        warm_start: let `fit` go on with the weights of the last one, and not copy the given model.
        model_kwargs: for the function.
        fit_kwargs: for the model's `fit`: ``epochs``, ``batch_size``, ``verbose``, ...

    Attributes:
        model_: the trained model.
        history_: what its `fit` returned.
    """

    def transform(self, X: Any) -> np.ndarray:
        """The model's outputs: ``(n, ...) -> (n, k)``."""
        return self._outputs(X)
