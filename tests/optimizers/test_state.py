"""What an optimizer remembers, its copies, and users' own rules."""

import copy
import pickle

import numpy as np
import pytest
import torch

from torchkeras import optimizers
from torchkeras._registry import names, register_keras_serializable
from torchkeras._variable import Layout, Variable

RULES = {
    name: cls
    for name, cls in names("optimizers").items()
    if cls not in (optimizers.Optimizer, optimizers.LossScaleOptimizer)
}


def weight(*shape, name="w", value=1.0):
    return Variable(np.full(shape, value, "float32"), name=name)


def transposed(rows, columns):
    """A weight whose stored tensor is the transpose of what Keras sees."""
    made = weight(columns, rows)
    made._layout = Layout("io->oi")
    return made


# The learning rate and the iterations.


def test_the_learning_rate_reads_and_assigns_like_a_variable():
    optimizer = optimizers.SGD(0.1)
    assert float(optimizer.learning_rate) == np.float32(0.1)
    assert optimizer.learning_rate.numpy() == np.float32(0.1)
    optimizer.learning_rate = 0.5
    assert optimizer.get_config()["learning_rate"] == 0.5
    optimizer.learning_rate.assign(torch.tensor(0.25))
    kernel = weight(1)
    optimizer.apply([torch.ones(1)], [kernel])
    assert kernel.numpy()[0] == 0.75
    assert float(optimizer.learning_rate * 2) == 0.5
    with pytest.raises(ValueError, match=r"learning_rate: expected one number, got a value of shape \(2,\)"):
        optimizer.learning_rate.assign([1.0, 2.0])


def test_iterations():
    optimizer = optimizers.SGD(0.1)
    kernel = weight(1)
    assert int(optimizer.iterations) == 0
    assert int(optimizer.apply_gradients([(torch.ones(1), kernel)])) == 1
    optimizer.apply_gradients(zip([torch.ones(1)], [kernel]))
    assert optimizer.iterations.numpy() == 2
    assert optimizer.iterations.dtype == "int32"
    accumulating = optimizers.SGD(0.1, gradient_accumulation_steps=2)
    for _ in range(3):
        accumulating.apply([torch.ones(1)], [kernel])
    assert int(accumulating.iterations) == 1


# State.


def trained(name="Adam", steps=3, **kwargs):
    kernel = transposed(2, 3)
    optimizer = RULES[name](0.1, **kwargs)
    for step in range(steps):
        optimizer.apply([np.full((2, 3), step + 1.0, "float32")], [kernel])
    return optimizer, kernel


@pytest.mark.parametrize("name", RULES)
def test_saved_and_loaded_it_goes_on_the_same(name):
    optimizer, kernel = trained(name)
    store = {}
    optimizer.save_own_variables(store)
    assert list(store) == [str(index) for index in range(len(optimizer.variables))]
    assert all(isinstance(value, np.ndarray) for value in store.values())
    other, again = RULES[name](0.7), transposed(2, 3)
    again.assign(kernel.numpy())
    other.build([again])
    other.load_own_variables(store)
    gradient = np.arange(6, dtype="float32").reshape(2, 3)
    optimizer.apply([gradient], [kernel])
    other.apply([gradient], [again])
    np.testing.assert_allclose(again.numpy(), kernel.numpy(), rtol=1e-6)


def test_slots_are_saved_in_keras_layout():
    optimizer, _ = trained()
    assert [variable.shape for variable in optimizer.variables[2:]] == [(2, 3), (2, 3)]
    optimizer.set_weights([np.zeros(variable.shape) for variable in optimizer.variables])
    assert int(optimizer.iterations) == 0
    assert all((value == 0).all() for value in optimizer.get_weights())


