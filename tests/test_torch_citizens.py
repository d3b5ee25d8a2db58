"""Models are torch modules: what torch does to modules works on every one of them, and gives the same numbers."""

import copy
import io
import pickle
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, parametrize

import torchkeras
from torchkeras import layers

MODELS = runpy.run_path(str(Path(__file__).parent / "models" / "architectures.py"))
ARCHITECTURES = MODELS["ARCHITECTURES"]


def tensors(model: Any, seed: int = 0) -> Any:
    """Inputs in the structure of the model's, as tensors."""
    arrays = MODELS["draw"]([t.shape for t in model.inputs], [t.dtype for t in model.inputs], seed)
    return MODELS["fill"](model.input, iter([torch.from_numpy(array) for array in arrays]))


def flat(value: Any) -> list[torch.Tensor]:
    return list(torchkeras.tree.flatten(value))


def same(one: Any, other: Any, tolerance: float = 0.0) -> None:
    one, other = flat(one), flat(other)
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        torch.testing.assert_close(a, b, rtol=tolerance, atol=tolerance)


@pytest.fixture(params=ARCHITECTURES.values(), ids=ARCHITECTURES)
def model(request: Any) -> Any:
    torch.manual_seed(0)
    return request.param(torchkeras)


def small(extra: Any = ()) -> Any:
    return torchkeras.Sequential([layers.Input((4,)), layers.Dense(6, "relu"), *extra, layers.Dense(2)])


# Copies.


def test_deepcopy(model: Any) -> None:
    x = tensors(model)
    other = copy.deepcopy(model)
    same(other(x), model(x))
    mine = {id(p) for p in model.parameters()}
    assert not any(id(p) in mine for p in other.parameters())
    assert other.to_json() == model.to_json()
    before = [out.clone() for out in flat(model(x))]
    for weight in other.weights:
        weight.assign(weight.numpy() + 1)
    same(model(x), before)


def test_pickle(model: Any) -> None:
    x = tensors(model)
    other = pickle.loads(pickle.dumps(model))
    same(other(x), model(x))
    assert other.to_json() == model.to_json()
    assert [w.path for w in other.weights] == [w.path for w in model.weights]


def test_torch_save(model: Any) -> None:
    buffer = io.BytesIO()
    torch.save(model, buffer)
    buffer.seek(0)
    same(torch.load(buffer, weights_only=False)(tensors(model)), model(tensors(model)))


def test_a_copy_trains_by_itself() -> None:
    model = small()
    model.compile("adam", "mse")
    x = np.ones((8, 4), "float32")
    model.fit(x, np.ones((8, 2)), verbose=0)
    other = copy.deepcopy(model)
    before = model.get_weights()
    other.fit(x, np.zeros((8, 2)), verbose=0)
    for one, two in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, two)
    assert not np.array_equal(other.get_weights()[0], before[0])
    assert int(other.optimizer.iterations) == 2
    assert int(model.optimizer.iterations) == 1


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))], ids=["copy", "pickle"]
)
def test_a_deep_graph(copied: Any) -> None:
    x = inputs = torchkeras.Input((3,))
    for _ in range(200):
        x = layers.ReLU()(x + 1)
    model = torchkeras.Model(inputs, layers.Dense(1)(x))
    data = torch.ones(2, 3)
    same(copied(model)(data), model(data))
    assert torchkeras.models.model_from_json(model.to_json()).count_params() == 4


# state_dict.


def test_state_dict_has_each_weight_once(model: Any) -> None:
    state = model.state_dict()
    assert len({tensor.data_ptr() for tensor in state.values()}) == len(state)
    weights = {w.tensor.data_ptr() for w in model.weights}
    assert weights <= {tensor.data_ptr() for tensor in state.values()}


