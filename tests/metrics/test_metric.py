"""The base of metrics, means and sums, names and configs, arguments."""

import copy
import inspect
import json
import pickle
import re

import keras
import numpy as np
import pytest
import torch

from torchkeras import losses, metrics
from torchkeras._registry import names
from torchkeras._variable import Variable

CLASSES = sorted(
    {name for name, item in names("metrics").items() if inspect.isclass(item)} - {"Metric", "MeanMetricWrapper"}
)
FUNCTIONS = sorted({name for name, item in names("metrics").items() if not inspect.isclass(item)})
NEEDED = {
    "IoU": {"num_classes": 3, "target_class_ids": [0]},
    "OneHotIoU": {"num_classes": 3, "target_class_ids": [0]},
    "MeanIoU": {"num_classes": 3},
    "OneHotMeanIoU": {"num_classes": 3},
    "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.5},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
}


def both(name, **kwargs):
    kwargs = {**NEEDED.get(name, {}), **kwargs}
    return getattr(metrics, name)(**kwargs), getattr(keras.metrics, name)(**kwargs)


def states(metric):
    # not `variable.numpy()`: Keras' own warns under NumPy 2
    return [variable.value.detach().numpy().copy() for variable in metric.variables]


def parameters(item):
    return [(p.name, p.default) for p in inspect.signature(item).parameters.values()]


def plain(config):
    return json.loads(json.dumps(config))


@pytest.mark.parametrize(
    "name", [*CLASSES, *FUNCTIONS, "Metric", "MeanMetricWrapper", "get", "serialize", "deserialize"]
)
def test_signatures_are_keras(name):
    assert parameters(getattr(metrics, name)) == parameters(getattr(keras.metrics, name))


@pytest.mark.parametrize("name", CLASSES)
def test_configs_are_keras_and_come_back(name):
    ours, theirs = both(name)
    written, wanted = plain(metrics.serialize(ours)), plain(keras.metrics.serialize(theirs))
    wanted["config"]["name"] = re.sub(r"_\d+$", "", wanted["config"]["name"])  # Keras numbers them over all tests
    assert written == wanted
    again = metrics.deserialize(written)
    assert type(again) is type(ours)
    assert again.get_config() == ours.get_config()
    assert ours._direction == getattr(theirs, "_direction", None)


@pytest.mark.parametrize("name", CLASSES)
def test_states_are_declared_as_in_keras(name):
    keras.backend.clear_session()
    ours, theirs = both(name)
    found = [
        [(v.path, tuple(v.shape), v.dtype, v.trainable, v.aggregation) for v in m.variables] for m in (ours, theirs)
    ]
    assert found[0] == found[1]


@pytest.mark.parametrize("name", CLASSES)
def test_metrics_copy_and_pickle(name):
    metric = both(name)[0]
    for again in (pickle.loads(pickle.dumps(metric)), copy.deepcopy(metric)):
        assert again.get_config() == metric.get_config()
        assert len(again.variables) == len(metric.variables)
        assert not {id(v) for v in again.variables} & {id(v) for v in metric.variables}


VALUES = [3.0, *(np.arange(12, dtype="float32")[:n].reshape(s) for n, s in ((3, (3,)), (6, (2, 3)), (12, (2, 3, 2))))]
WEIGHTS = [None, 2.0, *(np.random.default_rng(0).random(s) for s in ((2,), (2, 1), (2, 3), (1, 3), (3,)))]


@pytest.mark.parametrize("name", ["Mean", "Sum"])
@pytest.mark.parametrize("values", VALUES, ids=np.shape)
@pytest.mark.parametrize("weight", WEIGHTS, ids=np.shape)
def test_means_and_sums_are_keras(name, values, weight):
    found = []
    for metric in both(name):
        try:
            metric.update_state(values, weight)
            metric.update_state(values)
            found.append([float(metric.result()), *states(metric)])
        except (RuntimeError, ValueError):
            found.append("refused")
    if "refused" in found:
        assert found == ["refused", "refused"]
    else:
        np.testing.assert_allclose(*found, rtol=1e-5)


def test_an_empty_mean_is_zero():
    metric = metrics.Mean()
    assert float(metric.result()) == 0
    metric.update_state([1.0, 2.0], [0.0, 0.0])
    assert float(metric.result()) == 0


def test_results_do_not_follow_later_updates():
    metric = metrics.Sum()
    first = metric(2.0)
    metric.update_state(3.0)
    assert (float(first), float(metric.result())) == (2.0, 5.0)


def test_updates_do_not_hold_the_graph_of_the_gradient():
    y_pred = torch.rand(4, 3, requires_grad=True)
    for metric in (
        metrics.Mean(),
        metrics.MeanSquaredError(),
        metrics.CategoricalAccuracy(),
        metrics.AUC(),
        metrics.Recall(),
    ):
        metric.update_state(*([y_pred] if type(metric) is metrics.Mean else [torch.eye(4, 3), y_pred]))
        assert not metric.result().requires_grad
        assert not any(variable.tensor.requires_grad for variable in metric.variables)


