"""Every metric against real Keras: results and states after several batches, weights and masks, by rows."""

import inspect

import keras
import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from torchkeras import metrics
from torchkeras._registry import names
from torchkeras._symbolic import KerasTensor

RNG = np.random.default_rng(1)


def softmax(values):
    powers = np.exp(values)
    return (powers / powers.sum(-1, keepdims=True)).astype("float32")


SCORES = RNG.normal(0, 1, (4, 5, 3)).astype("float32")
CHANCES = softmax(SCORES)
LABELS = RNG.integers(0, 3, (4, 5))
ONE_HOT = np.eye(3, dtype="float32")[LABELS]
BITS = (RNG.random((12, 3)) > 0.5).astype("float32")
RATES = RNG.random((12, 3)).astype("float32")
RATES[:3] = [[0.0, 1.0, 0.5], [0.25, 0.1, 0.2], [0.3, 0.75, 0.9]]  # on thresholds
REGIONS, GUESSES = RNG.integers(0, 3, (2, 4, 4)), RNG.integers(0, 3, (2, 4, 4))
REGIONS_HOT, GUESSES_HOT = np.eye(3)[REGIONS], RNG.random((2, 4, 4, 3))

ROWS = [
    ("Accuracy", LABELS, LABELS[::-1].copy(), {}),
    ("BinaryAccuracy", ONE_HOT, CHANCES, {}),
    ("BinaryAccuracy", BITS[:, 0], RATES[:, :1], {"threshold": 0.3}),
    ("CategoricalAccuracy", ONE_HOT, CHANCES, {}),
    ("SparseCategoricalAccuracy", LABELS, CHANCES, {}),
    ("SparseCategoricalAccuracy", LABELS[:, :1], CHANCES[:, 0], {}),
    ("TopKCategoricalAccuracy", ONE_HOT, CHANCES, {"k": 2}),
    ("SparseTopKCategoricalAccuracy", LABELS, CHANCES, {"k": 2}),
    ("SparseTopKCategoricalAccuracy", LABELS[:, 0], np.argsort(-CHANCES[:, 0], 1), {"k": 2, "from_sorted_ids": True}),
    ("MeanSquaredError", ONE_HOT, SCORES, {}),
    ("MeanSquaredError", ONE_HOT, SCORES, {"dtype": "float64"}),
    ("RootMeanSquaredError", ONE_HOT, SCORES, {}),
    ("MeanAbsoluteError", ONE_HOT, SCORES, {}),
    ("MeanAbsolutePercentageError", CHANCES, SCORES, {}),
    ("MeanSquaredLogarithmicError", ONE_HOT, CHANCES, {}),
    ("LogCoshError", ONE_HOT, SCORES, {}),
    ("CosineSimilarity", ONE_HOT, SCORES, {}),
    ("CosineSimilarity", ONE_HOT, SCORES, {"axis": 1}),
    ("PearsonCorrelation", CHANCES, SCORES, {}),
    ("ConcordanceCorrelation", ONE_HOT, SCORES, {"axis": 1}),
    ("ConcordanceCorrelation", ONE_HOT * 0 + 1, SCORES * 0 + 1, {}),
    ("R2Score", BITS, RATES, {}),
    ("R2Score", BITS, RATES, {"class_aggregation": None, "num_regressors": 2}),
    ("R2Score", BITS * 0 + 1, RATES, {"class_aggregation": "variance_weighted_average"}),
    ("BinaryCrossentropy", ONE_HOT, CHANCES, {}),
    ("BinaryCrossentropy", ONE_HOT, SCORES, {"from_logits": True, "label_smoothing": 0.2}),
    ("CategoricalCrossentropy", ONE_HOT, CHANCES, {"label_smoothing": 0.2}),
    ("SparseCategoricalCrossentropy", LABELS, CHANCES, {}),
    ("SparseCategoricalCrossentropy", LABELS, SCORES, {"from_logits": True, "ignore_class": 1}),
    ("KLDivergence", ONE_HOT, CHANCES, {}),
    ("Poisson", ONE_HOT, CHANCES, {}),
    ("Hinge", ONE_HOT, SCORES, {}),
    ("SquaredHinge", ONE_HOT, SCORES, {}),
    ("CategoricalHinge", ONE_HOT, SCORES, {}),
    *[
        (name, BITS, RATES, kwargs)
        for name in ("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives")
        for kwargs in ({}, {"thresholds": [0.9, 0.2, 0.5]}, {"thresholds": [0.0, 0.5, 1.0]})
    ],
    *[
        (name, BITS, RATES, kwargs)
        for name in ("Precision", "Recall")
        for kwargs in ({}, {"thresholds": [0.2, 0.5]}, {"class_id": 1}, {"top_k": 2}, {"top_k": 2, "class_id": 0})
    ],
    *[
        (name, BITS, RATES, {argument: 0.5, **kwargs})
        for name, argument in (
            ("SensitivityAtSpecificity", "specificity"),
            ("SpecificityAtSensitivity", "sensitivity"),
            ("PrecisionAtRecall", "recall"),
            ("RecallAtPrecision", "precision"),
        )
        for kwargs in ({}, {"num_thresholds": 5}, {"num_thresholds": 1}, {"class_id": 2})
    ],
    *[
        ("AUC", BITS, RATES, {"curve": curve, "summation_method": method, **kwargs})
        for curve in ("ROC", "PR", "PRGAIN")
        for method in ("interpolation", "minoring", "majoring")
        for kwargs in (
            {"num_thresholds": 11},
            {"thresholds": [0.9, 0.25, 0.5]},
            {"multi_label": True, "label_weights": [0.1, 0.5, 2.0]},
        )
    ],
    ("AUC", BITS, RATES * 6 - 3, {"from_logits": True}),
    ("AUC", BITS, RATES * 3 - 1, {}),
    ("AUC", BITS, RATES, {"label_weights": [0.1, 0.5, 2.0]}),
    *[
        ("F1Score", BITS, RATES, {"average": average, "threshold": threshold})
        for average in (None, "micro", "macro", "weighted")
        for threshold in (None, 0.4)
    ],
    ("FBetaScore", BITS, RATES * 0, {"beta": 2.0}),
    ("IoU", REGIONS, GUESSES, {"num_classes": 3, "target_class_ids": [0, 2], "dtype": "float32"}),
    ("IoU", REGIONS_HOT, GUESSES_HOT, {"num_classes": 3, "target_class_ids": [1], "dtype": "float32",
                                       "sparse_y_true": False, "sparse_y_pred": False}),
    ("BinaryIoU", BITS, RATES, {"threshold": 0.3, "dtype": "float32"}),
    ("MeanIoU", REGIONS, GUESSES, {"num_classes": 3, "ignore_class": 2, "dtype": "float32"}),
    ("MeanIoU", REGIONS, GUESSES, {"num_classes": 2, "dtype": "float32"}),
    ("OneHotIoU", REGIONS_HOT, GUESSES_HOT, {"num_classes": 3, "target_class_ids": [0], "dtype": "float32"}),
    ("OneHotMeanIoU", REGIONS_HOT, GUESSES, {"num_classes": 3, "sparse_y_pred": True, "dtype": "float32"}),
]  # fmt: skip
IDS = [f"{name}-{kwargs}-{y.ndim}d" for name, y, _, kwargs in ROWS]
# the bases, and what takes values in place of targets and outputs: tested in test_metric.py
ELSEWHERE = {"Metric", "Mean", "Sum", "MeanMetricWrapper"}


