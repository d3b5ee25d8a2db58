"""Keras models as scikit-learn estimators: in pipelines, searches and scores, beside real Keras' ones."""

import inspect
import pickle
import sys
from typing import Any

import keras
import numpy as np
import pytest
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags

import torchkeras
from torchkeras import wrappers
from torchkeras.wrappers import SKLearnClassifier, SKLearnRegressor, SKLearnTransformer

DRAW = np.random.RandomState(0)
X = DRAW.rand(40, 4)
WORDS = np.array(["low", "middle", "high"])[(X[:, 0] * 3).astype(int)]
TWO = np.where(X[:, 0] > 0.5, "yes", "no")
NUMBERS = X @ [1.0, 2.0, 3.0, 4.0]
NAMES = ["SKLearnClassifier", "SKLearnRegressor", "SKLearnTransformer"]
QUIET = {"verbose": 0, "shuffle": False}


def make(X: Any, y: Any, units: int = 8, loss: str = "mse", library: Any = torchkeras) -> Any:
    layers = library.layers
    softmax = {"activation": "softmax"} if loss != "mse" else {}
    hidden = layers.Dense(units, activation="relu", kernel_initializer="ones")
    out = layers.Dense(y.shape[1], kernel_initializer=library.initializers.Constant(0.1), **softmax)
    model = library.Sequential([layers.Input((X.shape[1],)), hidden, out])
    model.compile("adam", loss, metrics=["accuracy"] if loss != "mse" else [])
    return model


def classify(X: Any, y: Any, units: int = 8, library: Any = torchkeras) -> Any:
    return make(X, y, units, "categorical_crossentropy", library)


@pytest.mark.parametrize("name", NAMES)
def test_same_arguments_as_keras(name: str) -> None:
    ours, theirs = (inspect.signature(getattr(module, name)).parameters for module in (wrappers, keras.wrappers))
    assert [(p.name, p.default) for p in ours.values()] == [(p.name, p.default) for p in theirs.values()]


ROWS = [
    ("SKLearnClassifier", classify, WORDS, ["predict", "decision_function", "score"]),
    ("SKLearnClassifier", classify, TWO, ["predict", "score"]),
    ("SKLearnRegressor", make, NUMBERS, ["predict", "score"]),
    ("SKLearnTransformer", make, NUMBERS, ["predict", "transform"]),
]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of real Keras
@pytest.mark.parametrize(("name", "function", "y", "methods"), ROWS)
def test_results_are_those_of_keras(name: str, function: Any, y: np.ndarray, methods: list[str]) -> None:
    told = []
    for library in (torchkeras, keras):
        owner = wrappers if library is torchkeras else keras.wrappers
        estimator = getattr(owner, name)(function, model_kwargs={"library": library}, fit_kwargs={"epochs": 3, **QUIET})
        assert estimator.fit(X, y) is estimator
        results = [getattr(estimator, method)(*((X, y) if method == "score" else (X,))) for method in methods]
        told.append([*results, estimator.history_.history["loss"], estimator.n_features_in_])
        assert list(getattr(estimator, "classes_", np.unique(y))) == sorted(set(y))
    for ours, theirs in zip(*told):
        assert np.shape(ours) == np.shape(theirs)
        if np.asarray(theirs).dtype.kind == "U":
            np.testing.assert_array_equal(ours, theirs)
        else:
            np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_a_given_model_is_copied_for_each_fit() -> None:
    model = classify(X, np.eye(3))
    estimator = SKLearnClassifier(model, fit_kwargs=QUIET).fit(X, WORDS)
    assert estimator.model_ is not model and estimator.model_.optimizer is not model.optimizer
    assert estimator.model_.loss == "categorical_crossentropy"
    first = estimator.model_
    assert estimator.fit(X, WORDS).model_ is not first


@pytest.mark.parametrize("given", [classify, classify(X, np.eye(3))], ids=["function", "model"])
def test_a_warm_start_goes_on(given: Any) -> None:
    estimator = SKLearnClassifier(given, warm_start=True, fit_kwargs=QUIET).fit(X, WORDS)
    model = estimator.model_
    steps = int(model.optimizer.iterations)
    assert estimator.fit(X, WORDS).model_ is model
    assert int(model.optimizer.iterations) == 2 * steps
    assert model is given or not isinstance(given, torchkeras.Model)