def test_bad_state():
    optimizer, _ = trained()
    with pytest.warns(UserWarning, match="has 4 variables whereas the saved optimizer has 1"):
        optimizer.load_own_variables({"0": np.zeros(())})
    with pytest.raises(ValueError, match="has 4 variables, got 1 weights"):
        optimizer.set_weights([1])
    before = optimizer.get_weights()
    with pytest.raises(ValueError, match=r"w_velocity has shape \(2, 3\), got a weight of shape \(3,\)"):
        optimizer.set_weights([5, 0.5, np.zeros((2, 3)), np.zeros(3)])
    assert all((one == other).all() for one, other in zip(before, optimizer.get_weights()))
    with pytest.raises(ValueError, match=r"Call `optimizer.build"):
        optimizers.Adam().set_weights([])


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("again", [copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_copies_go_on_alone(name, again):
    optimizer, kernel = trained(name)
    other, its = again((optimizer, kernel))
    before = kernel.numpy()
    gradient = np.arange(6, dtype="float32").reshape(2, 3)
    other.apply([gradient], [its])
    assert (kernel.numpy() == before).all()
    optimizer.apply([gradient], [kernel])
    assert (kernel.numpy() == its.numpy()).all()
    assert all((a == b).all() for a, b in zip(optimizer.get_weights(), other.get_weights()))


@pytest.mark.parametrize("name", RULES)
def test_slots_follow_the_weights(name):
    optimizer, kernel = trained(name)
    kernel._tensor = torch.nn.Parameter(kernel.tensor.detach().double())
    optimizer.build([kernel])
    optimizer.apply([np.ones((2, 3))], [kernel])
    slots = [variable for variable in optimizer.variables[2:] if variable.shape]
    assert {variable.dtype for variable in slots} <= {"float64"}


@pytest.mark.parametrize("name", RULES)
def test_stateless_apply(name):
    optimizer, kernel = trained(name)
    values, state = [kernel.value.clone()], [variable.value.clone() for variable in optimizer.variables]
    gradient = torch.arange(6.0).reshape(2, 3)
    new_values, new_state = optimizer.stateless_apply(state, [gradient], values)
    assert torch.equal(kernel.value, values[0])
    assert int(optimizer.iterations) == 3
    optimizer.apply([gradient], [kernel])
    assert torch.equal(kernel.value, new_values[0])
    assert all(torch.equal(new, variable.value) for new, variable in zip(new_state, optimizer.variables))
    with pytest.raises(ValueError, match="`optimizer_variables` must be a list of tensors corresponding 1:1"):
        optimizer.stateless_apply([], [gradient], values)
    with pytest.raises(ValueError, match="must be built"):
        RULES[name]().stateless_apply([], [], [])


# Users' rules.


class Plain(optimizers.Optimizer):
    """Momentum, written as Keras' guide shows it."""

    def __init__(self, learning_rate=0.1, momentum=0.9, name="plain", **kwargs):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.momentum = momentum

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.velocities = [self.add_variable_from_reference(v, name="velocity") for v in variables]

    def update_step(self, gradient, variable, learning_rate):
        velocity = self.velocities[self._get_variable_index(variable)]
        assert tuple(gradient.shape) == variable.shape == velocity.shape
        self.assign(velocity, velocity.value * self.momentum)
        self.assign_sub(velocity, gradient * learning_rate)
        self.assign_add(variable, velocity)

    def get_config(self):
        return {**super().get_config(), "momentum": self.momentum}


def test_a_users_optimizer():
    register_keras_serializable("mine")(Plain)
    mine, theirs = transposed(2, 3), transposed(2, 3)
    optimizer, reference = Plain(weight_decay=0.1), optimizers.SGD(0.1, momentum=0.9, weight_decay=0.1)
    for step in range(5):
        gradient = np.arange(6, dtype="float32").reshape(2, 3) * step
        optimizer.apply([gradient], [mine])
        reference.apply([gradient], [theirs])
    np.testing.assert_allclose(mine.numpy(), theirs.numpy(), rtol=1e-5)
    assert [v.path for v in optimizer.variables] == ["plain/iteration", "plain/learning_rate", "plain/w_velocity"]
    written = optimizers.serialize(optimizer)
    assert written["registered_name"] == "mine>Plain"
    assert optimizers.deserialize(written).get_config() == optimizer.get_config()


def test_a_rule_on_top_of_a_built_in_one():
    class Halved(optimizers.Adam):
        def update_step(self, gradient, variable, learning_rate):
            super().update_step(gradient, variable, learning_rate * 0.5)

    one, other = transposed(2, 3), transposed(2, 3)
    halved, reference = Halved(0.2), optimizers.Adam(0.1)
    for _ in range(3):
        halved.apply([np.ones((2, 3), "float32")], [one])
        reference.apply([np.ones((2, 3), "float32")], [other])
    np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-6)


def test_the_training_loop_calls_an_overridden_apply():
    class Centered(optimizers.SGD):
        def apply(self, grads, trainable_variables=None):
            super().apply([gradient - gradient.mean() for gradient in grads], trainable_variables)

    kernel = transposed(2, 3)
    optimizer = Centered(1.0)
    optimizer.build([kernel])
    optimizer._step([torch.ones(3, 2)])
    assert (kernel.numpy() == 1.0).all()


def test_variables_of_a_users_optimizer():
    kernel, bias = transposed(2, 3), weight(3, name="bias")
    optimizer = optimizers.SGD(name="sgd")
    optimizer.build([kernel, bias])
    ones = optimizer.add_variable_from_reference(kernel, "m", initializer="ones")
    assert (ones.shape, ones.path, ones.numpy().min()) == ((2, 3), "sgd/w_m", 1.0)
    assert tuple(ones.tensor.shape) == (3, 2)
    ramp = optimizer.add_variable_from_reference(
        kernel, "r", initializer=lambda shape, dtype: torch.arange(6.0).reshape(shape)
    )
    assert ramp.numpy().ravel().tolist() == [0, 1, 2, 3, 4, 5]
    free = optimizer.add_variable((2, 2), "ones", name="free")
    assert (free.shape, free.trainable, free.numpy().min()) == ((2, 2), False, 1.0)
    one, two = optimizer.add_optimizer_variables([kernel, bias], ["a", "b"], ["ones", "zeros"])
    assert [v.name for v in (*one, *two)] == ["w_a", "bias_a", "w_b", "bias_b"]
    assert one[1].numpy().min() == 1.0
    assert len(optimizer.variables) == 2 + 3 + 4
    with pytest.raises(ValueError, match="number of initializers must match"):
        optimizer.add_optimizer_variables([kernel], ["a", "b"], ["ones"])


# In a training loop.


def test_a_loop_attaches_to_the_variables_it_trains():
    weights = [weight(2, name="a"), weight(2, name="b"), weight(2, name="c")]
    optimizer = optimizers.Adam(0.1)
    ones = torch.ones(2)
    optimizer._attach(weights)([ones, ones, ones])
    optimizer._attach(weights[2:0:-1])([ones, 2 * ones])
    assert weights[0].numpy()[0] == pytest.approx(0.9, abs=1e-5)
    assert weights[2].numpy()[0] == pytest.approx(0.8, abs=1e-5)
    assert weights[1].numpy()[0] != weights[2].numpy()[0]
    with pytest.raises(ValueError, match=r"Unknown variable: d of shape \(3,\).*after unfreezing layers"):
        optimizer._attach([weight(3, name="d")])([torch.ones(3)])


def test_attaching_finds_weights_that_were_replaced():
    optimizer, kernel = trained()
    kernel._tensor = torch.nn.Parameter(torch.zeros(3, 2))
    optimizer._attach([kernel])([torch.ones(3, 2)])
    assert (kernel.numpy() != 0).all()
