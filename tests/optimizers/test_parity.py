"""Every optimizer of the registry against real Keras: weights, slots, configs and signatures."""

import inspect
import math

import keras
import numpy as np
import pytest
import torch

from torchkeras import optimizers
from torchkeras._registry import names
from torchkeras._variable import Layout, Variable

# real Keras reads its own variables in a way that NumPy 2 frowns on
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

ENTRIES = {
    name: cls
    for name, cls in names("optimizers").items()
    if cls not in (optimizers.Optimizer, optimizers.LossScaleOptimizer)
}
SHAPES = [(5, 4), (4,), (3, 3, 2, 6)]
STEPS = 80

OPTIONS = [
    {"clipnorm": 0.5},
    {"clipvalue": 0.5},
    {"global_clipnorm": 0.5},
    {"use_ema": True},
    {"use_ema": True, "ema_momentum": 0.9, "ema_overwrite_frequency": 7},
    {"gradient_accumulation_steps": 3},
    {"loss_scale_factor": 8.0},
    {
        "weight_decay": 0.1,
        "clipnorm": 1.0,
        "gradient_accumulation_steps": 2,
        "use_ema": True,
        "ema_overwrite_frequency": 4,
    },
]
OWN = [
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True}),
    ("SGD", {"nesterov": True}),
    ("Adam", {"amsgrad": True, "weight_decay": 0.1}),
    ("Adam", {"epsilon": 1e-2, "beta_1": 0.0}),
    ("AdamW", {"amsgrad": True}),
    ("RMSprop", {"momentum": 0.9}),
    ("RMSprop", {"centered": True}),
    ("RMSprop", {"centered": True, "momentum": 0.5, "rho": 0.7}),
    ("Adagrad", {"initial_accumulator_value": 0.0, "epsilon": 1e-3}),
    ("Adadelta", {"learning_rate": 1.0, "rho": 0.8}),
    ("Ftrl", {"l1_regularization_strength": 0.2}),
    ("Ftrl", {"l2_regularization_strength": 0.2, "beta": 0.3, "learning_rate_power": -0.7}),
    ("Ftrl", {"l2_shrinkage_regularization_strength": 0.2, "initial_accumulator_value": 0.3}),
    ("Adafactor", {"relative_step": False, "learning_rate": 0.5}),
    ("Adafactor", {"clip_threshold": 0.1, "epsilon_2": 0.5, "beta_2_decay": -0.5}),
    ("ScheduleFreeAdamW", {"warmup_steps": 7}),
    ("Lion", {"beta_1": 0.5, "beta_2": 0.9}),
    ("Muon", {"nesterov": False, "rms_rate": None, "ns_steps": 2}),
    ("Muon", {"exclude_layers": ["w0"], "adam_lr_ratio": 0.5, "adam_weight_decay": 0.2, "weight_decay": None}),
    ("Muon", {"adam_weight_decay": None, "weight_decay": 0.3, "muon_a": 3.0}),
]


def variables(dtype="float32"):
    """The same weights for both; the last one of ours lives in torch's layout, channels last in memory."""
    rng = np.random.default_rng(1)
    values = [rng.normal(size=shape).astype(dtype) for shape in SHAPES]
    theirs = [keras.Variable(value, name=f"v{index}", dtype=dtype) for index, value in enumerate(values)]
    ours = [Variable(value, name=f"v{index}", dtype=dtype) for index, value in enumerate(values)]
    stored = torch.tensor(values[2]).permute(3, 2, 0, 1).contiguous(memory_format=torch.channels_last)
    ours[2]._layout, ours[2]._tensor = Layout("hwio->oihw"), torch.nn.Parameter(stored)
    return theirs, ours


def train(name, kwargs, dtype="float32", steps=STEPS):
    theirs, ours = variables(dtype)
    reference, optimizer = getattr(keras.optimizers, name)(**kwargs), ENTRIES[name](**kwargs)
    rng = np.random.default_rng(2)
    for _ in range(steps):
        grads = [rng.normal(size=shape).astype(dtype) for shape in SHAPES]
        with torch.no_grad():
            reference.apply([torch.tensor(gradient) for gradient in grads], theirs)
        optimizer.apply(grads, ours)
    return reference, optimizer, theirs, ours


def assert_close(theirs, ours, tolerance=2e-6):
    for one, other in zip(theirs, ours, strict=True):
        expected = keras.ops.convert_to_numpy(one).astype("float64")
        size = max(1e-3, np.abs(expected).max(initial=0.0))
        error = np.abs(expected - other.numpy()).max(initial=0.0) / size
        assert error <= tolerance, f"{one.path}: off by {error:.1e}"


