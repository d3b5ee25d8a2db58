"""TorchModuleWrapper: any module as a layer."""

import pytest
import torch
from torch import nn

import torchkeras
from torchkeras import layers


def test_shapes_weights_and_training() -> None:
    layer = layers.TorchModuleWrapper(nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3)))
    model = torchkeras.Sequential([torchkeras.Input((4,)), layer, layers.Dense(1)])
    assert model.output_shape == (None, 1)
    assert len(layer.trainable_weights) == 4
    assert [w.name for w in layer.non_trainable_weights][:2] == ["running_mean", "running_var"]
    model.compile("sgd", "mse")
    before = layer.get_weights()
    model.fit(torch.randn(8, 4), torch.randn(8, 1), verbose=0)
    changed = [(a != b).any() for a, b in zip(before, layer.get_weights(), strict=True)]
    assert changed[0]  # the linear kernel, by the optimizer
    assert changed[[w.name for w in layer.weights].index("running_mean")]


def test_the_module_is_in_inference_mode_until_told() -> None:
    layer = layers.TorchModuleWrapper(nn.BatchNorm1d(3))
    x = torch.randn(5, 3)
    assert torch.allclose(layer(x), x, atol=1e-4)
    assert not torch.allclose(layer(x, training=True), x, atol=1e-2)
    assert not layer.module.training


def test_pickled_modules_are_refused_unless_trusted() -> None:
    layer = layers.TorchModuleWrapper(nn.Linear(2, 3))
    config = layer.get_config()
    with pytest.raises(ValueError, match=r"torch\.load.*safe_mode=False"):
        layers.TorchModuleWrapper.from_config(config)
    again = layers.TorchModuleWrapper.from_config(config, safe_mode=False)
    x = torch.randn(4, 2)
    assert torch.equal(again(x), layer(x))


def test_given_output_shape_and_no_module() -> None:
    layer = layers.TorchModuleWrapper(nn.Linear(2, 3), output_shape=(None, 3))
    assert layer.compute_output_shape((5, 2)) == (5, 3)
    with pytest.raises(ValueError, match=r"expected a `torch\.nn\.Module`, got 3"):
        layers.TorchModuleWrapper(3)


def test_lazy_modules_build_themselves() -> None:
    layer = layers.TorchModuleWrapper(nn.LazyLinear(3))
    assert layer(torch.ones(2, 5)).shape == (2, 3)
    assert layer.count_params() == 18
