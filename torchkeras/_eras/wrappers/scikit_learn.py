"""`keras.wrappers.scikit_learn` of Keras 1 and 2: functions that make models, as scikit-learn estimators."""

import inspect
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from torchkeras import _eras
from torchkeras._errors import nearest
from torchkeras.models import Model
from torchkeras.utils import to_categorical
from torchkeras.wrappers._scikit_learn import BaseEstimator, ClassifierMixin, RegressorMixin

__all__ = ["BaseWrapper", "KerasClassifier", "KerasRegressor"]

# what Keras 1 called an argument of `fit` -> today's name
_OLD = {"nb_epoch": "epochs"}
# arguments of `fit` and kin that said how to load generators, or nothing: legal, and without effect on arrays
_WITHOUT_EFFECT = {"max_queue_size", "show_accuracy", "use_multiprocessing", "workers"}


class BaseWrapper(BaseEstimator):
    """A function that makes a compiled model, as scikit-learn estimator.

    Args:
        build_fn: the function, or an object that is called; None for a subclass with a method ``__call__``.
        **sk_params: arguments of the function, and of the model's `fit`, `predict` and `evaluate`. scikit-learn's
            searches may set each.

    Attributes:
        model: the model of the last `fit`.

    Raises:
        ValueError: an argument that neither of them has.
    """

    model: Any

    def __init__(self, build_fn: Callable[..., Any] | None = None, **sk_params: Any) -> None:
        self.build_fn = build_fn
        self.sk_params = sk_params
        self.check_params(sk_params)

    def check_params(self, params: dict[str, Any]) -> None:
        """Refuse arguments that neither the function nor the model's methods have.

        Raises:
            ValueError: names it, and the nearest one.
        """
        functions = self._maker, Model.fit, Model.predict, Model.evaluate
        known = {name for function in functions for name in inspect.signature(function).parameters}
        known |= {*_OLD, *_WITHOUT_EFFECT}
        for name in params:
            if name not in known:
                raise ValueError(
                    f"{type(self).__name__}: {name} is not a legal parameter: neither the function that makes the "
                    f"model has it, nor the model's `fit`, `predict` and `evaluate`.{nearest(name, known)}"
                )

    @property
    def _maker(self) -> Callable[..., Any]:
        """The function that makes the model."""
        return self.__call__ if self.build_fn is None else self.build_fn

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {**self.sk_params, "build_fn": self.build_fn}

    def set_params(self, **params: Any) -> Any:
        """Set arguments of the constructor.

        Returns:
            The estimator itself.

        Raises:
            ValueError: an argument that neither the function nor the model's methods have.
        """
        if "build_fn" in params:
            self.build_fn = params.pop("build_fn")
        self.check_params(params)
        self.sk_params.update(params)
        return self

    def fit(self, x: Any, y: Any, **kwargs: Any) -> Any:
        """Make a model and train it.

        Args:
            x: features ``(n, ...)``.
            y: targets ``(n,)`` or ``(n, k)``.
            **kwargs: for the model's `fit`.

        Returns:
            The `History` of the training.
        """
        self.model = self._maker(**self.filter_sk_params(self._maker))
        arguments = self.filter_sk_params(Model.fit, kwargs)
        return self.model.fit(x, self._as_outputs(y), **arguments)

    def filter_sk_params(self, fn: Callable[..., Any], override: dict[str, Any] | None = None) -> dict[str, Any]:
        """Those of the constructor's arguments that `fn` has, and `override`, which comes over them."""
        known = inspect.signature(fn).parameters
        given = {_OLD.get(name, name) if name not in known else name: value for name, value in self.sk_params.items()}
        override = {_OLD.get(name, name) if name not in known else name: v for name, v in (override or {}).items()}
        return {name: value for name, value in given.items() if name in known} | override

    def _as_outputs(self, y: Any) -> Any:
        """One-hot rows where the model's loss compares those."""
        one_hot = np.ndim(y) == 2 and np.shape(y)[1] > 1
        if _loss_name(self.model) == "categorical_crossentropy" and not one_hot:
            return to_categorical(y, getattr(self, "n_classes_", None))
        return y

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model")

    def __reduce__(self) -> tuple[Any, ...]:
        # joblib's worker processes (`n_jobs=2`) start afresh, and the function that makes the model imports keras there
        is_ours = getattr(sys.modules.get("keras"), "__name__", "") == "torchkeras"
        return _revived, (is_ours, type(self)), dict(self.__dict__)


def _revived(is_ours: bool, cls: Any) -> Any:
    """An estimator without its state, in a process where `import keras` means what it meant where it was pickled."""
    if is_ours:
        _eras.install()
    return cls.__new__(cls)


