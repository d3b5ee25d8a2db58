"""Loss scaling together with everything else that happens to gradients, against real Keras step by step."""

import itertools
import math

import keras
import numpy as np
import pytest
import torch

import torchkeras
from torchkeras import layers, models

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)
RULES = [("SGD", {"momentum": 0.9}), ("Adam", {}), ("AdamW", {"weight_decay": 0.1})]
ACCUMULATION = [None, 2]
CLIPPING = [{}, {"clipnorm": 0.5}, {"global_clipnorm": 0.7}, {"clipvalue": 0.1}]
AVERAGES = [{}, {"use_ema": True, "ema_momentum": 0.8}, {"use_ema": True, "ema_overwrite_frequency": 3}]
SCALES = [None, 4.0]
TABLE = [
    pytest.param(name, {**own, **clip, **ema, "gradient_accumulation_steps": steps, "loss_scale_factor": factor})
    for (name, own), clip, ema, steps, factor in itertools.product(RULES, CLIPPING, AVERAGES, ACCUMULATION, SCALES)
]
SHAPES = [(3, 4), (4,)]


def _gradients(steps, scale_of):
    """Float32 gradients, scaled as a loss would be; steps 3 and 8 overflow."""
    draw = np.random.default_rng(0)
    for step in range(steps):
        grads = [draw.normal(size=shape).astype("float32") for shape in SHAPES]
        if step == 3:
            grads[0][1, 2] = np.inf
        if step == 8:
            grads[1][0] = np.nan
        yield [gradient * scale_of() for gradient in grads]


def _train(package, name, arguments, steps=12):
    inner = getattr(package.optimizers, name)(0.05, **arguments)
    optimizer = package.optimizers.LossScaleOptimizer(inner, initial_scale=64.0, dynamic_growth_steps=4)
    weights = [package.Variable(np.ones(shape, "float32"), name=f"w{i}") for i, shape in enumerate(SHAPES)]
    optimizer.build(weights)
    history = []
    for grads in _gradients(steps, lambda: float(optimizer.dynamic_scale)):
        optimizer.apply([torch.as_tensor(gradient) for gradient in grads], weights)
        state = [*weights, *optimizer.variables]
        history.append([np.array(v.value.detach() if hasattr(v, "value") else v.numpy()) for v in state])
    optimizer.finalize_variable_values(weights)
    return optimizer, [*history, [np.array(v.value.detach()) for v in weights]]


@pytest.mark.parametrize(("name", "arguments"), TABLE)
def test_every_combination_steps_as_in_keras(name, arguments):
    _, expected = _train(keras, name, arguments)
    optimizer, got = _train(torchkeras, name, arguments)
    for step, (mine, theirs) in enumerate(zip(got, expected, strict=True)):
        assert len(mine) == len(theirs)
        for a, b in zip(mine, theirs):
            np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-6, err_msg=f"step {step}")
    assert optimizer.skipped_steps == 2


def test_gradients_are_left_alone():
    weights = [torchkeras.Variable(np.ones(3, "float32"), name="w")]
    gradient = torch.full((3,), 8.0)
    torchkeras.optimizers.LossScaleOptimizer(torchkeras.optimizers.SGD(0.1), initial_scale=8.0).apply(
        [gradient], weights
    )
    assert torch.equal(gradient, torch.full((3,), 8.0))
    np.testing.assert_allclose(weights[0].numpy(), 0.9, rtol=1e-6)


def _model(policy="mixed_float16"):
    torchkeras.config.set_dtype_policy(policy)
    return models.Sequential([layers.Input((4,)), layers.Dense(1, kernel_initializer="ones")])


def test_a_step_that_overflows_changes_nothing_and_halves_the_scale():
    model = _model()
    model.compile(torchkeras.optimizers.SGD(0.1, use_ema=True), "mse")
    before = model.get_weights()
    model.fit(np.full((4, 4), 1e4, "float32"), np.zeros((4, 1)), epochs=3, verbose=0)
    optimizer = model.optimizer
    assert optimizer.skipped_steps == 3
    assert float(optimizer.dynamic_scale) == 2.0**12
    assert int(optimizer.iterations) == 0
    for mine, old in zip(model.get_weights()[:1], before[:1]):
        np.testing.assert_array_equal(mine, old)


def test_averages_of_the_inner_optimizer_end_the_training():
    found = {}
    for policy in ("float32", "mixed_float16"):
        model = _model(policy)
        model.compile(torchkeras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5), "mse")
        model.fit(np.ones((8, 4), "float32"), np.zeros((8, 1)), batch_size=2, verbose=0)
        found[policy] = model.get_weights()[0]
    np.testing.assert_allclose(found["mixed_float16"], found["float32"], atol=2e-3)


@pytest.mark.parametrize("policy", ["float32", "mixed_float16", "mixed_bfloat16", "float16"])
@pytest.mark.parametrize("wanted", [True, False])
def test_compile_scales_where_keras_does(policy, wanted):
    found = []
    for package in (keras, torchkeras):
        package.config.set_dtype_policy(policy)
        model = package.Sequential([package.layers.Dense(1)])
        model.compile("sgd", "mse", auto_scale_loss=wanted)
        found.append(type(model.optimizer).__name__)
    assert found[0] == found[1]


def test_one_look_at_the_device_in_a_step():
    seen = []

    class Looks(torch.utils._python_dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            if function in (torch.ops.aten._local_scalar_dense.default, torch.ops.aten.is_nonzero.default):
                seen.append(function)
            return function(*args, **(kwargs or {}))

    model = _model()
    model.compile("adam", "mse")
    x, y = torch.ones(4, 4), torch.ones(4, 1)
    model.fit(x, y, verbose=0)
    with Looks():
        model.train_on_batch(x, y)
        once = len(seen)
        loss = model.compute_loss(x=x, y=y, y_pred=model(x))
        model.optimizer.scale_loss(loss).backward()
        seen.clear()
        model.optimizer.apply([v.tensor.grad for v in model.trainable_variables], model.trainable_variables)
    assert len(seen) == 1
    assert once <= 2  # `train_on_batch` returns its loss as a number
    assert math.isfinite(float(model.optimizer.dynamic_scale))