def test_states_made_in_inference_mode_can_be_updated_outside():
    for metric in (metrics.Mean(), metrics.F1Score(), metrics.AUC(multi_label=True)):
        update = [torch.ones(2, 3)] if type(metric) is metrics.Mean else [torch.eye(2, 3), torch.rand(2, 3)]
        with torch.inference_mode():
            metric.update_state(*update)
        metric.update_state(*update)
        metric.reset_state()
        assert all(not variable.numpy().any() for variable in metric.variables)


def test_updates_are_captured_whole():
    metric = metrics.SparseCategoricalAccuracy()
    assert len(metric.variables) == 2  # made before
    update = torch.compile(metric.update_state, backend="eager", fullgraph=True)
    update(torch.tensor([0, 1]), torch.eye(2))
    update(torch.tensor([0, 0]), torch.eye(2))
    assert float(metric.result()) == 0.75
    stateless = torch.compile(
        lambda states, *batch: metric.stateless_update_state(states, *batch), backend="eager", fullgraph=True
    )
    states = stateless([torch.tensor(1.0), torch.tensor(2.0)], torch.tensor([0, 1]), torch.eye(2))
    assert [float(state) for state in states] == [3.0, 4.0]


class Range(metrics.Metric):
    """Written as Keras' guide does it."""

    def __init__(self, name="range", **kwargs):
        super().__init__(name=name, **kwargs)
        self.low = self.add_weight(name="low", initializer="zeros")
        self.high = self.add_variable((), lambda shape, dtype: torch.ones(shape), name="high")
        self.extra = Variable(3.0, name="extra", trainable=False)
        self.means = [metrics.Mean(), metrics.Sum()]

    def update_state(self, values, sample_weight=None):
        self.low.assign(torch.minimum(self.low.value, values.min()))
        self.high.assign(torch.maximum(self.high.value, values.max()))
        self.means[0].update_state(values)

    def result(self):
        return {"low": self.low.value, "high": self.high + 0.0, "mean": self.means[0].result()}


def test_custom_metrics():
    metric = Range()
    paths = [variable.path for variable in metric.variables]
    assert paths == ["range/low", "range/high", "extra", "mean/total", "mean/count", "sum/total"]
    result = metric(torch.tensor([-2.0, 5.0]))
    assert {key: float(value) for key, value in result.items()} == {"low": -2.0, "high": 5.0, "mean": 1.5}
    metric.reset_state()
    assert all(float(variable) == 0 for variable in metric.variables)
    assert metrics.deserialize(metrics.serialize(metric), {"Range": Range}).name == "range"


def test_metrics_written_for_keras_2():
    class Old(metrics.Metric):
        def __init__(self, name="old"):
            super().__init__(name=name)
            self.seen = self.add_weight("seen", initializer="ones")

        def reset_states(self):
            self.seen.assign(7.0)

    metric = Old()
    assert metric.seen.path == "old/seen"
    metric.reset_state()
    assert float(metric.seen) == 7.0
    mean = metrics.Mean()
    mean.update_state(3.0)
    mean.reset_states()
    assert float(mean.total) == 0


def test_states_without_the_metric():
    metric = metrics.MeanSquaredError()
    states = metric.stateless_update_state(metric.stateless_reset_state(), np.ones((2, 2)), np.zeros((2, 2)))
    assert [float(state) for state in states] == [2.0, 2.0]
    assert float(metric.stateless_result(states)) == 1.0
    assert float(metric.count) == 0
    with pytest.raises(ValueError, match="`metric_variables` must be a list of tensors"):
        metric.stateless_result([1.0])


def test_states_add_up():
    one, two = metrics.Mean(), metrics.Mean()
    one.update_state([1.0, 2.0])
    two.update_state([6.0])
    one.merge_state([two])
    assert float(one.result()) == 3.0


def test_wrapped_functions():
    wrapped = metrics.MeanMetricWrapper(losses.huber, name="h", delta=2.0)
    config = wrapped.get_config()
    assert config == keras.metrics.MeanMetricWrapper(keras.losses.huber, name="h", delta=2.0).get_config()
    again = metrics.MeanMetricWrapper.from_config(config)
    args = np.ones((3, 2)), np.full((3, 2), 5.0)
    assert float(again(*args)) == float(wrapped(*args)) == 6.0
    plain_function = metrics.MeanMetricWrapper(lambda y_true, y_pred: (y_true == y_pred).float())
    assert float(plain_function(np.array([1, 2]), torch.tensor([1.0, 3.0], requires_grad=True))) == 0.5
    assert plain_function.name == "mean_metric_wrapper"


ALIASES = (
    "mse MSE mae MAE mape msle bce BCE accuracy auc AUC precision f1_score r2_score mean TruePositives true_positives"
)