class KerasClassifier(ClassifierMixin, BaseWrapper):
    """A function that makes a compiled model, as scikit-learn classifier; for the arguments see `BaseWrapper`.

    Attributes:
        classes_: the classes, in order.
        n_classes_: their number.

    Example:
        >>> from torchkeras import Sequential, layers
        >>> def make(units=4):
        ...     model = Sequential([layers.Input((3,)), layers.Dense(units), layers.Dense(1, activation="sigmoid")])
        ...     model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
        ...     return model
        >>> classifier = KerasClassifier(make, units=8, epochs=2, verbose=0)
        >>> history = classifier.fit(np.eye(3), np.array(["cat", "dog", "cat"]))
        >>> classifier.predict_proba(np.eye(3)).shape
        (3, 2)
    """

    def fit(self, x: Any, y: Any, sample_weight: Any = None, **kwargs: Any) -> Any:
        """Make a model and train it.

        Args:
            x: features ``(n, ...)``.
            y: classes ``(n,)``, or one-hot rows ``(n, classes)``.
            sample_weight: weights ``(n,)``.
            **kwargs: for the model's `fit`.

        Returns:
            The `History` of the training.

        Raises:
            ValueError: `y` has more than two axes.
        """
        y = np.array(y)
        if y.ndim == 2 and y.shape[1] > 1:
            self.classes_ = np.arange(y.shape[1])
        elif y.ndim == 1 or (y.ndim == 2 and y.shape[1] == 1):
            self.classes_, numbers = np.unique(y, return_inverse=True)
            y = numbers.reshape(y.shape)
        else:
            raise ValueError(f"Invalid shape for y: {y.shape}; expected (n,) or (n, classes).")
        self.n_classes_ = len(self.classes_)
        if sample_weight is not None:
            kwargs["sample_weight"] = sample_weight
        return super().fit(x, y, **kwargs)

    def predict(self, x: Any, **kwargs: Any) -> np.ndarray:
        """The likeliest class of each row: ``(n, ...) -> (n,)``; arguments go to the model's `predict`."""
        outputs = self._outputs(x, kwargs)
        numbers = outputs.argmax(axis=-1) if outputs.shape[-1] > 1 else (outputs > 0.5).astype("int32")[..., 0]
        return self.classes_[numbers]

    def predict_proba(self, x: Any, **kwargs: Any) -> np.ndarray:
        """The probability of each class: ``(n, ...) -> (n, classes)``; arguments go to the model's `predict`."""
        outputs = self._outputs(x, kwargs)
        return np.hstack([1 - outputs, outputs]) if outputs.shape[1] == 1 else outputs

    def _outputs(self, x: Any, kwargs: dict[str, Any]) -> np.ndarray:
        return self.model.predict(x, **self.filter_sk_params(Model.predict, kwargs))

    def score(self, x: Any, y: Any, **kwargs: Any) -> float:
        """The model's accuracy.

        Args:
            x: features ``(n, ...)``.
            y: classes ``(n,)``, or one-hot rows ``(n, classes)``.
            **kwargs: for the model's `evaluate`.

        Raises:
            ValueError: the model is not compiled with ``metrics=["accuracy"]``.
        """
        y = np.asarray(y)
        if y.ndim == 1 or y.shape[-1] == 1:
            y = np.searchsorted(self.classes_, y)
        arguments = {**self.filter_sk_params(Model.evaluate, kwargs), "return_dict": True}
        results = self.model.evaluate(x, self._as_outputs(y), **arguments)
        for name in ("accuracy", "acc"):
            if name in results:
                return float(results[name])
        raise ValueError(
            "KerasClassifier.score: the model tells no accuracy; compile it with `metrics=['accuracy']`, or give "
            "scikit-learn a `scoring`."
        )


class KerasRegressor(RegressorMixin, BaseWrapper):
    """A function that makes a compiled model, as scikit-learn regressor; for the arguments see `BaseWrapper`."""

    def predict(self, x: Any, **kwargs: Any) -> np.ndarray:
        """The predictions: ``(n, ...) -> (n,)`` for one output; arguments go to the model's `predict`."""
        outputs = self.model.predict(x, **self.filter_sk_params(Model.predict, kwargs))
        return outputs[..., 0] if outputs.shape[-1] == 1 else outputs

    def score(self, x: Any, y: Any, **kwargs: Any) -> float:
        """The negative loss, so that more is better; arguments go to the model's `evaluate`."""
        loss = self.model.evaluate(x, y, **self.filter_sk_params(Model.evaluate, kwargs))
        return -float(loss[0] if isinstance(loss, list) else loss)


def _loss_name(model: Any) -> str:
    loss = model.loss
    return loss if isinstance(loss, str) else str(getattr(loss, "name", getattr(loss, "__name__", "")))
