"""Every learning rate schedule of the registry against real Keras, and the ways in which optimizers use them."""

import inspect

import keras
import numpy as np
import pytest
import torch

from torchkeras import _settings, optimizers
from torchkeras._registry import names
from torchkeras._variable import Variable
from torchkeras.optimizers import schedules

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

ENTRIES = {
    name: cls for name, cls in names("optimizers.schedules").items() if cls is not schedules.LearningRateSchedule
}
CASES = {
    "CosineDecay": [
        {"initial_learning_rate": 0.1, "decay_steps": 20},
        {"initial_learning_rate": 0.1, "decay_steps": 20, "alpha": 0.2, "warmup_steps": 5},
        {"initial_learning_rate": 0.0, "decay_steps": 20, "alpha": 0.2, "warmup_steps": 5, "warmup_target": 0.3},
    ],
    "CosineDecayRestarts": [
        {"initial_learning_rate": 0.1, "first_decay_steps": 10},
        {"initial_learning_rate": 0.1, "first_decay_steps": 10, "t_mul": 1.0, "m_mul": 0.5},
        {"initial_learning_rate": 0.1, "first_decay_steps": 7, "t_mul": 1.5, "m_mul": 0.9, "alpha": 0.1},
    ],
    "ExponentialDecay": [
        {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.9},
        {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.9, "staircase": True},
    ],
    "InverseTimeDecay": [
        {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.9},
        {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.9, "staircase": True},
    ],
    "PiecewiseConstantDecay": [{"boundaries": [3, 9], "values": [0.1, 0.05, 0.01]}],
    "PolynomialDecay": [
        {"initial_learning_rate": 0.1, "decay_steps": 20},
        {"initial_learning_rate": 0.1, "decay_steps": 7, "end_learning_rate": 0.01, "power": 0.5, "cycle": True},
    ],
}
ROWS = [(name, kwargs) for name in ENTRIES for kwargs in CASES[name]]
STEPS = [*range(50), 99, 100, 101, 1000]


@pytest.mark.parametrize(("name", "kwargs"), ROWS, ids=str)
def test_rates(name, kwargs):
    reference, schedule = getattr(keras.optimizers.schedules, name)(**kwargs), ENTRIES[name](**kwargs)
    expected = [float(reference(step)) for step in STEPS]
    np.testing.assert_allclose([float(schedule(step)) for step in STEPS], expected, rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(schedule(np.array(STEPS)).numpy(), expected, rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(schedule(torch.tensor(STEPS)).numpy(), expected, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize(("name", "kwargs"), ROWS, ids=str)
def test_config(name, kwargs):
    reference, schedule = getattr(keras.optimizers.schedules, name)(**kwargs), ENTRIES[name](**kwargs)
    assert schedule.get_config() == reference.get_config()
    assert schedules.serialize(schedule) == keras.optimizers.schedules.serialize(reference)
    assert schedules.deserialize(schedules.serialize(schedule)).get_config() == schedule.get_config()


@pytest.mark.parametrize("name", ENTRIES)
def test_signature(name):
    def names_of(cls):
        found = inspect.signature(cls).parameters.values()
        return [(p.name, p.default) for p in found if p.kind is not p.VAR_KEYWORD]

    assert names_of(ENTRIES[name]) == names_of(getattr(keras.optimizers.schedules, name))


def test_a_rate_is_a_scalar_tensor_in_floatx():
    rate = schedules.ExponentialDecay(0.1, 10, 0.9)(Variable(3, dtype="int32", trainable=False))
    assert (rate.shape, rate.dtype) == ((), torch.float32)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: schedules.ExponentialDecay(0.1, 0, 0.9),
            "ExponentialDecay.*`decay_steps`: expected a number > 0, got 0",
        ),
        (lambda: schedules.CosineDecay(0.1, "9"), "CosineDecay.*`decay_steps`: expected a number > 0, got '9'"),
        (lambda: schedules.PiecewiseConstantDecay([1, 2], [0.1, 0.2]), "boundaries should be 1 less than"),
        (lambda: schedules.deserialize({"class_name": "CosinDecay", "config": {}}), "Did you mean 'CosineDecay'"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()


def test_a_schedule_without_formula_or_config_says_so():
    class Empty(schedules.LearningRateSchedule):
        pass

    with pytest.raises(NotImplementedError, match="'Empty' must override `__call__"):
        Empty()(1)
    with pytest.raises(NotImplementedError, match=r"'Empty' must override `get_config\(\)`"):
        Empty().get_config()


# In an optimizer.


def steps(optimizer, count):
    """The rates that plain descent really used."""
    weight = Variable(np.zeros(1), dtype="float64", name="w")
    seen = []
    for _ in range(count):
        before = weight.numpy()[0]
        optimizer.apply([np.ones(1)], [weight])
        seen.append(before - weight.numpy()[0])
    return seen


def test_the_optimizer_follows_its_schedule():
    schedule = schedules.PiecewiseConstantDecay([1, 3], [1.0, 0.5, 0.25])
    optimizer = optimizers.SGD(schedule)
    assert steps(optimizer, 6) == [1.0, 1.0, 0.5, 0.5, 0.25, 0.25]
    assert float(optimizer.learning_rate) == 0.25
    assert [variable.name for variable in optimizer.variables] == ["iteration"]


def test_a_users_schedule_is_called_with_the_iterations():
    class Warmup(schedules.LearningRateSchedule):
        def __call__(self, step):
            assert _settings.device().type == "cpu"
            return torch.minimum(torch.as_tensor(step.value, dtype=torch.float64) / 4, torch.tensor(0.5))

    assert steps(optimizers.SGD(Warmup()), 4) == [0.0, 0.25, 0.5, 0.5]


def test_a_subclass_of_a_built_in_schedule_may_override_the_call():
    class Half(schedules.ExponentialDecay):
        def __call__(self, step):
            return super().__call__(step) * 0.5

    assert steps(optimizers.SGD(Half(1.0, 1, 0.5)), 3) == [0.5, 0.25, 0.125]


def test_functions_of_nothing_and_of_the_iterations():
    assert steps(optimizers.SGD(lambda: 0.5), 2) == [0.5, 0.5]
    assert steps(optimizers.SGD(lambda step: 1.0 / (1 + int(step))), 2) == [1.0, 0.5]


def test_a_schedule_is_not_assignable_but_replaceable():
    optimizer = optimizers.SGD(schedules.ExponentialDecay(1.0, 1, 0.5))
    with pytest.raises(TypeError, match="its learning rate is not settable"):
        optimizer.learning_rate = 0.1
    optimizer.learning_rate = schedules.ExponentialDecay(0.5, 1, 0.5)
    assert steps(optimizer, 2) == [0.5, 0.25]
    other = optimizers.SGD(0.1)
    other.learning_rate = schedules.ExponentialDecay(0.5, 1, 0.5)
    assert steps(other, 2) == [0.5, 0.25]


def test_config_of_an_optimizer_with_a_schedule():
    arguments = {"initial_learning_rate": 0.1, "decay_steps": 10}
    optimizer = optimizers.Adam(schedules.CosineDecay(**arguments), name="a")
    reference = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(**arguments), name="a")
    assert optimizer.get_config() == reference.get_config()
    again = optimizers.deserialize(optimizers.serialize(optimizer))
    assert isinstance(again._rate, schedules.CosineDecay)
    assert again.get_config() == optimizer.get_config()
