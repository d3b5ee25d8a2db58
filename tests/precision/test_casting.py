"""How mixed precision reads weights: cast once a call, dropped after it, gradients in the stored dtype."""

import contextlib
import copy
import pickle
import sys
import threading

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

import torchkeras
from torchkeras import layers, models

HALF = torch.bfloat16


class Casts(TorchDispatchMode):
    """Counts casts to 16 bits, by shape."""

    def __init__(self):
        super().__init__()
        self.shapes = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        if function is torch.ops.aten._to_copy.default and result.dtype is HALF:
            self.shapes.append(tuple(result.shape))
        return result


@pytest.fixture
def mixed():
    torchkeras.config.set_dtype_policy("mixed_bfloat16")


def stack(*more, size=4):
    return models.Sequential([layers.Input((size,)), layers.Dense(3), *more])


@pytest.mark.usefixtures("mixed")
def test_a_call_casts_each_weight_once_and_the_input_once():
    shared = layers.Dense(4)
    inputs = layers.Input((4,))
    model = models.Model(inputs, shared(shared(shared(inputs))))
    x = torch.ones(2, 4)
    model(x)
    with Casts() as casts:
        model(x)
    assert sorted(casts.shapes) == [(2, 4), (4,), (4, 4)]


@pytest.mark.usefixtures("mixed")
def test_a_cell_is_cast_once_for_all_steps():
    layer = layers.RNN(layers.LSTMCell(5, recurrent_dropout=0.5))
    x = torch.ones(2, 9, 3, dtype=HALF)
    layer(x, training=True)
    with Casts() as casts:
        layer(x, training=True)
    assert sorted(casts.shapes) == [(20,), (20, 3), (20, 5)]


@pytest.mark.usefixtures("mixed")
def test_gradients_reach_the_stored_weights():
    model = stack(layers.Dense(2))
    model(torch.ones(5, 4)).float().sum().backward()
    for weight in model.trainable_weights:
        assert weight.dtype == "float32"
        assert weight.tensor.grad.dtype is torch.float32
        assert weight.tensor.grad.stride() == weight.tensor.stride()
        assert weight.tensor.grad.abs().sum() > 0


@pytest.mark.usefixtures("mixed")
def test_nothing_is_left_after_a_call_also_if_it_fails():
    model = stack(layers.Dense(2))
    for x in (torch.ones(5, 4), torch.ones(5, 7)):
        with contextlib.suppress(ValueError):
            model(x)
        for layer in model.layers:
            assert "weight" not in layer.module.__dict__
            assert layer.kernel.value.dtype is torch.float32
    model.layers[0].kernel.assign(torch.full((4, 3), 2.0))
    model.layers[0].bias.assign(torch.zeros(3))
    np.testing.assert_array_equal(model.layers[0](torch.ones(1, 4)).float().detach(), [[8.0] * 3])


class Own(layers.Layer):
    """What a user writes: weights of each kind, read in `call`."""

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 3), name="w")
        self.fixed = self.add_weight(shape=(3,), name="fixed", autocast=False, initializer="ones")
        self.plain = nn.Parameter(torch.ones(3))
        self.seen = None

    def call(self, x):
        self.seen = (x.dtype, self.w.value.dtype, self.fixed.value.dtype, self.plain.dtype)
        return torch.matmul(x, self.w.value) + self.plain


def test_a_users_layer_reads_its_weights_in_the_compute_dtype():
    layer = Own(dtype="mixed_bfloat16")
    assert layer(np.ones((2, 4), "float32")).dtype is HALF
    assert layer.seen == (HALF, HALF, torch.float32, HALF)
    layer(torch.ones(2, 4)).float().sum().backward()
    assert layer.plain.grad.dtype is torch.float32
    assert layer.w.value.dtype is torch.float32


@pytest.mark.parametrize("name", ["float32", "float16", "float64"])
def test_a_layer_of_one_dtype_keeps_it_inside_a_mixed_model(name):
    torchkeras.config.set_dtype_policy("mixed_bfloat16")
    layer = Own(dtype=name)
    inputs = layers.Input((4,))
    model = models.Model(inputs, layers.Dense(2)(layer(layers.Dense(4)(inputs))))
    wanted = getattr(torch, name)
    assert model(torch.ones(2, 4)).dtype is HALF
    assert layer.seen[:3] == (wanted,) * 3


def test_a_mixed_layer_inside_a_model_of_float32():
    model = models.Sequential([layers.Dense(3), layers.Dense(3, dtype="mixed_bfloat16"), layers.Dense(1)])
    assert model(torch.ones(2, 4)).dtype is torch.float32
    assert [layer.output.dtype for layer in model.layers] == ["float32", "bfloat16", "float32"]


@pytest.mark.usefixtures("mixed")
def test_a_functional_model_leaves_inputs_to_its_layers():
    seen = []
    hook = layers.Lambda(lambda x: seen.append(x.dtype) or x, dtype="float32", output_shape=(4,))
    inputs = layers.Input((4,))
    model = models.Model(inputs, layers.Dense(2)(hook(inputs)))
    model(torch.ones(2, 4))
    assert seen[-1] is torch.float32


class Tied(layers.Layer):
    def __init__(self, embedding, **kwargs):
        super().__init__(**kwargs)
        self.embedding = embedding

    def call(self, x):
        return torch.matmul(x, self.embedding.embeddings.value.T)