def follow(module, name, kwargs, batches):
    """Results after each batch, then the states."""
    metric = getattr(module, name)(**kwargs)
    found = []
    for batch in batches:
        metric.update_state(*batch)
        found.append(np.array(metric.result().numpy()))
    # not `variable.numpy()`: Keras' own warns under NumPy 2
    return found + [variable.value.detach().numpy().copy() for variable in metric.variables]


def compare(name, kwargs, batches):
    ours, theirs = follow(metrics, name, kwargs, batches()), follow(keras.metrics, name, kwargs, batches())
    assert [value.shape for value in ours] == [value.shape for value in theirs]
    for mine, other in zip(ours, theirs):
        np.testing.assert_allclose(mine, other, rtol=1e-5, atol=1e-5)


def classes():
    return {name for name, item in names("metrics").items() if inspect.isclass(item)}


def functions():
    return sorted({name for name, item in names("metrics").items() if not inspect.isclass(item)})


def test_every_class_has_a_row():
    assert {name for name, *_ in ROWS} | ELSEWHERE == classes()


def test_every_public_name_is_there():
    theirs = {name for name in dir(keras.metrics) if not name.startswith("_")}
    assert {name for name in theirs if not hasattr(metrics, name)} == set()
    assert len(theirs) == 72


@pytest.mark.parametrize(("name", "y_true", "y_pred", "kwargs"), ROWS, ids=IDS)
def test_results_and_states_are_keras(name, y_true, y_pred, kwargs):
    compare(name, kwargs, lambda: [(y_true, y_pred), (y_true[::-1].copy(), y_pred)])


