"""`KerasClassifier` and `KerasRegressor` as scripts of 2016 to 2020 use them, with today's scikit-learn."""

import functools
import pickle
import sys
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.ensemble import VotingClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import (
    GridSearchCV,
    KFold,
    RandomizedSearchCV,
    StratifiedKFold,
    cross_val_predict,
    cross_val_score,
)
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import LabelEncoder, StandardScaler

import torchkeras
from torchkeras._eras.wrappers.scikit_learn import KerasClassifier, KerasRegressor

DRAW = np.random.RandomState(0)
X = DRAW.rand(40, 4)
TWO = (X[:, 0] > 0.5).astype(int)
WORDS = np.array(["low", "middle", "high"])[(X[:, 0] * 3).astype(int)]
NUMBERS = X @ [1.0, 2.0, 3.0, 4.0]


def create_model(units: int = 4, optimizer: str = "adam", outputs: int = 1, metrics: Any = ("accuracy",)) -> Any:
    layers = torchkeras.layers
    model = torchkeras.Sequential([layers.Input((4,)), layers.Dense(units, activation="relu")])
    if outputs == 1:
        model.add(layers.Dense(1, activation="sigmoid"))
        model.compile(optimizer, "binary_crossentropy", metrics=list(metrics))
    else:
        model.add(layers.Dense(outputs, activation="softmax"))
        model.compile(optimizer, "categorical_crossentropy", metrics=list(metrics))
    return model


def baseline_model() -> Any:
    layers = torchkeras.layers
    model = torchkeras.Sequential([layers.Input((4,)), layers.Dense(5), layers.Dense(1)])
    model.compile("adam", "mean_squared_error")
    return model


ROWS = [({}, TWO), ({"outputs": 3}, WORDS), ({"outputs": 2}, np.eye(2)[TWO]), ({"outputs": 2}, TWO[:, None])]


@pytest.mark.parametrize(("args", "y"), ROWS)
def test_classifiers(args: dict[str, Any], y: np.ndarray) -> None:
    classifier = KerasClassifier(build_fn=create_model, epochs=3, batch_size=8, verbose=0, **args)
    history = classifier.fit(X, y)
    assert sorted(history.history) == ["accuracy", "loss"] and len(history.epoch) == 3
    labels = y.argmax(axis=1) if y.ndim == 2 and y.shape[1] > 1 else y.ravel()
    predicted = classifier.predict(X)
    assert predicted.shape == (40,) and set(predicted) <= set(classifier.classes_) == set(labels)
    probabilities = classifier.predict_proba(X)
    assert probabilities.shape == (40, classifier.n_classes_)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(classifier.classes_[probabilities.argmax(axis=1)], predicted)
    assert classifier.score(X, y) == pytest.approx(accuracy_score(labels, predicted))


def test_regressors() -> None:
    regressor = KerasRegressor(build_fn=baseline_model, nb_epoch=2, batch_size=8, verbose=0)
    assert len(regressor.fit(X, NUMBERS).epoch) == 2
    predicted = regressor.predict(X)
    assert predicted.shape == (40,)
    assert regressor.score(X, NUMBERS) == pytest.approx(-np.mean((predicted - NUMBERS) ** 2), rel=1e-4)


@pytest.mark.parametrize("scoring", [None, "accuracy", "roc_auc", "neg_log_loss"])
def test_cross_validation_in_a_pipeline(scoring: str | None) -> None:
    encoded = LabelEncoder().fit_transform(np.where(TWO, "R", "M"))
    steps = [("standardize", StandardScaler()), ("mlp", KerasClassifier(build_fn=create_model, epochs=2, verbose=0))]
    kfold = StratifiedKFold(n_splits=3, shuffle=True, random_state=7)
    scores = cross_val_score(Pipeline(steps), X, encoded, cv=kfold, scoring=scoring)
    assert scores.shape == (3,) and np.isfinite(scores).all()


def test_cross_validation_of_regressors() -> None:
    regressor = KerasRegressor(build_fn=baseline_model, epochs=2, verbose=0)
    assert (cross_val_score(regressor, X, NUMBERS, cv=KFold(n_splits=3)) < 0).all()
    assert cross_val_predict(regressor, X, NUMBERS, cv=3).shape == (40,)


def test_grid_search_over_arguments_of_both() -> None:
    classifier = KerasClassifier(build_fn=create_model, verbose=0)
    grid = {"units": [2, 3], "epochs": [1, 2], "batch_size": [20]}
    result = GridSearchCV(estimator=classifier, param_grid=grid, cv=2).fit(X, TWO)
    assert len(result.cv_results_["mean_test_score"]) == 4
    best = result.best_estimator_.model
    assert best.layers[0].units == result.best_params_["units"]
    assert len(best.history.epoch) == result.best_params_["epochs"]


def test_randomized_search_in_a_pipeline() -> None:
    pipeline = Pipeline([("scale", StandardScaler()), ("net", KerasClassifier(create_model, epochs=1, verbose=0))])
    search = RandomizedSearchCV(pipeline, {"net__optimizer": ["sgd", "adam"]}, n_iter=2, cv=2).fit(X, TWO)
    assert search.predict(X).shape == (40,)


def test_voting_takes_classifiers() -> None:
    members = [(name, KerasClassifier(create_model, epochs=1, verbose=0)) for name in "ab"]
    assert VotingClassifier(members, voting="soft").fit(X, TWO).predict(X).shape == (40,)


