"""Names, spellings of every era, and what is refused."""

import warnings

import keras
import numpy as np
import pytest
import torch

from torchkeras import optimizers
from torchkeras._registry import names
from torchkeras._variable import Variable

RULES = {
    name: cls
    for name, cls in names("optimizers").items()
    if cls not in (optimizers.Optimizer, optimizers.LossScaleOptimizer)
}


def weight(*shape, name="w", value=1.0):
    return Variable(np.full(shape, value, "float32"), name=name)


# Keras 1 and 2.


def test_old_spellings():
    with pytest.warns(DeprecationWarning, match="`lr=` is now called `learning_rate=`"):
        optimizer = optimizers.SGD(lr=0.5)
    with pytest.warns(DeprecationWarning, match="`optimizer.lr` is now"):
        assert float(optimizer.lr) == 0.5
    with pytest.warns(DeprecationWarning, match="`optimizer.lr` is now"):
        optimizer.lr = 0.25
    assert float(optimizer.learning_rate) == 0.25
    with pytest.warns(DeprecationWarning, match=r"`optimizers\.rmsprop` is now `optimizers\.RMSprop`"):
        assert optimizers.rmsprop is optimizers.RMSprop
    with pytest.warns(DeprecationWarning, match="`schedule_decay=` has no effect"):
        optimizers.Nadam(schedule_decay=0.004)
    assert optimizers.legacy.Adam is optimizers.Adam
    assert optimizers.Adam(epsilon=None).epsilon == 1e-7
    with pytest.raises(ValueError, match="both `learning_rate` and `lr`"):
        optimizers.SGD(learning_rate=0.1, lr=0.1)


def test_decay_over_time():
    with pytest.warns(DeprecationWarning, match="InverseTimeDecay"):
        optimizer = optimizers.SGD(1.0, decay=1.0)
    kernel = weight(1, value=0.0)
    for _ in range(3):
        optimizer.apply([torch.ones(1)], [kernel])
    assert kernel.numpy()[0] == pytest.approx(-(1 + 1 / 2 + 1 / 3))
    with pytest.warns(DeprecationWarning, match="InverseTimeDecay"):
        assert optimizers.SGD.from_config(optimizer.get_config()).get_config() == optimizer.get_config()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "decay" not in optimizers.SGD(decay=0.0).get_config()


# Names.


@pytest.mark.parametrize("identifier", ["adam", "Adam", "ADAM", optimizers.Adam, {"class_name": "Adam", "config": {}}])
def test_get(identifier):
    assert type(optimizers.get(identifier)) is optimizers.Adam


def test_get_passes_optimizers_and_none():
    optimizer = optimizers.SGD()
    assert optimizers.get(optimizer) is optimizer
    assert optimizers.get(None) is None


@pytest.mark.parametrize(("identifier", "message"), [("adm", "Did you mean 'adam'"), (3, "3"), (print, "print")])
def test_get_of_something_else(identifier, message):
    with pytest.raises(ValueError, match=f"Could not interpret optimizer identifier.*{message}"):
        optimizers.get(identifier)


# Errors.