def weight_shapes(name, y_true, y_pred, kwargs):
    """Weights that Keras takes for the row: one a sample, or as many as the values."""
    if "IoU" in name:
        return [(y_true.shape[:3] if "Hot" in name or "sparse_y_true" in kwargs else y_true.shape)]
    if name in ("R2Score", "F1Score", "FBetaScore"):
        return [(len(y_true),)]
    if "class_id" in kwargs or "axis" in kwargs:
        return [(len(y_true),)]
    if "ignore_class" in kwargs:
        return [y_true.shape]
    return [(len(y_true),), y_true.shape[:-1] if y_true.ndim > 2 else (len(y_true), 1)]


@pytest.mark.parametrize(("name", "y_true", "y_pred", "kwargs"), ROWS, ids=IDS)
def test_weights_are_keras(name, y_true, y_pred, kwargs):
    for shape in weight_shapes(name, y_true, y_pred, kwargs):
        weight = RNG.random(shape).astype("float32")
        compare(name, kwargs, lambda weight=weight: [(y_true, y_pred, weight), (y_true, y_pred)])


class Waits(TorchDispatchMode):
    """Counts operations whose result the host must have before it goes on."""

    NAMES = {"_local_scalar_dense", "nonzero", "masked_select", "bincount", "equal", "unique_consecutive", "_unique2"}

    def __init__(self):
        super().__init__()
        self.found = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        if function.overloadpacket.__name__ in self.NAMES:
            self.found.append(function)
        return function(*args, **(kwargs or {}))


@pytest.mark.parametrize(("name", "y_true", "y_pred", "kwargs"), ROWS, ids=IDS)
def test_updates_and_results_never_wait_for_the_device(name, y_true, y_pred, kwargs):
    metric = getattr(metrics, name)(**kwargs)
    y_true, y_pred = torch.tensor(y_true), torch.tensor(y_pred)
    with Waits() as waits:
        metric.update_state(y_true, y_pred)
        if not kwargs.get("num_regressors"):  # the adjusted score warns, by value
            metric.result()
        metric.reset_state()
    assert not waits.found


def masked():
    tensor = torch.tensor(CHANCES)
    tensor._keras_mask = torch.tensor(LABELS > 0)
    return tensor


@pytest.mark.parametrize("weight", [None, RNG.random((4, 5)).astype("float32")], ids=["", "weighted"])
@pytest.mark.parametrize(
    "name", ["MeanSquaredError", "BinaryAccuracy", "CategoricalAccuracy", "CategoricalCrossentropy"]
)
def test_masks_are_keras(name, weight):
    compare(name, {}, lambda: [(ONE_HOT, masked(), weight)])


@pytest.mark.parametrize("name", functions())
def test_functions_are_keras(name):
    y_true = LABELS if name.startswith("sparse") else ONE_HOT
    kwargs = {"k": 2} if "top_k" in name else {}
    ours, theirs = (getattr(module, name)(y_true, CHANCES, **kwargs) for module in (metrics, keras.metrics))
    assert ours.shape == theirs.shape
    assert ours.dtype == theirs.dtype
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", functions())
def test_functions_record_themselves(name):
    sparse = name.startswith("sparse")
    y_true = KerasTensor((None, 5) if sparse else (None, 5, 3), dtype="int64" if sparse else "float32")
    out = getattr(metrics, name)(y_true, KerasTensor((None, 5, 3)), **({"k": 2} if "top_k" in name else {}))
    assert out.shape == ((None, 5, 3) if name == "binary_accuracy" else (None, 5))


def test_top_k_of_fewer_classes_is_always_right():
    assert metrics.sparse_top_k_categorical_accuracy(LABELS, CHANCES, k=5).mean() == 1