@pytest.mark.parametrize("alias", ALIASES.split() + ["cosine_similarity", "mean_squared_error", "binary_accuracy"])
def test_aliases_are_keras(alias):
    assert type(metrics.get(alias)).__name__ == type(keras.metrics.get(alias)).__name__


def test_names_of_keras_1_and_2():
    assert isinstance(metrics.get("kullback_leibler_divergence"), metrics.KLDivergence)
    with pytest.warns(DeprecationWarning, match="use mean_squared_error"):
        assert metrics.mse is losses.mean_squared_error
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        metrics.nothing  # noqa: B018


def test_get_takes_what_keras_takes():
    assert metrics.get(None) is None
    assert metrics.get(len) is len
    assert isinstance(metrics.get(metrics.Mean), metrics.Mean)
    assert metrics.get({"class_name": "Mean", "config": {"name": "z"}}).name == "z"


class Uncalled(metrics.Metric):
    def __init__(self):
        pass


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: metrics.get("acuracy"), ValueError, "Did you mean 'accuracy'"),
        (lambda: metrics.get(3), ValueError, "Could not interpret metric identifier: 3"),
        (lambda: metrics.BinaryAccuracy(treshold=1.0), TypeError, "'treshold'=1.0. Did you mean 'threshold'"),
        (lambda: metrics.Metric().result(), NotImplementedError, "Metric has no `result`"),
        (lambda: metrics.Metric().update_state(1), NotImplementedError, "Metric has no `update_state`"),
        (lambda: Uncalled().add_weight(), RuntimeError, r"Uncalled: call `super\(\).__init__\(\)` first"),
        (
            lambda: metrics.Mean().update_state([1.0, 2.0], [1.0, 2.0, 3.0]),
            ValueError,
            r"shape \(2,\), got shape \(3,\)",
        ),
        (lambda: metrics.Precision(thresholds=2.0), ValueError, r"must be in \[0, 1\]. Received: \[2.0\]"),
        (lambda: metrics.Precision().update_state([1.0], [1.0, 0.0]), ValueError, "of the same shape"),
        (lambda: metrics.Recall(class_id=2).update_state([1.0], [1.0]), ValueError, "y_pred must be a 2D array"),
        (lambda: metrics.Recall(class_id=2).update_state([[1.0]], [[1.0]]), ValueError, "have no such class"),
        (lambda: metrics.AUC(num_thresholds=1), ValueError, "`num_thresholds` must be an integer > 1"),
        (lambda: metrics.AUC(curve="x"), ValueError, "Invalid AUC curve"),
        (lambda: metrics.AUC(num_labels=2), ValueError, "only when `multi_label`"),
        (lambda: metrics.AUC(multi_label=True).update_state([1.0], [1.0]), ValueError, r"expects \(batch, labels\)"),
        (lambda: metrics.PrecisionAtRecall(recall=2), ValueError, "`recall` must be in the range"),
        (
            lambda: metrics.PrecisionAtRecall(0.5, num_thresholds=0),
            ValueError,
            "`num_thresholds` must be an integer > 0",
        ),
        (lambda: metrics.F1Score(average="x"), ValueError, "Invalid `average`"),
        (lambda: metrics.FBetaScore(beta=-1.0), ValueError, "It should be > 0"),
        (lambda: metrics.FBetaScore(beta=1), ValueError, "should be a Python float"),
        (lambda: metrics.F1Score(threshold=1.5), ValueError, "0 < threshold <= 1"),
        (lambda: metrics.F1Score().update_state([1.0], [1.0]), ValueError, "expects 2D inputs"),
        (lambda: metrics.F1Score().result(), ValueError, "never updated"),
        (lambda: metrics.R2Score(class_aggregation="x"), ValueError, "`class_aggregation`"),
        (lambda: metrics.R2Score(num_regressors=-1), ValueError, "`num_regressors`"),
        (lambda: metrics.R2Score().update_state([1.0], [1.0]), ValueError, "expects 2D inputs"),
        (lambda: metrics.R2Score().result(), ValueError, "never updated"),
        (lambda: metrics.F1Score().true_positives, AttributeError, "no 'true_positives' yet"),
        (lambda: metrics.IoU(2, [2]), ValueError, "Target class id 2 is out of range"),
    ],
)
def test_bad_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_float_weights_in_an_integer_matrix_are_warned_of():
    with pytest.warns(UserWarning, match="weight is float, but the dtype is int"):
        metrics.MeanIoU(2).update_state([0, 1], [0, 1], [0.5, 0.5])


@pytest.mark.parametrize("samples", [3, 4])
def test_adjusted_r2_without_samples_enough(samples):
    metric = metrics.R2Score(num_regressors=3)
    metric.update_state(np.arange(float(samples))[:, None], np.ones((samples, 1)))
    with pytest.warns(UserWarning, match="adjusted R2"):
        metric.result()
