"""Every optimizer: a training that is saved goes on after loading as it would have gone on, here and in real Keras."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import torchkeras
from torchkeras._registry import names

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

BASES = (torchkeras.optimizers.Optimizer, torchkeras.optimizers.LossScaleOptimizer)
CASES: list[tuple[str, dict[str, Any]]] = [
    (name, {}) for name, cls in names("optimizers").items() if cls not in BASES and name == cls.__name__
]
CASES += [
    ("SGD", {"momentum": 0.9, "use_ema": True}),
    ("Adam", {"amsgrad": True, "gradient_accumulation_steps": 2}),
    ("RMSprop", {"centered": True, "momentum": 0.5, "weight_decay": 0.01}),
    ("Adam", {"learning_rate": "schedule"}),
    ("LossScaleOptimizer", {}),
]
DATA = np.random.default_rng(0).normal(size=(12, 4)).astype("float32")
TARGETS = DATA[:, :2] * 0.5


def make(package: Any, name: str, options: dict[str, Any]) -> Any:
    options = dict(options)
    if options.get("learning_rate") == "schedule":
        options["learning_rate"] = package.optimizers.schedules.CosineDecay(0.1, 20)
    if name == "LossScaleOptimizer":
        optimizer = package.optimizers.LossScaleOptimizer(package.optimizers.SGD(momentum=0.9), initial_scale=8.0)
    else:
        optimizer = getattr(package.optimizers, name)(**options)
    layers = package.layers
    # no bias before the normalization: its gradient would be rounding errors, which some rules make large
    first = layers.Dense(3, use_bias=False)
    model = package.Sequential([package.Input((4,)), first, layers.BatchNormalization(), layers.Dense(2)])
    draw = np.random.default_rng(1)
    model.set_weights([draw.uniform(0.1, 0.9, w.shape).astype("float32") for w in model.weights])
    model.compile(optimizer, "mse", metrics=["mae"])
    train(model)
    return model


def train(model: Any) -> None:
    model.fit(DATA, TARGETS, batch_size=6, epochs=2, verbose=0, shuffle=False)


def same(found: Any, wanted: Any, exactly: bool = True) -> None:
    pairs = [*zip(found.optimizer.variables, wanted.optimizer.variables, strict=True)]
    pairs += zip(found.weights, wanted.weights, strict=True)
    for got, expected in pairs:
        tolerance = 0 if exactly else 2e-5
        np.testing.assert_allclose(_array(got), _array(expected), rtol=tolerance, atol=tolerance)


def _array(variable: Any) -> np.ndarray:
    return variable.value.detach().numpy()


@pytest.mark.parametrize(("name", "options"), CASES, ids=[f"{name}-{options}" for name, options in CASES])
def test_training_goes_on(name: str, options: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    ours = make(torchkeras, name, options)
    ours.save(path)
    again, theirs = torchkeras.saving.load_model(path), keras.saving.load_model(path)
    same(again, ours)
    same(theirs, ours)
    for model in (ours, again, theirs):
        train(model)
    same(again, ours)
    same(theirs, ours, exactly=False)
    theirs.save(path)
    ours = torchkeras.saving.load_model(path)
    same(ours, theirs)
    assert ours.loss == "mse"
    assert type(ours.optimizer).__name__ == type(theirs.optimizer).__name__


def test_optimizer_state_in_files_of_weights(tmp_path: Path) -> None:
    ours = make(torchkeras, "Adam", {})
    ours.save_weights(tmp_path / "it.weights.h5")
    other = make(torchkeras, "Adam", {})
    train(other)
    other.load_weights(tmp_path / "it.weights.h5")
    same(other, ours)


def test_a_file_without_optimizer_leaves_it_alone(tmp_path: Path) -> None:
    ours = make(torchkeras, "Adam", {})
    bare = torchkeras.models.clone_model(ours)
    bare.save_weights(tmp_path / "it.weights.h5")
    with pytest.warns(UserWarning, match="Skipping variable loading for optimizer 'adam', because it has 12 variables"):
        ours.load_weights(tmp_path / "it.weights.h5")
    assert int(ours.optimizer.iterations) == 4


def test_compile_false(tmp_path: Path) -> None:
    make(torchkeras, "Adam", {}).save(tmp_path / "it.keras")
    model = torchkeras.saving.load_model(tmp_path / "it.keras", compile=False)
    assert model.optimizer is None
    assert not model.compiled
    make(torchkeras, "Adam", {}).save(tmp_path / "bare.keras", include_optimizer=False)
    assert not torchkeras.saving.load_model(tmp_path / "bare.keras").compiled
