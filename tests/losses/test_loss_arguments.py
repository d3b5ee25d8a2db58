"""Losses by name and config, their arguments, and what they say about data that does not fit."""

import inspect
import json
import pickle

import keras
import numpy as np
import pytest
import torch

from torchkeras import losses
from torchkeras._registry import names
from torchkeras.losses._checks import check_targets
from torchkeras.losses._function_loss import loss_object

CLASSES = sorted({name for name, item in names("losses").items() if inspect.isclass(item)} - {"Loss"})
FUNCTIONS = sorted({name for name, item in names("losses").items() if not inspect.isclass(item)})


class Difference(losses.Loss):
    def call(self, y_true, y_pred):
        return y_true - y_pred


def parameters(item):
    return [(p.name, p.default) for p in inspect.signature(item).parameters.values()]


@pytest.mark.parametrize("name", [*CLASSES, *FUNCTIONS, "Loss", "get", "serialize", "deserialize"])
def test_signatures_are_keras(name):
    assert parameters(getattr(losses, name)) == parameters(getattr(keras.losses, name))


@pytest.mark.parametrize("name", CLASSES)
def test_configs_are_keras_and_come_back(name):
    ours, theirs = getattr(losses, name)(), getattr(keras.losses, name)()
    written = losses.serialize(ours)
    assert json.dumps(written, sort_keys=True) == json.dumps(keras.losses.serialize(theirs), sort_keys=True)
    again = losses.deserialize(written)
    assert type(again) is type(ours)
    assert again.get_config() == ours.get_config()
    assert type(keras.saving.deserialize_keras_object(written)) is type(theirs)


@pytest.mark.parametrize(
    ("name", "kwargs"),
    [("Huber", {"delta": 3.0}), ("CosineSimilarity", {"axis": 1}), ("Dice", {"dtype": "float64", "reduction": "sum"})],
)
def test_arguments_that_keras_forgets_survive(name, kwargs):
    again = losses.deserialize(json.loads(json.dumps(losses.serialize(getattr(losses, name)(**kwargs)))))
    assert {key: getattr(again, key) for key in kwargs} == kwargs


@pytest.mark.parametrize("name", CLASSES)
def test_losses_pickle(name):
    loss = pickle.loads(pickle.dumps(getattr(losses, name)()))
    assert loss.get_config() == getattr(losses, name)().get_config()


def test_custom_losses_serialize_by_name():
    written = losses.serialize(Difference(reduction="sum"))
    assert written["class_name"] == "Difference"
    assert losses.deserialize(written, {"Difference": Difference}).reduction == "sum"


@pytest.mark.parametrize(
    "alias", ["mse", "MSE", "mae", "MAE", "mape", "msle", "bce", "BCE", "kld", "KLD", "mean_squared_error"]
)
def test_aliases_are_keras(alias):
    assert losses.get(alias).__name__ == keras.losses.get(alias).__name__


@pytest.mark.parametrize(
    ("old", "today"),
    [
        ("kullback_leibler_divergence", losses.kl_divergence),
        ("cosine_proximity", losses.cosine_similarity),
        ("logcosh", losses.log_cosh),
        ("huber_loss", losses.huber),
    ],
)
def test_names_of_keras_1_and_2(old, today):
    assert losses.get(old) is today
    with pytest.warns(DeprecationWarning, match=f"use {today.__name__}"):
        assert getattr(losses, old) is today


def test_the_reductions_of_keras_2():
    with pytest.warns(DeprecationWarning, match="Reduction"):
        old = losses.Reduction
    assert losses.MeanSquaredError(reduction=old.NONE).reduction == "none"
    assert losses.MeanSquaredError(reduction="auto").reduction == "sum_over_batch_size"
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        losses.nothing  # noqa: B018