@pytest.mark.parametrize("name", ENTRIES)
@pytest.mark.parametrize("kwargs", [{}, {"learning_rate": 0.02, "weight_decay": 0.1}], ids=str)
def test_steps(name, kwargs):
    reference, optimizer, theirs, ours = train(name, kwargs)
    assert_close(theirs, ours, 5e-6 if name == "Muon" else 2e-6)  # its polynomial lets rounding errors grow
    assert_close(reference.variables, optimizer.variables, 2e-5)


@pytest.mark.parametrize(("name", "kwargs"), OWN, ids=str)
def test_own_arguments(name, kwargs):
    reference, optimizer, theirs, ours = train(name, kwargs)
    assert_close(theirs, ours, 5e-6)
    assert_close(reference.variables, optimizer.variables, 2e-5)


@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop"])
@pytest.mark.parametrize("kwargs", OPTIONS, ids=str)
def test_shared_arguments(name, kwargs):
    reference, optimizer, theirs, ours = train(name, kwargs)
    assert_close(theirs, ours)
    assert_close(reference.variables, optimizer.variables, 2e-5)


@pytest.mark.parametrize("name", ENTRIES)
def test_slots_have_keras_names(name):
    reference, optimizer, *_ = train(name, {"use_ema": True, "gradient_accumulation_steps": 2}, steps=1)
    for one, other in zip(reference.variables, optimizer.variables, strict=True):
        assert (tuple(one.shape), one.dtype) == (other.shape, other.dtype)
        if one.name.startswith("variable"):  # Nadam's, which Keras counts
            assert other.name.startswith("variable")
        else:
            assert (one.name, one.trainable) == (other.name, other.trainable)


@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop", "Nadam"])
def test_float64(name):
    _, _, theirs, ours = train(name, {}, "float64", 20)
    assert_close(theirs, ours, 1e-7)


@pytest.mark.parametrize("name", ENTRIES)
def test_config(name):
    reference, optimizer = getattr(keras.optimizers, name)(name="x"), ENTRIES[name](name="x")
    assert optimizer.get_config() == reference.get_config()
    assert list(optimizer.get_config()) == list(reference.get_config())
    assert ENTRIES[name].from_config(optimizer.get_config()).get_config() == optimizer.get_config()
    written = optimizers.serialize(optimizer)
    assert (written["module"], written["class_name"]) == ("keras.optimizers", name)
    assert optimizers.deserialize(written).get_config() == optimizer.get_config()
    assert optimizers.deserialize(keras.optimizers.serialize(reference)).get_config() == optimizer.get_config()
    if name != "Lamb":  # which Keras 3.15.1 writes and cannot read
        assert keras.optimizers.deserialize(written).get_config() == optimizer.get_config()


@pytest.mark.parametrize("name", ENTRIES)
def test_signature(name):
    expected = inspect.signature(getattr(keras.optimizers, name)).parameters.values()
    found = inspect.signature(ENTRIES[name]).parameters.values()
    assert [(p.name, p.default, p.kind) for p in found] == [(p.name, p.default, p.kind) for p in expected]


@pytest.mark.parametrize("name", ENTRIES)
def test_automatic_name(name):
    keras.utils.clear_session()
    assert ENTRIES[name]().name == getattr(keras.optimizers, name)().name


def test_loss_scale_optimizer_steps_as_keras():
    theirs, ours = variables()
    reference = keras.optimizers.LossScaleOptimizer(
        keras.optimizers.SGD(0.1), initial_scale=8.0, dynamic_growth_steps=3
    )
    optimizer = optimizers.LossScaleOptimizer(optimizers.SGD(0.1), initial_scale=8.0, dynamic_growth_steps=3)
    for factor in (1.0, 2.0, 1.0, 1.0, math.inf, math.nan, 1.0):
        grads = [np.full(shape, factor, "float32") for shape in SHAPES]
        with torch.no_grad():
            reference.apply([torch.tensor(gradient) for gradient in grads], theirs)
        optimizer.apply(grads, ours)
        assert float(optimizer.scale_loss(1.0)) == float(reference.scale_loss(1.0))
    assert_close(theirs, ours)
    assert_close(reference.variables, optimizer.variables)
    assert int(optimizer.iterations) == int(reference.iterations) == 5