BAD = [
    ({"learning_rate": -0.1}, "`learning_rate` should be a finite number of at least 0, got -0.1"),
    ({"learning_rate": float("nan")}, "finite number of at least 0, got nan"),
    ({"learning_rate": float("inf")}, "finite number of at least 0, got inf"),
    ({"learning_rate": None}, "should be a number, a `LearningRateSchedule` or a function"),
    ({"learning_rate": "fast"}, "should be a number.*got 'fast'"),
    ({"learning_rate": True}, "should be a number.*got True"),
    ({"clipnorm": 1.0, "clipvalue": 1.0}, "Only one of `clipnorm`, `clipvalue` and `global_clipnorm`"),
    ({"clipnorm": "1"}, "`clipnorm` must be a number or None, got '1'"),
    ({"weight_decay": "1"}, "`weight_decay` must be a"),
    ({"use_ema": True, "ema_momentum": 2.0}, r"`ema_momentum` must be in the range \[0, 1\], got 2.0"),
    ({"ema_overwrite_frequency": 0}, "`ema_overwrite_frequency` must be an integer >= 1 or None, got 0"),
    ({"gradient_accumulation_steps": 1}, "`gradient_accumulation_steps` must be an integer >= 2 or None, got 1"),
    ({"gradient_accumulation_steps": 2.5}, "`gradient_accumulation_steps` must be an integer >= 2 or None, got 2.5"),
    ({"wieght_decay": 0.1}, "not recognized: {'wieght_decay': 0.1}. Did you mean 'weight_decay'"),
]


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize(("kwargs", "message"), BAD, ids=[str(kwargs) for kwargs, _ in BAD])
def test_bad_arguments(name, kwargs, message):
    with pytest.raises(ValueError, match=f"{name}: .*{message}"):
        RULES[name](**kwargs)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: optimizers.SGD(momentum=3.0), r"`momentum` must be a float between \[0, 1\]"),
        (lambda: optimizers.SGD(momentum="3"), "`momentum`: expected a number, got '3'"),
        (lambda: optimizers.Adam(beta_1=1.5), 'Adam ".*": `beta_1`: expected a number between 0 and 1, got 1.5'),
        (lambda: optimizers.AdamW(weight_decay=None), "`weight_decay` must be a float"),
        (lambda: optimizers.Lion(beta_1=0.0), "degenerates to SignSGD"),
        (lambda: optimizers.Ftrl(learning_rate_power=1.0), "`learning_rate_power` needs to be negative or zero"),
        (lambda: optimizers.LossScaleOptimizer("sgd"), "`inner_optimizer` must be an optimizer, got 'sgd'"),
        (
            lambda: optimizers.LossScaleOptimizer(optimizers.SGD(), initial_scale=0),
            "`initial_scale` must be a number > 0",
        ),
        (
            lambda: optimizers.LossScaleOptimizer(optimizers.SGD(), clipnorm=1.0),
            "set `clipnorm` on the `inner_optimizer`",
        ),
        (lambda: optimizers.LossScaleOptimizer(optimizers.SGD(), foo=1.0), "does not support arguments: `foo`"),
        (lambda: optimizers.LossScaleOptimizer(optimizers.SGD(), dynamic=False), "no longer supports `dynamic=False`"),
    ],
)
def test_bad_own_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_bad_calls():
    kernel, other = weight(2), weight(2, name="other")
    optimizer = optimizers.SGD(0.1)
    optimizer.apply([], [])
    assert not optimizer.built
    with pytest.raises(ValueError, match="must already be built"):
        optimizer.apply([torch.ones(2)])
    with pytest.raises(ValueError, match="got 1 gradients for 2 variables"):
        optimizer.apply([torch.ones(2)], [kernel, other])
    optimizer.apply([torch.ones(2)], [kernel])
    with pytest.raises(ValueError, match=r"Unknown variable: other of shape"):
        optimizer.apply([torch.ones(2)], [other])
    with pytest.raises(ValueError, match="No gradients provided for any variable: w"):
        optimizer.apply([None], [kernel])
    with pytest.raises(ValueError, match=r"Variable w has shape \(2,\), its gradient is a Tensor of shape \(3,\)"):
        optimizer.apply([torch.ones(3)], [kernel])
    with pytest.raises(ValueError, match="at least 0, got -1"):
        optimizer.learning_rate = -1.0
    with pytest.raises(NotImplementedError, match=r"must override `update_step"):
        optimizers.Optimizer(0.1).apply([torch.ones(2)], [kernel])
    with pytest.raises(RuntimeError, match="Cannot set `iterations`"):
        optimizer.iterations = 3


def test_names_are_keras():
    public = {name for name in dir(keras.optimizers) if not name.startswith("_")}
    assert public - set(dir(optimizers)) <= {"MultiOptimizer", "OptimizerMap", "Muon"}
