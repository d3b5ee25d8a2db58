"""A hundred training steps on the same batches: at each one the loss is real Keras', to 1e-4 of it."""

import warnings
from typing import Any

import keras
import numpy as np
import pytest

import torchkeras
from torchkeras import _registry, optimizers

STEPS, BATCH = 100, 8
DRAW = np.random.default_rng(3)
OPTIMIZERS = {
    name: cls
    for name, cls in _registry.names("optimizers").items()
    if cls not in (optimizers.Optimizer, optimizers.LossScaleOptimizer)
}


def mlp(k: Any) -> Any:
    stack = [k.layers.Input((6,)), k.layers.Dense(16, "relu"), k.layers.Dense(8, "tanh"), k.layers.Dense(3, "softmax")]
    return k.Sequential(stack)


def cnn(k: Any) -> Any:
    x = inputs = k.Input((10, 10, 2))
    for filters in (4, 6):
        x = k.layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = k.layers.BatchNormalization(momentum=0.9)(x)
        x = k.layers.MaxPooling2D()(k.layers.ReLU()(x))
    return k.Model(inputs, k.layers.Dense(3, "softmax")(k.layers.Flatten()(x)))


def lstm(k: Any) -> Any:
    x = inputs = k.Input((6,), dtype="int32")
    x = k.layers.Embedding(10, 5, mask_zero=True)(x)
    x = k.layers.LSTM(7, return_sequences=True)(x)
    x = k.layers.LSTM(5)(x)
    return k.Model(inputs, k.layers.Dense(3, "softmax")(x))


def attention(k: Any) -> Any:
    x = inputs = k.Input((6,), dtype="int32")
    x = k.layers.Embedding(10, 8)(x)
    attended = k.layers.MultiHeadAttention(2, 4)(x, x)
    x = k.layers.LayerNormalization()(x + attended)
    x = k.layers.GlobalAveragePooling1D()(k.layers.Dense(12, "gelu")(x))
    return k.Model(inputs, k.layers.Dense(3, "softmax")(x))


def batches(model: Any) -> tuple[list[np.ndarray], list[np.ndarray]]:
    draw = np.random.default_rng(4)
    shape = (BATCH, *model.input_shape[1:])
    integers = "int" in model.inputs[0].dtype
    one = lambda: draw.integers(0, 10, shape).astype("int32") if integers else draw.normal(size=shape).astype("float32")
    # few different batches, so that there is something to learn
    xs, ys = [one() for _ in range(5)], [draw.integers(0, 3, BATCH) for _ in range(5)]
    return [xs[i % 5] for i in range(STEPS)], [ys[i % 5] for i in range(STEPS)]


def start(model: Any) -> list[np.ndarray]:
    """Weights that neither side draws: small, and ones where Keras starts at one."""
    draw = np.random.default_rng(5)
    return [
        np.ones(w.shape, "float32")
        if w.name in ("gamma", "moving_variance")
        else draw.normal(size=w.shape).astype("float32") * (0.3 if len(w.shape) > 1 else 0.01)
        for w in model.weights
    ]


def losses(module: Any, build: Any, name: str, arguments: dict[str, Any]) -> tuple[np.ndarray, list[np.ndarray]]:
    model = build(module)
    model.set_weights(start(model))
    model.compile(getattr(module.optimizers, name)(**arguments), "sparse_categorical_crossentropy")
    found = []
    for x, y in zip(*batches(model), strict=True):
        model.reset_metrics()
        found.append(model.train_on_batch(x, y))
    # softmax does not see the bias of the keys: it moves by rounding errors alone
    return np.array(found), [w.numpy() for w in model.weights if not w.path.endswith("key/bias")]


def compare(build: Any, name: str, arguments: dict[str, Any]) -> None:
    got, weights = losses(torchkeras, build, name, arguments)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected, expected_weights = losses(keras, build, name, arguments)
    np.testing.assert_allclose(got, expected, rtol=1e-4)
    assert abs(expected[-5:].mean() - expected[:5].mean()) > 1e-4, "nothing was learnt, so nothing was compared"
    for one, other in zip(weights, expected_weights, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("build", [mlp, cnn, lstm, attention])
@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_models(build: Any, name: str) -> None:
    compare(build, name, {"learning_rate": 0.01})


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers(name: str) -> None:
    compare(mlp, name, {"learning_rate": 0.01})


@pytest.mark.parametrize(
    "arguments",
    [
        {"clipnorm": 0.1},
        {"global_clipnorm": 0.1},
        {"weight_decay": 0.05},
        {"use_ema": True, "ema_overwrite_frequency": 5},
        {"gradient_accumulation_steps": 3},
    ],
    ids=lambda arguments: next(iter(arguments)),
)
def test_options(arguments: dict[str, Any]) -> None:
    compare(mlp, "Adam", {"learning_rate": 0.02, **arguments})


def test_a_schedule() -> None:
    rate = {module: module.optimizers.schedules.CosineDecay(0.1, 80) for module in (keras, torchkeras)}
    got, _ = losses(torchkeras, mlp, "SGD", {"learning_rate": rate[torchkeras], "momentum": 0.9})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected, _ = losses(keras, mlp, "SGD", {"learning_rate": rate[keras], "momentum": 0.9})
    np.testing.assert_allclose(got, expected, rtol=1e-4)