def test_get_takes_what_keras_takes():
    assert losses.get(None) is None
    assert losses.get(losses.huber) is losses.huber
    assert isinstance(losses.get("Huber"), losses.Huber)
    assert isinstance(losses.get(losses.Huber), losses.Huber)
    assert losses.get({"class_name": "Huber", "config": {"delta": 3.0}}).delta == 3.0


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: losses.get("mean_sqared_error"), ValueError, "Did you mean 'mean_squared_error'"),
        (lambda: losses.get(3), ValueError, "Could not interpret loss identifier: 3"),
        (lambda: losses.Huber(detla=1.0), TypeError, "Huber: unexpected argument 'detla'=1.0. Did you mean 'delta'"),
        (lambda: losses.Huber(reduction="sun"), ValueError, "`reduction`.*got 'sun'. Did you mean 'sum'"),
        (lambda: losses.Loss()(1.0, 2.0), NotImplementedError, "Loss has no `call"),
        (lambda: losses.CategoricalGeneralizedCrossEntropy(q=1.5)([1], [[0.5, 0.5]]), ValueError, "interval"),
        (lambda: losses.MeanSquaredError()(np.ones(4), np.ones((4, 3))), ValueError, r"got y_true of shape \(4,\)"),
        (lambda: losses.BinaryCrossentropy()(np.ones((4, 1)), np.ones((4, 3))), ValueError, "must have the same shape"),
        (
            lambda: losses.CategoricalCrossentropy()(np.ones(4), np.ones((4, 3))),
            ValueError,
            "Integer labels need `sparse_categorical_crossentropy`",
        ),
        (
            lambda: losses.SparseCategoricalCrossentropy()(np.ones((4, 3)), np.ones((4, 3))),
            ValueError,
            "One-hot targets need `categorical_crossentropy`",
        ),
        (lambda: losses.CTC()(np.ones(4), np.ones((4, 3))), ValueError, "ctc: expected labels"),
    ],
)
def test_bad_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_shapes_that_only_broadcast_are_warned_of():
    with pytest.warns(UserWarning, match=r"\(4, 1\) and y_pred of shape \(4, 3\) are broadcast to \(4, 3\)") as seen:
        value = losses.MeanSquaredError()(np.zeros((4, 1)), np.ones((4, 3)))
    assert len(seen) == 1
    assert float(value) == 1.0


LABELS, OUTPUTS = torch.tensor([0, 1, 2]), torch.rand(3, 3)


@pytest.mark.parametrize("loss", [losses.sparse_categorical_crossentropy, losses.SparseCategoricalCrossentropy()])
@pytest.mark.parametrize("wrong", [3, -1, 0.5])
def test_labels_that_name_no_class_are_refused(loss, wrong):
    check_targets(loss, LABELS, OUTPUTS)
    targets = LABELS.to(torch.float32 if isinstance(wrong, float) else torch.int64).clone()
    targets[1] = wrong
    with pytest.raises(ValueError, match=f"integer labels from 0 to 2 .* got {wrong}"):
        check_targets(loss, targets, OUTPUTS)


def test_an_ignored_class_is_not_refused():
    check_targets(losses.SparseCategoricalCrossentropy(ignore_class=-1), torch.tensor([0, -1, 2]), OUTPUTS)


@pytest.mark.parametrize("loss", [losses.binary_crossentropy, losses.BinaryFocalCrossentropy(from_logits=True)])
def test_targets_beyond_0_and_1_are_refused(loss):
    check_targets(loss, torch.tensor([0.0, 0.3, 1.0]), torch.rand(3))
    with pytest.raises(ValueError, match=r"from 0 to 1, got 2\.0"):
        check_targets(loss, torch.tensor([0.0, 2.0, 1.0]), torch.rand(3))


def test_other_losses_are_not_checked():
    check_targets(losses.MeanSquaredError(), torch.tensor([5.0]), torch.rand(1))
    check_targets(lambda a, b: a, torch.tensor([5.0]), torch.rand(1))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_have_an_object(name):
    loss = loss_object(getattr(losses, name))
    assert isinstance(loss, losses.Loss)
    assert loss.name == name
    assert loss_object(lambda a, b: a) is None


@pytest.mark.parametrize("dtype", ["float64", "float16", "bfloat16"])
def test_dtypes(dtype):
    value = losses.MeanSquaredError(dtype=dtype)(np.ones((2, 2), "float32"), np.zeros((2, 2), "float32"))
    assert value.dtype == getattr(torch, dtype)
    assert losses.MeanSquaredError(dtype="mixed_float16").dtype == "float16"


def test_custom_losses_reduce_and_take_structures():
    assert float(Difference()([3.0, 5.0], [1.0, 1.0])) == 3.0
    assert Difference(name="mine").name == "mine"

    class OfDicts(losses.Loss):
        def call(self, y_true, y_pred):
            return y_true["a"] - y_pred["a"] + y_pred["b"]

    value = OfDicts()({"a": np.ones(2)}, {"a": np.zeros(2), "b": torch.ones(2)})
    assert float(value) == 2.0