@pytest.mark.parametrize(("scoring", "y"), [(None, WORDS), ("accuracy", TWO), ("roc_auc", TWO)])
def test_scores_by_cross_validation_in_a_pipeline(scoring: str | None, y: np.ndarray) -> None:
    pipeline = make_pipeline(StandardScaler(), SKLearnClassifier(classify, fit_kwargs={"epochs": 2, **QUIET}))
    scores = cross_val_score(pipeline, X, y, cv=StratifiedKFold(2), scoring=scoring)
    assert scores.shape == (2,) and np.isfinite(scores).all()


def test_grid_search_sets_the_arguments_of_the_function() -> None:
    estimator = SKLearnRegressor(make, fit_kwargs=QUIET)
    search = GridSearchCV(estimator, {"model_kwargs": [{"units": 1}, {"units": 5}]}, cv=2).fit(X, NUMBERS)
    units = search.best_estimator_.model_.layers[0].units
    assert search.best_params_ == {"model_kwargs": {"units": units}}


def test_transformers_stand_in_the_middle_of_pipelines() -> None:
    pipeline = make_pipeline(SKLearnTransformer(make, fit_kwargs=QUIET), SKLearnRegressor(make, fit_kwargs=QUIET))
    assert pipeline.fit(X, NUMBERS).predict(X).shape == (40,)
    assert cross_val_predict(pipeline, X, NUMBERS, cv=2).shape == (40,)


def test_regressors_take_several_targets_and_images() -> None:
    def flat(X: Any, y: Any) -> Any:
        layers = torchkeras.layers
        model = torchkeras.Sequential([layers.Input(X.shape[1:]), layers.Flatten(), layers.Dense(y.shape[1])])
        model.compile("sgd", "mse")
        return model

    fitted = SKLearnRegressor(flat, fit_kwargs=QUIET).fit(X.reshape(40, 2, 2), np.stack([NUMBERS, NUMBERS], axis=1))
    assert fitted.predict(X.reshape(40, 2, 2)).shape == (40, 2)


def test_estimators_are_cloned_with_all_arguments_and_pickled() -> None:
    estimator = SKLearnClassifier(classify, True, {"units": 3}, QUIET)
    assert clone(estimator).get_params() == estimator.get_params()
    fitted = estimator.fit(X, WORDS)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.predict(X), fitted.predict(X))


def test_tags() -> None:
    assert is_classifier(SKLearnClassifier(classify)) and is_regressor(SKLearnRegressor(make))
    assert all(get_tags(getattr(wrappers, name)(make)).non_deterministic for name in NAMES)


def test_arguments_of_fit_come_over_those_of_the_constructor() -> None:
    estimator = SKLearnRegressor(make, fit_kwargs={"epochs": 5, **QUIET})
    assert estimator.fit(X, NUMBERS, epochs=2, sample_weight=np.ones(40)).history_.epoch == [0, 1]


REFUSALS: list[tuple[Any, type[Exception], str]] = [
    (lambda: SKLearnClassifier(classify).predict(X), NotFittedError, "This SKLearnClassifier instance is not fitted"),
    (lambda: SKLearnClassifier(classify).fit(X, NUMBERS), ValueError, "continuous"),
    (lambda: SKLearnClassifier(classify).fit(X, np.eye(2)[[0] * 40]), ValueError, r"one class a row, got `y` of shape"),
    (lambda: SKLearnRegressor(make).fit(X, NUMBERS[:3]), ValueError, "inconsistent numbers of samples"),
    (lambda: SKLearnRegressor(make, fit_kwargs=QUIET).fit(X, NUMBERS).predict(X[:, :2]), ValueError, "2 features"),
    (
        lambda: SKLearnRegressor(torchkeras.Sequential([torchkeras.layers.Dense(1)])).fit(X, NUMBERS),
        RuntimeError,
        "has to be compiled, with a loss and an optimizer",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSALS)
def test_refusals_say_what_is_wrong(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


def test_without_scikit_learn_the_names_are_there_and_say_what_to_install(monkeypatch: Any) -> None:
    hidden = ("sklearn", "torchkeras.wrappers")
    for name in [name for name in sys.modules if name.startswith(hidden)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sklearn", None)
    from torchkeras.wrappers import SKLearnClassifier as Bare

    assert Bare is not SKLearnClassifier
    with pytest.raises(ImportError, match="SKLearnClassifier needs scikit-learn"):
        Bare(classify)