def test_estimators_are_cloned_shown_and_pickled() -> None:
    weights = {0: 1.0, 1: 2.0}
    classifier = KerasClassifier(build_fn=create_model, epochs=1, class_weight=weights, verbose=0)
    copied = clone(classifier)
    assert copied.get_params() == classifier.get_params()
    assert copied.sk_params is not classifier.sk_params
    assert "create_model" in repr(classifier) and "epochs=1" in repr(classifier)
    classifier.fit(X, TWO)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(classifier)).predict(X), classifier.predict(X))


def test_tags() -> None:
    assert is_classifier(KerasClassifier(create_model)) and is_regressor(KerasRegressor(baseline_model))


class Maker:
    def __call__(self, units: int = 3) -> Any:
        return create_model(units)


class Own(KerasClassifier):
    def __call__(self, units: int = 3) -> Any:
        return create_model(units)


MAKERS = [
    lambda **args: KerasClassifier(Maker(), **args),
    lambda **args: KerasClassifier(Maker().__call__, **args),
    lambda **args: KerasClassifier(functools.partial(create_model, optimizer="sgd"), **args),
    lambda **args: Own(**args),
]


@pytest.mark.parametrize("estimator", MAKERS)
def test_whatever_is_called_makes_the_model(estimator: Any) -> None:
    made = estimator(units=6, epochs=1, verbose=0)
    made.fit(X, TWO)
    assert made.model.layers[0].units == 6


def test_arguments_of_the_call_come_over_those_of_the_constructor() -> None:
    classifier = KerasClassifier(create_model, epochs=1, verbose=0)
    history = classifier.fit(X, TWO, nb_epoch=3, sample_weight=np.ones(40), validation_data=(X, TWO))
    assert len(history.epoch) == 3 and "val_accuracy" in history.history
    assert classifier.predict(X, batch_size=7, verbose=0).shape == (40,)


def test_parameters_are_set() -> None:
    classifier = KerasClassifier(create_model, epochs=1)
    assert classifier.set_params(units=9, epochs=4, build_fn=Maker()) is classifier
    assert classifier.filter_sk_params(Maker()) == {"units": 9}
    assert classifier.filter_sk_params(classifier.build_fn, {"units": 2}) == {"units": 2}
    assert classifier.get_params()["epochs"] == 4


def test_a_fold_may_lack_the_last_class() -> None:
    classifier = KerasClassifier(create_model, outputs=3, verbose=0)
    classifier.fit(X, WORDS)
    assert 0 <= classifier.score(X[:3], np.array(["high"] * 3)) <= 1


def test_arguments_that_have_no_effect_are_legal() -> None:
    classifier = KerasClassifier(create_model, epochs=1, verbose=0, show_accuracy=True, workers=2)
    assert len(classifier.fit(X, TWO).epoch) == 1
    assert 0 <= classifier.score(X, TWO) <= 1


REFUSALS: list[tuple[Any, str]] = [
    (lambda: KerasClassifier(create_model, unitz=3), r"unitz is not a legal parameter.*Did you mean 'units'\?"),
    (lambda: KerasClassifier(create_model).set_params(epoch=3), r"epoch is not a legal.*Did you mean 'epochs'\?"),
    (lambda: KerasClassifier(create_model).fit(X, np.zeros((40, 2, 2))), r"Invalid shape for y: \(40, 2, 2\)"),
]


@pytest.mark.parametrize(("call", "message"), REFUSALS)
def test_refusals_say_what_is_wrong(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_a_score_needs_an_accuracy() -> None:
    classifier = KerasClassifier(create_model, metrics=[], verbose=0)
    classifier.fit(X, TWO)
    with pytest.raises(ValueError, match=r"compile it with `metrics=\['accuracy'\]`"):
        classifier.score(X, TWO)


SEARCH_IN_PROCESSES = """
import numpy
from keras.models import Sequential
from keras.wrappers.scikit_learn import KerasClassifier
from sklearn.model_selection import GridSearchCV

def create_model(neurons=4):
    import keras
    from keras.layers.core import Dense
    model = Sequential()
    model.add(Dense(output_dim=neurons, input_dim=8, init='normal'))
    model.add(Dense(1, activation='sigmoid'))
    model.compile(loss='binary_crossentropy', optimizer=keras.optimizers.SGD(lr=0.1), metrics=['accuracy'])
    return model

X = numpy.random.rand(40, 8)
Y = (X[:, 0] > .5).astype(int)
grid = GridSearchCV(KerasClassifier(create_model, nb_epoch=2, verbose=0), {'neurons': [2, 3]}, n_jobs=2, cv=2)
print("= scores", grid.fit(X, Y).cv_results_['mean_test_score'].shape)
"""


@pytest.mark.parametrize("served", [torchkeras, object()])
def test_an_estimator_of_a_script_has_keras_served_where_it_is_unpickled(served: Any, monkeypatch: Any) -> None:
    installed: list[int] = []
    monkeypatch.setitem(sys.modules, "keras", served)
    monkeypatch.setattr(torchkeras._eras, "install", lambda: installed.append(1))
    again = pickle.loads(pickle.dumps(KerasClassifier(create_model, units=2)))
    assert again.sk_params == {"units": 2} and len(installed) == (served is torchkeras)


@pytest.mark.long  # each process imports torch
def test_worker_processes_of_a_search_run_the_script_as_the_runner_does(runner: Any, tmp_path: Any) -> None:
    assert runner.run(SEARCH_IN_PROCESSES, cwd=tmp_path).check().facts == ["= scores (2,)"]
