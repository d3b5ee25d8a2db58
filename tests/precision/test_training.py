"""Whole models under every policy: training against real Keras, what comes out, and where numbers are of 32 bits."""

import contextlib
import io
import warnings

import keras
import numpy as np
import pytest
import torch

import torchkeras
from torchkeras import layers, losses, metrics, models, optimizers
from torchkeras._registry import names

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)
MIXED = ["mixed_bfloat16", "mixed_float16"]
STEPS, ROWS = 50, 16


def _dense(k):
    return [
        k.Input((8,)),
        k.layers.Dense(16, activation="relu"),
        k.layers.BatchNormalization(),
        k.layers.Dense(16, activation="tanh", kernel_regularizer="l2"),
        k.layers.LayerNormalization(),
        k.layers.Dense(3, activation="softmax"),
    ]


def _images(k):
    return [
        k.Input((8,)),
        k.layers.Reshape((2, 2, 2)),
        k.layers.UpSampling2D(3),
        k.layers.Conv2D(6, 3, activation="relu"),
        k.layers.BatchNormalization(),
        k.layers.MaxPooling2D(),
        k.layers.SeparableConv2D(6, 2, activation="gelu"),
        k.layers.GlobalAveragePooling2D(),
        k.layers.Dense(3),
        k.layers.Activation("softmax", dtype="float32"),
    ]


def _sequences(k):
    return [
        k.Input((8,)),
        k.layers.Reshape((4, 2)),
        k.layers.Bidirectional(k.layers.LSTM(5, return_sequences=True)),
        k.layers.GRU(6),
        k.layers.Dense(3, activation="softmax"),
    ]


BUILDERS = {"dense": _dense, "images": _images, "sequences": _sequences}


def _data():
    draw = np.random.default_rng(0)
    x = draw.normal(size=(STEPS * ROWS, 8)).astype("float32")
    return x, (x @ draw.normal(size=(8, 3))).argmax(-1)


def _losses(package, stack, policy, weights=None):
    package.config.set_dtype_policy(policy)
    model = package.Sequential(stack(package))
    if weights is not None:
        model.set_weights(weights)
    start = model.get_weights()
    model.compile(package.optimizers.Adam(3e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    x, y = _data()
    found = [
        model.train_on_batch(x[i : i + ROWS], y[i : i + ROWS], return_dict=True)["loss"] for i in range(0, len(x), ROWS)
    ]
    return start, np.array(found, "float64"), model


@pytest.mark.parametrize("kind", BUILDERS)
@pytest.mark.parametrize("policy", MIXED)
def test_fifty_steps_as_in_keras(kind, policy):
    start, expected, theirs = _losses(keras, BUILDERS[kind], policy)
    _, got, ours = _losses(torchkeras, BUILDERS[kind], policy, start)
    np.testing.assert_allclose(got, expected, atol=2e-2 if policy == "mixed_bfloat16" else 4e-3)
    assert got[-1] < got[0]
    assert [w.dtype for w in ours.weights] == [w.dtype for w in theirs.weights]


@pytest.mark.parametrize("policy", [*MIXED, "bfloat16", "float16", "float64"])
def test_fit_evaluate_predict_and_summary(policy):
    torchkeras.config.set_dtype_policy(policy)
    model = models.Sequential(_dense(torchkeras))
    model.compile(optimizers.SGD(0.05), "sparse_categorical_crossentropy", metrics=["accuracy"])
    x, y = _data()
    history = model.fit(x, y, batch_size=100, epochs=3, validation_split=0.2, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]
    loss, accuracy = model.evaluate(x, y, verbose=0)
    assert np.isfinite(loss)
    assert accuracy > 0.4
    predicted = model.predict(x, verbose=0)
    outputs = model(x)
    assert outputs.dtype is getattr(torch, policy.removeprefix("mixed_"))
    np.testing.assert_allclose(predicted.astype("float64"), outputs.detach().double(), atol=1e-2)
    text = io.StringIO()
    model.summary(print_fn=lambda line, **_: text.write(line))
    assert f"Trainable params: {model.count_params() - 32}" in text.getvalue()


@pytest.mark.parametrize("policy", MIXED)
def test_losses_and_metrics_compute_in_32_bits(policy):
    torchkeras.config.set_dtype_policy(policy)
    half = getattr(torch, policy.removeprefix("mixed_"))
    y_pred = torch.full((4, 1), 300.0, dtype=half)
    loss = losses.MeanSquaredError()(torch.zeros(4, 1), y_pred)
    assert loss.dtype is torch.float32
    assert float(loss) == 90000.0  # beyond float16
    metric = metrics.MeanSquaredError()
    metric.update_state(torch.zeros(4, 1), y_pred)  # where Keras gives infinity
    assert float(metric.result()) == 90000.0
    assert {v.dtype for v in metric.variables} == {"float32"}


@pytest.mark.parametrize("policy", MIXED)
def test_the_default_step_calls_the_loss_in_32_bits(policy):
    torchkeras.config.set_dtype_policy(policy)
    seen = set()

    def loss(y_true, y_pred):
        seen.add((y_true.dtype, y_pred.dtype))
        return (y_true - y_pred).square().mean(-1)

    model = models.Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("sgd", loss)
    model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)
    assert seen == {(torch.float32, torch.float32)}


RULES = sorted(set(names("optimizers")) - {"Optimizer", "LossScaleOptimizer"})
# squares of small gradients are 0 in float16, and these rules divide by their root
NOT_IN_FLOAT16 = {"Nadam", "ScheduleFreeAdamW"}


HALVES = [(name, "bfloat16") for name in RULES] + [(n, "float16") for n in RULES if n not in NOT_IN_FLOAT16]


@pytest.mark.parametrize(("name", "dtype"), HALVES)
def test_rules_move_weights_of_16_bits_like_those_of_32(name, dtype):
    def moved(kind):
        draw = np.random.default_rng(0)
        weight = torchkeras.Variable(np.ones((5, 20), "float32"), dtype=kind)
        optimizer = names("optimizers")[name](0.01)
        for _ in range(20):
            gradient = torch.as_tensor(draw.normal(0.05, 0.1, (5, 20)))
            optimizer.apply([gradient.to(weight.tensor.dtype)], [weight])
        return weight.value.detach().double()

    assert (moved(dtype) - moved("float32")).abs().max() < 0.06


@pytest.mark.parametrize("policy", MIXED)
def test_dropout_and_seeds_in_16_bits(policy):
    torchkeras.config.set_dtype_policy(policy)
    x = torch.ones(100, 100)
    for layer in (layers.Dropout(0.5), layers.Dropout(0.5, seed=1), layers.GaussianNoise(0.1, seed=1)):
        out = layer(x, training=True)
        assert out.dtype is layer._compute
        assert 0.9 < float(out.float().mean()) < 1.1


@pytest.mark.parametrize("policy", MIXED)
def test_a_compiled_step_of_a_mixed_model(policy):
    found = {}
    for jit in (False, {"backend": "aot_eager"}):
        torchkeras.utils.set_random_seed(0)
        torchkeras.config.set_dtype_policy(policy)
        model = models.Sequential(_dense(torchkeras))
        model.compile("adam", "sparse_categorical_crossentropy", jit_compile=jit)
        x, y = _data()
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("error")
            found[bool(jit)] = model.fit(x[:160], y[:160], batch_size=16, shuffle=False, verbose=0).history["loss"]
    np.testing.assert_allclose(found[True], found[False], atol=5e-3)
