"""From gradients to weights: layouts, missing gradients, kernels, decay and averages."""

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from torchkeras import optimizers
from torchkeras._registry import names
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


# Gradients.


def test_gradients_come_in_keras_layout():
    kernel = transposed(2, 3)
    optimizers.SGD(1.0).apply([np.arange(6, dtype="float32").reshape(2, 3)], [kernel])
    np.testing.assert_array_equal(kernel.numpy(), 1 - np.arange(6).reshape(2, 3))


def test_a_square_gradient_is_in_keras_layout_unless_it_is_the_tensors_own():
    gradient = torch.tensor([[0.0, 1.0], [2.0, 3.0]])
    kernel = transposed(2, 2)
    optimizers.SGD(1.0).apply([gradient], [kernel])
    np.testing.assert_array_equal(kernel.numpy(), 1 - gradient.numpy())
    kernel = transposed(2, 2)
    kernel.tensor.grad = gradient
    optimizers.SGD(1.0).apply([kernel.tensor.grad], [kernel])
    np.testing.assert_array_equal(kernel.numpy(), 1 - gradient.numpy().T)


def test_the_training_loops_entry_takes_torch_layout():
    kernel = transposed(2, 3)
    optimizer = optimizers.Adam(0.1)
    optimizer.build([kernel])
    (kernel.value * torch.arange(6.0).reshape(2, 3)).sum().backward()
    optimizer._step([kernel.tensor.grad])
    expected = np.full((2, 3), 0.9, "float32")
    expected[0, 0] = 1.0
    np.testing.assert_allclose(kernel.numpy(), expected, atol=1e-5)


@pytest.mark.parametrize("name", RULES)
def test_gradients_are_left_alone(name):
    weights, grads = [weight(3), weight(2, 2)], [torch.ones(3), torch.ones(2, 2)]
    optimizer = RULES[name](0.1, clipnorm=0.5, weight_decay=0.1)
    for _ in range(3):
        optimizer.apply(grads, weights)
    assert all(torch.equal(gradient, torch.ones_like(gradient)) for gradient in grads)


def test_strides_other_than_the_weights_are_no_trap():
    stored = torch.ones(4, 3, 2, 2).to(memory_format=torch.channels_last)
    kernel = Variable(np.ones(1), name="w")
    kernel._tensor = torch.nn.Parameter(stored)
    gradient = torch.arange(48.0).reshape(4, 3, 2, 2)
    optimizers.SGD(1.0).apply([gradient], [kernel])
    torch.testing.assert_close(kernel.value.detach(), 1 - gradient)


@pytest.mark.parametrize("name", RULES)
def test_variables_without_gradient_stay(name):
    weights = [weight(2, name="a"), weight(2, name="b"), weight(2, name="c")]
    optimizer = RULES[name](0.1, weight_decay=0.1)
    with pytest.warns(UserWarning, match=r"Gradients do not exist for variables \['b'\]"):
        optimizer.apply([torch.ones(2), None, torch.ones(2)], weights)
    assert weights[1].numpy().tolist() == [1.0, 1.0]
    assert weights[0].numpy().tolist() == weights[2].numpy().tolist() != [1.0, 1.0]
    assert int(optimizer.iterations) == 1


def test_frozen_variables_need_no_gradient():
    weights = [weight(2, name="a"), weight(2, name="b")]
    weights[1].trainable = False
    optimizer = optimizers.SGD(1.0)
    optimizer.build(weights)
    optimizer._step([torch.ones(2), None])
    assert [w.numpy()[0] for w in weights] == [0.0, 1.0]


def test_a_part_of_the_variables():
    weights = [weight(2, name="a"), weight(2, name="b")]
    optimizer = optimizers.Adam(0.1)
    optimizer.build(weights)
    optimizer.apply([torch.ones(2)], weights[1:])
    assert weights[0].numpy()[0] == 1.0
    assert weights[1].numpy()[0] == pytest.approx(0.9, abs=1e-5)


def test_weights_of_several_dtypes():
    weights = [weight(2, name="a"), Variable(np.ones(2), name="b", dtype="float64"), weight(3, name="c")]
    optimizer = optimizers.Adam(0.1, global_clipnorm=1e-3)
    for _ in range(3):
        optimizer.apply([np.ones(2), np.ones(2), np.ones(3)], weights)
    assert [w.dtype for w in weights] == ["float32", "float64", "float32"]
    assert weights[0].numpy()[0] == pytest.approx(weights[1].numpy()[0], rel=1e-5)
    assert weights[0].numpy()[0] == weights[2].numpy()[0]


