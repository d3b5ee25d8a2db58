"""Every loss against real Keras: values, gradients, reductions, weights, masks, by rows."""

import inspect

import keras
import numpy as np
import pytest
import torch

from torchkeras import losses
from torchkeras._registry import names
from torchkeras._symbolic import KerasTensor

RNG = np.random.default_rng(0)
REDUCTIONS = ["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None]


def softmax(values):
    powers = np.exp(values)
    return (powers / powers.sum(-1, keepdims=True)).astype("float32")


LOGITS = RNG.normal(0, 2, (4, 5, 3)).astype("float32")
PROBABILITIES = softmax(LOGITS)
PROBABILITIES[0, 0] = [0.0, 1.0, 0.0]  # the ends, where clipping shows
LABELS = RNG.integers(0, 3, (4, 5))
ONE_HOT = np.eye(3, dtype="float32")[LABELS]
SOFT = softmax(RNG.normal(0, 1, (4, 5, 3)))
BITS = (RNG.random((4, 5, 3)) > 0.5).astype("float32")
EMBEDDINGS = RNG.normal(0, 1, (6, 4)).astype("float32")
EMBEDDINGS /= np.linalg.norm(EMBEDDINGS, axis=-1, keepdims=True)
GROUPS = np.array([0, 0, 1, 1, 2, 3])
SEQUENCES = np.array([[1, 2, 3], [2, 2, 0], [4, 0, 0], [3, 1, 2]])
FRAMES = RNG.normal(0, 1, (4, 8, 5)).astype("float32")

ROWS = [
    ("MeanSquaredError", SOFT, LOGITS, {}),
    ("MeanAbsoluteError", SOFT, LOGITS, {}),
    ("MeanAbsolutePercentageError", SOFT, LOGITS, {}),
    ("MeanAbsolutePercentageError", BITS, LOGITS, {}),
    ("MeanSquaredLogarithmicError", SOFT, LOGITS, {}),
    ("Huber", SOFT, LOGITS, {}),
    ("Huber", SOFT, LOGITS, {"delta": 0.3}),
    ("LogCosh", SOFT, LOGITS * 20, {}),
    ("CosineSimilarity", SOFT, LOGITS, {}),
    ("CosineSimilarity", SOFT * 0, LOGITS, {"axis": 1}),
    ("Poisson", SOFT, PROBABILITIES, {}),
    ("KLDivergence", ONE_HOT, PROBABILITIES, {}),
    ("Hinge", BITS, LOGITS, {}),
    ("Hinge", 2 * BITS - 1, LOGITS, {}),
    ("SquaredHinge", BITS, LOGITS, {}),
    ("CategoricalHinge", ONE_HOT, LOGITS, {}),
    ("BinaryCrossentropy", BITS, PROBABILITIES, {}),
    ("BinaryCrossentropy", SOFT, PROBABILITIES, {"label_smoothing": 0.2}),
    ("BinaryCrossentropy", BITS, LOGITS * 20, {"from_logits": True, "label_smoothing": 0.1}),
    ("BinaryCrossentropy", BITS, PROBABILITIES, {"axis": 1}),
    ("BinaryFocalCrossentropy", BITS, PROBABILITIES, {}),
    ("BinaryFocalCrossentropy", BITS, LOGITS, {"from_logits": True, "label_smoothing": 0.1}),
    ("BinaryFocalCrossentropy", BITS, PROBABILITIES, {"apply_class_balancing": True, "alpha": 0.3, "gamma": 1.5}),
    ("CategoricalCrossentropy", ONE_HOT, PROBABILITIES, {}),
    ("CategoricalCrossentropy", ONE_HOT, LOGITS, {"from_logits": True, "label_smoothing": 0.1}),
    ("CategoricalCrossentropy", ONE_HOT[:, 0], LOGITS[:, 0] * 20, {"from_logits": True}),
    ("CategoricalCrossentropy", SOFT, PROBABILITIES, {"axis": 1, "label_smoothing": 0.2}),
    ("CategoricalFocalCrossentropy", ONE_HOT, PROBABILITIES, {}),
    ("CategoricalFocalCrossentropy", ONE_HOT, LOGITS, {"from_logits": True, "alpha": [0.1, 0.2, 0.3]}),
    ("SparseCategoricalCrossentropy", LABELS, PROBABILITIES, {}),
    ("SparseCategoricalCrossentropy", LABELS[:, 0], PROBABILITIES[:, 0], {}),
    ("SparseCategoricalCrossentropy", LABELS[:, :1], LOGITS[:, 0], {"from_logits": True}),
    ("SparseCategoricalCrossentropy", LABELS, LOGITS, {"from_logits": True}),
    ("SparseCategoricalCrossentropy", LABELS, PROBABILITIES, {"ignore_class": 1}),
    ("SparseCategoricalCrossentropy", LABELS, LOGITS, {"ignore_class": 1, "from_logits": True}),
    ("SparseCategoricalCrossentropy", LABELS, PROBABILITIES.transpose(0, 2, 1).copy(), {"axis": 1}),
    ("CategoricalGeneralizedCrossEntropy", LABELS[:, 1], PROBABILITIES[:, 1], {}),
    ("CategoricalGeneralizedCrossEntropy", LABELS[:, 1], PROBABILITIES[:, 1], {"q": 0.9}),
    ("Dice", BITS, PROBABILITIES, {}),
    ("Dice", BITS * 0, PROBABILITIES, {"axis": (1, 2)}),
    ("Tversky", BITS, PROBABILITIES, {"alpha": 0.3, "beta": 0.9}),
    ("Tversky", BITS, PROBABILITIES, {"axis": (1, 2)}),
    ("Circle", GROUPS, EMBEDDINGS, {}),
    ("Circle", GROUPS, EMBEDDINGS * 2, {"gamma": 2.0, "margin": 0.25, "remove_diagonal": False}),
    ("CTC", SEQUENCES, FRAMES, {}),
]
IDS = [f"{name}-{kwargs}-{y.ndim}d" for name, y, _, kwargs in ROWS]


def run(module, name, y_true, y_pred, kwargs, weight=None, mask=None):
    """The value and the gradient of one loss."""
    leaf = torch.tensor(y_pred, requires_grad=True)
    shown = leaf * 1.0
    if mask is not None:
        shown._keras_mask = torch.tensor(mask)
    value = getattr(module, name)(**kwargs)(torch.tensor(y_true), shown, sample_weight=weight)
    value.sum().backward()
    return value.detach().numpy(), leaf.grad.numpy()


def compare(name, y_true, y_pred, kwargs, **more):
    for ours, theirs in zip(
        run(losses, name, y_true, y_pred, kwargs, **more),
        run(keras.losses, name, y_true, y_pred, kwargs, **more),
        strict=True,
    ):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


def classes():
    return {name for name, item in names("losses").items() if inspect.isclass(item)} - {"Loss"}


def functions():
    return {name for name, item in names("losses").items() if not inspect.isclass(item)}


def test_every_class_has_a_row():
    assert {name for name, *_ in ROWS} == classes()


def test_every_public_name_is_there():
    theirs = {name for name in dir(keras.losses) if not name.startswith("_")}
    assert {name for name in theirs if not hasattr(losses, name)} == set()
    assert len(theirs) == 48


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(("name", "y_true", "y_pred", "kwargs"), ROWS, ids=IDS)
def test_values_and_gradients_are_keras(name, y_true, y_pred, kwargs, reduction):
    compare(name, y_true, y_pred, {**kwargs, "reduction": reduction})


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(("name", "y_true", "y_pred", "kwargs"), ROWS, ids=IDS)
def test_weights_are_keras(name, y_true, y_pred, kwargs, reduction):
    shape = run(losses, name, y_true, y_pred, {**kwargs, "reduction": None})[0].shape
    compare(name, y_true, y_pred, {**kwargs, "reduction": reduction}, weight=RNG.random(shape).astype("float32"))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", ["MeanSquaredError", "BinaryCrossentropy", "SparseCategoricalCrossentropy"])
def test_masks_are_keras(name, reduction, weighted):
    y_true = LABELS if name.startswith("Sparse") else BITS
    weight = RNG.random((4, 5)).astype("float32") if weighted else None
    mask = RNG.random((4, 5)) > 0.4
    compare(name, y_true, PROBABILITIES, {"reduction": reduction}, mask=mask, weight=weight)


def function_row(name):
    """The data of the class that names the function, and the options the function needs."""
    cls = next(cls for cls in classes() if getattr(losses, cls)._function is getattr(losses, name).__wrapped__)
    y_true, y_pred = next((y_true, y_pred) for row, y_true, y_pred, _ in ROWS if row == cls)
    return y_true, y_pred, ({"q": 0.5} if name == "categorical_generalized_cross_entropy" else {})


@pytest.mark.parametrize("name", sorted(functions()))
def test_functions_are_keras_on_arrays(name):
    y_true, y_pred, kwargs = function_row(name)
    ours = getattr(losses, name)(y_true, y_pred, **kwargs)
    # one of theirs takes no arrays
    theirs = getattr(keras.losses, name)(torch.tensor(y_true), torch.tensor(y_pred), **kwargs)
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", sorted(functions()))
def test_functions_record_themselves(name):
    y_true, y_pred, kwargs = function_row(name)
    values = getattr(losses, name)(y_true, y_pred, **kwargs)
    symbol = KerasTensor((None, *y_pred.shape[1:]))
    target = KerasTensor((None, *y_true.shape[1:]), dtype="int64" if y_true.dtype.kind == "i" else "float32")
    out = getattr(losses, name)(target, symbol, **kwargs)
    assert out.shape == ((None, *values.shape[1:]) if values.ndim else ())


def test_large_and_small_sparse_losses_agree():
    scores = torch.rand(64, 1024).softmax(-1).requires_grad_()
    labels = torch.randint(0, 1024, (64,))
    loss = losses.SparseCategoricalCrossentropy()
    large, pieces = (
        loss(labels, scores),
        torch.stack([loss(labels[i : i + 8], scores[i : i + 8]) for i in range(0, 64, 8)]),
    )
    torch.testing.assert_close(large, pieces.mean())
    first, second = (torch.autograd.grad(value, scores)[0] for value in (large, pieces.mean()))
    torch.testing.assert_close(first, second)


@pytest.mark.parametrize("shapes", [((4, 1), (4,)), ((4,), (4, 1)), ((4, 3), (4, 3, 1)), ((4, 3, 1), (4, 3))], ids=str)
@pytest.mark.parametrize("name", ["MeanSquaredError", "Hinge", "Huber", "Poisson", "BinaryCrossentropy"])
def test_a_last_axis_of_one_is_dropped_or_added(name, shapes):
    y_true, y_pred = (RNG.random(shape).astype("float32") for shape in shapes)
    ours, theirs = (getattr(module, name)(reduction=None)(y_true, y_pred) for module in (losses, keras.losses))
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-5)


def test_a_weight_a_sample_does_for_sequences_of_any_length():
    values = torch.rand(3, 3, 2)
    weight = torch.tensor([1.0, 0.0, 2.0])
    for length in (2, 3):
        loss = losses.MeanSquaredError(reduction="none")(torch.zeros(3, length, 2), values[:, :length], weight)
        torch.testing.assert_close(loss, values[:, :length].square().mean(-1) * weight[:, None])


def test_the_computation_is_captured_whole():
    loss = losses.BinaryCrossentropy()
    y_true, y_pred = torch.ones(4, 1), torch.rand(4, 1)
    compiled = torch.compile(loss.__call__, backend="eager", fullgraph=True)
    torch.testing.assert_close(compiled(y_true, y_pred), loss(y_true, y_pred))