def test_state_dict_round_trip(model: Any) -> None:
    x = tensors(model)
    other = type(model).from_config(model.get_config())
    other.load_state_dict(model.state_dict())
    same(other(x), model(x))
    for one, two in zip(other.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_state_dict_keys_and_buffers() -> None:
    model = torchkeras.Sequential(
        [layers.Input((8, 8, 3)), layers.Conv2D(4, 3, name="conv"), layers.BatchNormalization(name="norm")]
    )
    assert {name for name, _ in model.named_parameters()} == {
        "conv.module.weight",
        "conv.module.bias",
        "norm.module.weight",
        "norm.module.bias",
    }
    assert {"norm.module.running_mean", "norm.module.running_var"} <= {name for name, _ in model.named_buffers()}
    assert model.state_dict()["conv.module.weight"].shape == (4, 3, 3, 3)
    assert model.get_layer("conv").kernel.shape == (3, 3, 3, 4)


def test_keys_carry_the_layers_names(model: Any) -> None:
    names = {part for layer in model._flatten_layers() for part in [layer.name.replace(".", "_")]}
    for key in model.state_dict():
        assert set(key.split(".")) & names, key


def test_a_wrong_state_dict_is_refused() -> None:
    with pytest.raises(RuntimeError, match="Missing key"):
        small().load_state_dict({})


# Compiling and exporting.

COMPILED = ["sequential", "cnn", "residual", "two_in_two_out", "model_in_model", "ops", "indexing", "masked_lstm"]
COMPILED += ["bidirectional", "self_attention", "dict_in_dict_out", "operators", "masked_attention"]


@pytest.mark.parametrize("name", COMPILED)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_compile_without_a_graph_break(name: str) -> None:
    torch._dynamo.reset()
    model = ARCHITECTURES[name](torchkeras)
    x = tensors(model)
    # AOTAutograd of torch 2.13 fails on two LSTMs by itself
    compiled = torch.compile(model, fullgraph=True, backend="eager" if name == "bidirectional" else "aot_eager")
    same(compiled(x), model(x), 1e-5)


@pytest.mark.parametrize("training", [False, True])
def test_compile_follows_the_mode(training: bool) -> None:
    torch._dynamo.reset()
    model = small([layers.BatchNormalization(), layers.Dropout(0.0)])
    model.train(training)
    x = torch.randn(5, 4)
    other = copy.deepcopy(model)
    same(torch.compile(model, fullgraph=True, backend="aot_eager")(x), other(x), 1e-5)
    same(model.get_weights(), other.get_weights(), 1e-5)


@pytest.mark.parametrize("name", ["sequential", "cnn", "two_in_two_out", "self_attention", "ops", "masked_lstm"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_export(name: str) -> None:
    model = ARCHITECTURES[name](torchkeras)
    x = tensors(model)
    program = torch.export.export(model, (x,))
    same(program.module()(x), model(x), 1e-5)


def test_functional_call() -> None:
    model = small()
    x = torch.randn(3, 4)
    zeros = {name: torch.zeros_like(value) for name, value in model.named_parameters()}
    assert not torch.func.functional_call(model, zeros, (x,)).any()
    assert model(x).any()
    grads = torch.func.grad(lambda p: torch.func.functional_call(model, p, (x,)).sum())(dict(model.named_parameters()))
    model(x).sum().backward()
    for name, parameter in model.named_parameters():
        torch.testing.assert_close(grads[name], parameter.grad)


def test_vmap_over_an_ensemble() -> None:
    first = small()
    models = [first, copy.deepcopy(first), copy.deepcopy(first)]  # with the same names
    for model in models:
        model.load_state_dict({key: torch.randn_like(value) for key, value in model.state_dict().items()})
    parameters, buffers = torch.func.stack_module_state(models)
    x = torch.randn(5, 4)
    run = lambda p, b: torch.func.functional_call(models[0], (p, b), (x,))
    torch.testing.assert_close(torch.vmap(run)(parameters, buffers), torch.stack([model(x) for model in models]))


# Dtypes.


@pytest.mark.parametrize("change", ["half", "double", "bfloat16"])
def test_dtypes(change: str) -> None:
    model = small([layers.BatchNormalization()])
    expected = model(torch.ones(2, 4))
    assert getattr(model, change)() is model
    dtype = {"half": torch.float16, "double": torch.float64, "bfloat16": torch.bfloat16}[change]
    outputs = model(torch.ones(2, 4, dtype=dtype))
    assert outputs.dtype is dtype
    assert {p.dtype for p in model.parameters()} == {dtype}
    assert model.layers[0].kernel.dtype == str(dtype).removeprefix("torch.")
    torch.testing.assert_close(outputs.float(), expected, rtol=0.05, atol=0.05)


def test_to_dtype_and_device() -> None:
    model = small().to(torch.float64)
    assert model(torch.ones(1, 4, dtype=torch.float64)).dtype is torch.float64
    assert {p.device.type for p in small().to("meta").parameters()} == {"meta"}


def test_double_trains() -> None:
    model = small().double()
    model.compile("adam", "mse")
    history = model.fit(np.ones((8, 4)), np.ones((8, 2)), epochs=2, verbose=0).history
    assert history["loss"][1] < history["loss"][0]


# Hooks and parametrizations.


def test_hooks() -> None:
    model, seen = small(), []
    model.layers[0].register_forward_hook(lambda module, args, output: seen.append(("layer", output.shape)))
    model.layers[1].module.register_forward_pre_hook(lambda module, args: seen.append(("inner", args[0].shape)))
    model.register_forward_hook(lambda module, args, output: output * 0 + 7)
    assert model(torch.ones(3, 4)).unique().tolist() == [7]
    assert seen == [("layer", (3, 6)), ("inner", (3, 6))]


def test_hooks_in_a_graph() -> None:
    inputs = torchkeras.Input((4,))
    layer = layers.Dense(3)
    model = torchkeras.Model(inputs, layers.ReLU()(layer(inputs)))
    handle = layer.register_forward_hook(lambda module, args, output: output + 100)
    assert (model(torch.ones(2, 4)) > 90).all()
    assert (model.predict(np.ones((2, 4)), verbose=0) > 90).all()
    handle.remove()
    assert (model(torch.ones(2, 4)) < 90).all()


def test_backward_hooks() -> None:
    model, seen = small(), []
    model.layers[0].register_full_backward_hook(
        lambda module, grad_input, grad_output: seen.append(grad_output[0].shape)
    )
    model(torch.ones(3, 4, requires_grad=True)).sum().backward()
    assert seen == [(3, 6)]


class Doubled(nn.Module):
    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        return 2 * weight

    def right_inverse(self, weight: torch.Tensor) -> torch.Tensor:
        return weight / 2


def test_parametrize() -> None:
    model, x = small(), torch.ones(3, 4)
    before = model(x)
    dense = model.layers[0]
    parametrize.register_parametrization(dense.module, "weight", Doubled())
    torch.testing.assert_close(model(x), before)
    original = dense.module.parametrizations.weight.original
    np.testing.assert_allclose(dense.kernel.numpy(), 2 * original.detach().T.numpy())
    assert dense.kernel.shape == (4, 6)


@pytest.mark.parametrize("how", ["doubled", "weight_norm", "spectral_norm"])
def test_parametrized_weights_train(how: str) -> None:
    model = small()
    module = model.layers[0].module
    if how == "doubled":
        parametrize.register_parametrization(module, "weight", Doubled())
    else:
        getattr(parametrizations, how)(module)
    before = {name: value.detach().clone() for name, value in module.parametrizations.weight.named_parameters()}
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(size=(32, 4)).astype("float32")
    history = model.fit(x, x[:, :2], epochs=3, verbose=0).history["loss"]
    assert history[-1] < history[0]
    assert before
    for name, value in module.parametrizations.weight.named_parameters():
        assert not torch.equal(value, before[name]), name


# torch modules among layers.


def test_a_module_in_a_sequential_model() -> None:
    model = torchkeras.Sequential([layers.Input((4,)), nn.Linear(4, 5), nn.ReLU(), layers.Dense(1)])
    assert len(model.trainable_weights) == 4
    assert sum(p.numel() for p in model.parameters()) == model.count_params() == 31
    x = np.ones((8, 4), "float32")
    model.compile("adam", "mse")
    before = model.get_weights()
    model.fit(x, x[:, :1] * 3, verbose=0)
    assert all(not np.array_equal(one, other) for one, other in zip(before, model.get_weights(), strict=True))


class Mixed(torchkeras.Model):
    """A model with torch modules as attributes, in lists and in torch's own containers."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 5)
        self.second = layers.Dense(6)
        self.listed = [nn.Linear(6, 6), layers.Dense(6)]
        self.contained = nn.ModuleList([layers.Dense(6), nn.LayerNorm(6)])

    def call(self, x: torch.Tensor) -> torch.Tensor:
        x = self.second(torch.relu(self.first(x)))
        for module in (*self.listed, *self.contained):
            x = module(x)
        return x


def test_modules_in_a_subclassed_model() -> None:
    model = Mixed()
    model.compile("adam", "mse")
    x = np.random.default_rng(0).normal(size=(16, 4)).astype("float32")
    model.fit(x, np.ones((16, 6)), verbose=0)
    assert len(model.trainable_weights) == len(list(model.parameters())) == 12
    before = model.get_weights()
    model.fit(x, np.ones((16, 6)), verbose=0)
    assert all(not np.array_equal(one, other) for one, other in zip(before, model.get_weights(), strict=True))
    same(copy.deepcopy(model)(x), model(x))
    assert len(model.state_dict()) == 12


def test_a_layer_in_a_torch_module() -> None:
    net = nn.Sequential(nn.Flatten(), layers.Dense(8, "relu"), layers.Dropout(0.5), nn.Linear(8, 1))
    x = torch.randn(3, 2, 2)
    assert net(x).shape == (3, 1)
    assert len(list(net.parameters())) == 4
    net.train()
    assert net[2].training
    net.eval()
    assert not net[2].training
    same(copy.deepcopy(net)(x), net(x))


def test_torch_functions_in_the_graph() -> None:
    inputs = torchkeras.Input((4, 6))
    x = torch.relu(layers.Dense(8)(inputs))
    x = torch.cat([x, torch.nn.functional.softmax(x, dim=-1)], dim=-1).mean(dim=1)
    x = x.reshape(-1, 4, 4).transpose(1, 2) @ torch.eye(4)
    model = torchkeras.Model(inputs, torch.sum(x * torch.sigmoid(x), dim=(1, 2)))
    assert model.output_shape == (None,)
    data = torch.randn(3, 4, 6)
    expected = torch.relu(model.layers[1](data))
    expected = torch.cat([expected, expected.softmax(-1)], dim=-1).mean(dim=1).reshape(-1, 4, 4).transpose(1, 2)
    torch.testing.assert_close(model(data), (expected * torch.sigmoid(expected)).sum((1, 2)))
    same(copy.deepcopy(model)(data), model(data))
    same(pickle.loads(pickle.dumps(model))(data), model(data))
    again = torchkeras.models.model_from_json(model.to_json())
    again.set_weights(model.get_weights())
    same(again(data), model(data))


def test_named_modules_show_the_layers() -> None:
    model = small()
    assert [name for name, _ in model.named_children()] == [layer.name for layer in [model._stack[0], *model.layers]]
    assert "Dense" in repr(model)


def test_requires_grad_and_zero_grad() -> None:
    model = small()
    model.requires_grad_(False)
    assert not model(torch.ones(1, 4)).requires_grad
    model.requires_grad_(True)
    model(torch.ones(1, 4)).sum().backward()
    assert all(p.grad is not None for p in model.parameters())
    model.zero_grad()
    assert all(p.grad is None for p in model.parameters())
