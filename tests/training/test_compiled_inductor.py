"""Steps compiled by inductor, as `jit_compile=True` does it: the numbers of eager steps over 100 of them."""

import importlib.util
import pathlib
import sys
from typing import Any

import numpy as np
import pytest

import torchkeras as tk
from torchkeras import _registry

_place = pathlib.Path(__file__).with_name("compiled_rows.py")
_spec: Any = importlib.util.spec_from_file_location("compiled_rows", _place)
rows: Any = importlib.util.module_from_spec(_spec)
sys.modules.setdefault("compiled_rows", rows)
_spec.loader.exec_module(rows)

L = tk.layers


def _attention() -> Any:
    inputs = L.Input((6,))
    x = L.Reshape((6, 1))(inputs)
    x = L.LayerNormalization()(x + L.MultiHeadAttention(2, 3)(x, x))
    return tk.Model(inputs, L.Dense(3)(L.GlobalAveragePooling1D()(x)))


_images = rows.stack(
    lambda: L.Reshape((6, 6, 1)),
    lambda: L.Conv2D(4, 3, use_bias=False),
    L.BatchNormalization,
    L.ReLU,
    L.MaxPooling2D,
    L.Flatten,
    rows.dense(activation="softmax"),
    inputs=(36,),
)
CASES: dict[str, dict[str, Any]] = {
    "dense, Adam": {"metrics": ["mae"]},
    "dense, Lamb": {"optimizer": "lamb"},
    "dense, Adafactor": {"optimizer": "adafactor"},
    "images, SGD": {
        "model": _images,
        "x": np.random.default_rng(0).random((43, 36), dtype="float32"),
        "y": rows.CLASSES,
        "loss": "sparse_categorical_crossentropy",
        "metrics": ["accuracy"],
        "optimizer": lambda: tk.optimizers.SGD(0.01, momentum=0.9),
    },
    # gradients of the keys' biases are zero but for rounding, which Adam with a small epsilon blows up to full steps
    "attention, AdamW": {"model": _attention, "optimizer": lambda: tk.optimizers.AdamW(epsilon=1e-3)},
    "two outputs, RMSprop": {**rows.FEATURES["two outputs"], "optimizer": "rmsprop"},
    "masks, Nadam": {**rows.FEATURES["masks"], "optimizer": "nadam"},
}


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
def test_a_hundred_compiled_steps_give_the_numbers_of_eager_ones(name: str) -> None:
    row = CASES[name]
    compiled = rows.train(True, epochs=17, **row)  # of six steps each
    assert compiled[0]._train_function.run is not compiled[0]._train_function.eager
    rows.agree(compiled, rows.train(False, epochs=17, **row))


@pytest.mark.long
def test_dropout_draws_new_masks_in_each_compiled_step() -> None:
    model = rows.stack(lambda: L.Dropout(0.5), rows.dense())()
    model.compile(tk.optimizers.SGD(0.0), "mse", jit_compile=True)
    losses = [model.train_on_batch(rows.X[:8], rows.VALUES[:8]) for _ in range(8)]
    assert len(set(losses)) == 8
    assert model._train_function.run is not model._train_function.eager


@pytest.mark.long
def test_evaluation_and_prediction_compiled_by_inductor_agree() -> None:
    model, _ = rows.train(False, metrics=["mae"])
    expected = model.evaluate(rows.X, rows.VALUES, batch_size=8, verbose=0), model.predict(rows.X, 8, verbose=0)
    model.compile(model.optimizer, "mse", metrics=["mae"], jit_compile=True)
    np.testing.assert_allclose(model.evaluate(rows.X, rows.VALUES, batch_size=8, verbose=0), expected[0], atol=1e-5)
    np.testing.assert_allclose(model.predict(rows.X, 8, verbose=0), expected[1], atol=1e-5)


def test_options_reach_torch_compile() -> None:
    with pytest.warns(UserWarning, match="cannot be compiled.*Unexpected optimization option no_such_option"):
        rows.train({"options": {"no_such_option": True}}, epochs=1)


# Every loss and metric of the registry, captured but run by torch's own kernels.


def _like(name: str) -> dict[str, Any]:
    """A model, and targets, of the kind that a loss or metric wants."""
    if "Sparse" in name or "GeneralizedCross" in name:
        return {"model": rows.softmax, "y": rows.CLASSES, "loss": "sparse_categorical_crossentropy"}
    if any(word in name for word in ("Binary", "AUC", "Precision", "Recall", "Positives", "Negatives", "Specificity")):
        return {"model": rows.sigmoid, "y": rows.BITS}
    if name in ("IoU", "MeanIoU"):
        return {"model": rows.sigmoid, "y": rows.BITS}
    if any(word in name for word in ("Categorical", "OneHot", "Score", "Dice", "Tversky", "KL", "Poisson")):
        return {"model": rows.softmax, "y": rows.ONE_HOT}
    return {"y": rows.CLASSES} if name == "Circle" else {}


def _classes(family: str, *without: str) -> list[str]:
    found = _registry.names(family)
    return sorted(name for name, each in found.items() if isinstance(each, type) and name not in without)


_ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "SensitivityAtSpecificity": (0.5,),
    "SpecificityAtSensitivity": (0.5,),
    "PrecisionAtRecall": (0.5,),
    "RecallAtPrecision": (0.5,),
    "IoU": (2, [0]),
    "MeanIoU": (2,),
    "OneHotIoU": (3, [0]),
    "OneHotMeanIoU": (3,),
}


@pytest.mark.long
@pytest.mark.parametrize("name", _classes("losses", "Loss", "CTC"))
def test_every_loss_can_be_captured(name: str) -> None:
    row = _like(name) | {"loss": getattr(tk.losses, name)(), "optimizer": "sgd"}
    compiled = rows.train({"backend": "eager"}, **row)
    assert ".whole." in compiled[0]._train_function.run.__qualname__
    rows.agree(compiled, rows.train(False, **row))


@pytest.mark.long
@pytest.mark.parametrize("name", _classes("metrics", "Metric", "Mean", "Sum", "MeanMetricWrapper"))
def test_every_metric_can_be_captured(name: str) -> None:
    metric = getattr(tk.metrics, name)
    row = {"optimizer": "sgd", **_like(name), "metrics": [lambda: metric(*_ARGUMENTS.get(name, ()))]}
    compiled = rows.train({"backend": "eager"}, **row)
    assert ".whole." in compiled[0]._train_function.run.__qualname__
    rows.agree(compiled, rows.train(False, **row))