def test_overwritten_variables_take_their_gradient():
    scale, other = weight(2, name="scale"), weight(2, name="w")
    scale.overwrite_with_gradient = True
    optimizer = optimizers.SGD(0.1, weight_decay=0.5, gradient_accumulation_steps=2)
    optimizer.apply([torch.full((2,), 5.0), torch.zeros(2)], [scale, other])
    assert scale.numpy().tolist() == [1.0, 1.0]
    optimizer.apply([torch.full((2,), 3.0), torch.zeros(2)], [scale, other])
    assert scale.numpy().tolist() == [5.0, 5.0]
    np.testing.assert_allclose(other.numpy(), 0.95)


def test_constraints_hold_after_each_step():
    kernel = transposed(2, 3)
    kernel.constraint = lambda value: value.clamp(min=0.5)
    optimizers.SGD(1.0).apply([np.ones((2, 3), "float32")], [kernel])
    assert (kernel.numpy() == 0.5).all()


# Kernels.


class Count(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.calls = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.calls.append(function.overloadpacket.__name__)
        return function(*args, **(kwargs or {}))


@pytest.mark.parametrize(
    ("optimizer", "kernel"),
    [
        (optimizers.SGD(), "_fused_sgd_"),
        (optimizers.SGD(momentum=0.9), "_fused_sgd_"),
        (optimizers.Adam(), "_fused_adam_"),
        (optimizers.Adam(amsgrad=True), "_fused_adam_"),
        (optimizers.AdamW(), "_fused_adamw_"),
        (optimizers.Adam(optimizers.schedules.CosineDecay(0.1, 9, warmup_target=0.2, warmup_steps=3)), "_fused_adam_"),
    ],
)
def test_a_step_is_one_kernel(optimizer, kernel):
    weights = [weight(3, name=str(index)) for index in range(5)]
    optimizer.build(weights)
    grads = [torch.ones(3) for _ in weights]
    with Count() as count:
        for _ in range(4):
            optimizer._step(grads)
    assert count.calls == [kernel] * 4


@pytest.mark.parametrize("name", RULES)
def test_no_step_reads_the_device(name):
    weights = [weight(3, 2, name=str(index)) for index in range(2)]
    optimizer = RULES[name](optimizers.schedules.ExponentialDecay(0.1, 2, 0.9), global_clipnorm=1.0, use_ema=True)
    optimizer.build(weights)
    with Count() as count:
        optimizer._step([torch.ones(3, 2) for _ in weights])
    assert not {"_local_scalar_dense", "item", "is_nonzero", "equal"} & set(count.calls)


@pytest.mark.parametrize(
    ("name", "kwargs"),
    [
        ("SGD", {}),
        ("SGD", {"momentum": 0.9}),
        ("Adam", {}),
        ("Adam", {"weight_decay": 0.1}),
        ("Adam", {"amsgrad": True}),
        ("AdamW", {"amsgrad": True}),
    ],
    ids=str,
)
def test_without_fused_kernels_the_formula_is_the_same(name, kwargs):
    results = []
    for fused in (True, False):
        weights = [weight(3, name="a"), weight(2, 2, name="b")]
        optimizer = RULES[name](0.1, **kwargs)
        optimizer.build(weights)
        optimizer._groups[0].fused = fused
        generator = torch.Generator().manual_seed(0)
        for _ in range(20):
            optimizer._step([torch.randn(w.shape, generator=generator) for w in weights])
        results.append(np.concatenate([w.numpy().ravel() for w in weights]))
    np.testing.assert_allclose(results[0], results[1], rtol=1e-5, atol=1e-6)


# Decay and averages.


@pytest.mark.parametrize("choose", [lambda w: {"var_list": [w]}, lambda w: {"var_names": ["^dense/bi.s$"]}])
@pytest.mark.parametrize("built", [False, True])
@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_exclude_from_weight_decay(name, choose, built):
    kernel, bias = weight(2, name="kernel"), weight(2, name="bias")
    bias.path = "dense/bias"
    optimizer = RULES[name](0.1, weight_decay=0.5)
    if built:
        optimizer.build([kernel, bias])
    optimizer.exclude_from_weight_decay(**choose(bias))
    optimizer.apply([torch.zeros(2), torch.zeros(2)], [kernel, bias])
    np.testing.assert_allclose(kernel.numpy(), 0.95)
    assert bias.numpy().tolist() == [1.0, 1.0]


def test_finalize_gives_the_weights_their_averages():
    kernel = weight(2)
    optimizer = optimizers.SGD(1.0, use_ema=True, ema_momentum=0.5)
    for _ in range(3):
        optimizer.apply([torch.ones(2)], [kernel])
    assert kernel.numpy()[0] == -2.0
    optimizer.finalize_variable_values([kernel])
    assert kernel.numpy()[0] == -1.25  # 0, then (0 - 1) / 2, then (-0.5 - 2) / 2
    with pytest.raises(ValueError, match=r"number of variables to overwrite \(0\)"):
        optimizer.finalize_variable_values([])


def test_scale_loss():
    assert optimizers.SGD(loss_scale_factor=4.0).scale_loss(2.0) == 8.0
    assert optimizers.SGD().scale_loss(2.0) == 2.0