@pytest.mark.usefixtures("mixed")
def test_tied_weights_are_read_in_the_compute_dtype():
    embedding = layers.Embedding(7, 4)
    inputs = layers.Input((5,), dtype="int32")
    model = models.Model(inputs, Tied(embedding)(embedding(inputs)))
    model(torch.zeros(2, 5, dtype=torch.int32))
    with Casts() as casts:
        assert model(torch.zeros(2, 5, dtype=torch.int32)).dtype is HALF
    assert casts.shapes == [(7, 4)]


@pytest.mark.usefixtures("mixed")
def test_assigning_during_a_call_is_seen_at_once():
    class Doubling(layers.Layer):
        def build(self, shape):
            self.inner = layers.Dense(1, use_bias=False, kernel_initializer="ones")
            self.inner.build(shape)

        def call(self, x):
            first = self.inner(x)
            self.inner.kernel.assign(self.inner.kernel.value.detach() * 2)
            return first, self.inner(x)

    first, second = Doubling()(torch.ones(1, 4))
    assert (float(first.detach()), float(second.detach())) == (4.0, 8.0)


class Torch(layers.Layer):
    """Plain torch modules inside a layer, which count on autocast."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.net = nn.Sequential(nn.Linear(4, 4), nn.LayerNorm(4), nn.Linear(4, 2))

    def call(self, x):
        return self.net(x)


@pytest.mark.usefixtures("mixed")
@pytest.mark.parametrize("make", [Torch, lambda: layers.TorchModuleWrapper(nn.Linear(4, 2))])
def test_plain_torch_modules_run_under_autocast(make):
    layer = make()
    out = layer(torch.ones(3, 4))
    assert out.dtype is HALF
    out.float().sum().backward()
    assert all(p.grad.dtype is torch.float32 for p in layer.parameters())
    assert not torch.is_autocast_enabled("cpu")
    assert not any("forward" in module.__dict__ for module in layer.modules())


@pytest.mark.usefixtures("mixed")
def test_parametrized_weights_work():
    model = stack(layers.Dense(2))
    torch.nn.utils.parametrizations.weight_norm(model.layers[0].module)
    out = model(torch.ones(3, 4))
    assert out.dtype is HALF
    out.float().sum().backward()
    assert all(p.grad.dtype is torch.float32 for p in model.parameters())


@pytest.mark.usefixtures("mixed")
def test_new_weights_and_layers_count_at_once():
    model = models.Sequential([layers.Dense(3)])
    model(torch.ones(1, 4))
    model.add(layers.Dense(2))
    assert model(torch.ones(1, 4)).dtype is HALF
    with Casts() as casts:
        model(torch.ones(1, 4))
    assert len(casts.shapes) == 5


@pytest.mark.usefixtures("mixed")
def test_copies_and_pickles_work():
    model = stack()
    x = torch.ones(2, 4)
    expected = model(x)
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert torch.equal(twin(x), expected)
        twin.layers[0].kernel.assign(torch.zeros(4, 3))
        assert not twin(x).any()
        assert torch.equal(model(x), expected)


@pytest.mark.usefixtures("mixed")
def test_other_values_in_a_stateless_call():
    model = stack()
    model(torch.ones(2, 4))
    zeros = [torch.zeros(v.shape) for v in model.trainable_variables]
    outputs, _ = model.stateless_call(zeros, [], torch.ones(2, 4))
    assert outputs.dtype is HALF
    assert not outputs.any()
    assert model(torch.ones(2, 4)).any()


@pytest.mark.usefixtures("mixed")
def test_two_threads_in_one_model():
    model = models.Sequential([layers.Input((8,)), *(layers.Dense(8) for _ in range(6))])
    x = torch.ones(4, 8)
    expected, errors = model(x).detach(), []

    def work():
        try:
            with torch.no_grad():
                assert all(torch.equal(model(x), expected) for _ in range(100))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # threads take turns within every call
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert not errors
    assert all(v.value.dtype is torch.float32 for v in model.weights)


def _small(package):
    package.utils.set_random_seed(0)
    inputs = package.Input((6, 6, 3))
    x = package.layers.Conv2D(4, 3, activation="relu")(inputs)
    x = package.layers.BatchNormalization()(x)
    x = package.layers.GlobalAveragePooling2D()(x)
    return package.Model(inputs, package.layers.Dense(3, activation="softmax", dtype="float32")(x))


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_a_mixed_model_compiles_whole(policy):
    torchkeras.config.set_dtype_policy(policy)
    model = _small(torchkeras)
    x = torch.randn(2, 6, 6, 3)
    expected = model(x)
    compiled = torch.compile(model, fullgraph=True, backend="aot_eager")
    torch.testing.assert_close(compiled(x), expected)
    compiled(x).sum().backward()
    assert all(p.grad is not None for p in model.parameters() if p.requires_grad)
    assert "weight" not in model.layers[1].module.__dict__
    torch.testing.assert_close(torch.export.export(model, (x,)).module()(x), expected)


def test_policies_by_path():
    # Keras' own layers find no policy in such a map on torch: there is nothing to compare with
    policies = {"m/a": "mixed_bfloat16", "m/b": "float64", "d": "mixed_float16"}
    chosen = torchkeras.dtype_policies.DTypePolicyMap("float32", policies)
    model = models.Sequential([layers.Dense(2, name=name, dtype=chosen) for name in "abc"], name="m")
    assert model(np.ones((1, 3), "float32")).dtype is torch.float32
    assert [layer.compute_dtype for layer in model.layers] == ["bfloat16", "float64", "float32"]
    assert [layer.kernel.dtype for layer in model.layers] == ["float32", "float64", "float32"]
    alone = [layers.Dense(2, name=name, dtype=chosen) for name in "ad"]
    assert [layer(np.ones((1, 3), "float32")).dtype for layer in alone] == [torch.float32, torch.float16]
