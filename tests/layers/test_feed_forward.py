"""What the rows of ``test_parity.py`` cannot show of the feed-forward layers: memory, randomness, modes, messages."""

import copy
import pickle
from typing import Any

import keras
import numpy as np
import pytest
import torch
from torch import nn
from torch.profiler import ProfilerActivity, profile

from torchkeras import layers

# Convolutions take channels-last tensors as views (D3).

STACKS = {
    "1-D": (lambda: [layers.Conv1D(8, 3, padding="same"), layers.MaxPooling1D(), layers.Conv1D(16, 2)], (2, 16, 8)),
    "2-D": (
        lambda: [
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(padding="same"),
            layers.DepthwiseConv2D(3),
            layers.AveragePooling2D(2),
        ],
        (2, 17, 16, 8),
    ),
    "3-D": (lambda: [layers.Conv3D(8, 3), layers.MaxPooling3D()], (2, 6, 8, 8, 8)),
    "normalized": (
        lambda: [layers.Conv1D(8, 3), layers.BatchNormalization(), layers.GroupNormalization(2)],
        (2, 16, 8),
    ),
    "normalized 2-D": (
        lambda: [layers.Conv2D(8, 3), layers.BatchNormalization(), layers.LayerNormalization()],
        (2, 9, 9, 8),
    ),
}


@pytest.mark.parametrize("name", STACKS)
@pytest.mark.filterwarnings("ignore:.*:UserWarning:torch.profiler")
def test_a_stack_copies_no_activation(name: str) -> None:
    make, shape = STACKS[name]
    stack = make()
    x = torch.randn(shape, requires_grad=True)

    def run() -> torch.Tensor:
        y = x
        for layer in stack:
            layer.train()
            y = layer(y)
        y.backward(torch.ones(y.shape))
        return y

    run()
    with profile(activities=[ProfilerActivity.CPU], record_shapes=True) as trace:
        out = run()
    # of the weights' gradients torch's kernels make copies; what has the batch as its first axis is an activation
    copied = [event.input_shapes[0] for event in trace.events() if event.name == "aten::clone"]
    assert [size for size in copied if size and size[0] == shape[0]] == []
    assert out.is_contiguous()


@pytest.mark.parametrize("layer", [layers.Conv1D, layers.Conv2D, layers.Conv3D])
def test_the_module_is_torchs_own(layer: Any) -> None:
    rank = int(layer.__name__[4])
    made = layer(4, 3, name="conv")
    made(torch.randn(2, *(7,) * rank, 5))
    assert isinstance(made.module, getattr(nn, f"Conv{rank}d"))
    assert set(made.state_dict()) == {"module.weight", "module.bias"}
    assert made.module.weight.movedim(1, -1).is_contiguous()
    assert made.kernel.shape == (*(3,) * rank, 5, 4)


@pytest.mark.parametrize(
    ("make", "shape", "message"),
    [
        (
            lambda: layers.Conv2D(4, 3, name="c"),
            (2, 784),
            r'Conv2D "c": expected a 4-D input \(batch, height, width, ch',
        ),
        (lambda: layers.Conv2D(4, 3, name="c", data_format="channels_first"), (2, 7), "batch, channels, height, width"),
        (lambda: layers.Conv2D(4, 9, name="c"), (2, 8, 8, 3), "size would be zero or negative"),
        (lambda: layers.Conv2D(4, 3, groups=2), (2, 8, 8, 3), "input channels must be evenly divisible"),
        (lambda: layers.MaxPooling2D(9), (2, 8, 8, 3), "size would be zero or negative"),
        (lambda: layers.Reshape((5, 2)), (2, 9), "do not fit into the target shape"),
        (lambda: layers.BatchNormalization(axis=3), (2, 9), "invalid `axis` 3"),
        (lambda: layers.LayerNormalization(axis=3), (2, 9), "invalid `axis` 3|Invalid axis 3"),
        (lambda: layers.GroupNormalization(2), (2, 9), "number of channels"),
        (lambda: layers.GroupNormalization(32), (2, 9), "cannot be more than the number of channels"),
        (lambda: layers.Cropping1D(4), (2, 8, 3), "must be smaller than"),
    ],
)
def test_inputs_that_do_not_fit(make: Any, shape: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()(torch.ones(shape))
    with pytest.raises(ValueError, match=message):
        make()(layers.Input(shape[1:]))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.Dense(0), "positive integer"),
        (lambda: layers.Dense(2.5), "positive integer"),
        (lambda: layers.Dense("3"), "positive integer"),
        (lambda: layers.Conv2D(0, 3), r"`filters`. Expected a strictly positive value. Received filters=0"),
        (lambda: layers.Conv2D(3, (1, 0)), r"values \{0\} that do not satisfy"),
        (lambda: layers.Conv2D(3, (1, 2, 3)), "a tuple of 2 integers"),
        (lambda: layers.Conv2D(3, 3, padding="causal"), "expected one of 'valid', 'same', got 'causal'"),
        (lambda: layers.Conv2D(3, 3, padding="sane"), "Did you mean 'same'"),
        (lambda: layers.Conv2D(3, 3, data_format="last"), "'channels_last' or 'channels_first'"),
        (lambda: layers.Conv2D(3, 3, strides=2, dilation_rate=2), "not supported in conjunction"),
        (lambda: layers.Conv2D(5, 3, groups=2), "evenly divisible by the number of groups"),
        (lambda: layers.Conv2D(5, 3, activation="rellu"), "Did you mean 'relu'"),
        (lambda: layers.Conv2DTranspose(5, 3, strides=2, output_padding=2), "strictly less than `strides`"),
        (lambda: layers.Dropout(1.5), "a float value between 0 and 1"),
        (lambda: layers.Dropout(-1), "a float value between 0 and 1"),
        (lambda: layers.Dropout(0.5, noise_shape=(2, -1)), "positive integers or None"),
        (lambda: layers.GaussianNoise(-1), "at least 0"),
        (lambda: layers.ReLU(max_value=-1), "cannot be a negative value"),
        (lambda: layers.LeakyReLU(None), "cannot be None"),
        (lambda: layers.Permute((0, 1)), "Invalid permutation"),
        (lambda: layers.Reshape((-1, -1)), "at most one unknown dimension"),
        (lambda: layers.ZeroPadding2D((1, 2, 3)), "2 pairs"),
        (lambda: layers.ZeroPadding2D(-1), "non-negative"),
        (lambda: layers.UpSampling2D(interpolation="cubic"), "Did you mean 'bicubic'"),
        (lambda: layers.BatchNormalization(momentum=2), "between 0 and 1"),
        (lambda: layers.BatchNormalization(renorm=True, renorm_clipping={"max": 2}), "invalid keys"),
        (lambda: layers.Input(), "must pass a `shape`"),
        (lambda: layers.Input(3), "A shape was expected"),
        (lambda: layers.Input((3,), batch_shape=(2, 3)), "both `shape` and `batch_shape`"),
        (lambda: layers.Input((3,), sparse=True), "not supported with torch"),
        (lambda: layers.SpectralNormalization(layers.Dense(2), power_iterations=0), "greater than zero"),
    ],
)
def test_arguments_that_make_no_sense(make: Any, message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        make()


# Noise.

NOISES = {
    "Dropout": {"rate": 0.4},
    "SpatialDropout1D": {"rate": 0.4},
    "GaussianDropout": {"rate": 0.4},
    "GaussianNoise": {"stddev": 0.4},
    "AlphaDropout": {"rate": 0.4},
}


@pytest.mark.parametrize("name", NOISES)
def test_noise_acts_in_training_only(name: str) -> None:
    layer = getattr(layers, name)(**NOISES[name])
    x = torch.ones(20, 30, 10)
    assert torch.equal(layer(x), x)
    assert not torch.equal(layer(x, training=True), x)
    assert torch.equal(layer(x), x)


@pytest.mark.parametrize("name", NOISES)
def test_noise_keeps_mean_and_spread_as_in_keras(name: str) -> None:
    x = torch.randn(200, 30, 100)
    out = getattr(layers, name)(**NOISES[name])(x, training=True)
    expected = getattr(keras.layers, name)(**NOISES[name])(x, training=True)
    assert abs(out.mean() - expected.mean()) < 0.03
    assert abs(out.std() - expected.std()) < 0.03
    assert abs((out == 0).float().mean() - (expected == 0).float().mean()) < 0.03


@pytest.mark.parametrize("name", NOISES)
def test_a_seed_makes_a_stream_of_its_own(name: str) -> None:
    x = torch.ones(5, 6, 7)
    one, other = (getattr(layers, name)(**NOISES[name], seed=3) for _ in range(2))
    first, second = one(x, training=True), one(x, training=True)
    assert not torch.equal(first, second)
    torch.manual_seed(9)
    assert torch.equal(other(x, training=True), first)
    assert torch.equal(copy.deepcopy(other)(x, training=True), second)
    assert torch.equal(pickle.loads(pickle.dumps(other))(x, training=True), second)
    assert [v.name for v in one.variables] == ["seed_generator_state"]
    assert one.weights == []


def test_without_a_seed_the_global_generator_counts() -> None:
    layer, x = layers.Dropout(0.5), torch.ones(50)
    torch.manual_seed(3)
    first = layer(x, training=True)
    torch.manual_seed(3)
    assert torch.equal(layer(x, training=True), first)


def test_the_mask_of_dropout_repeats_along_its_axes_of_one() -> None:
    out = layers.Dropout(0.5, noise_shape=(None, 1, 3))(torch.ones(40, 5, 3), training=True)
    assert torch.equal(out, out[:, :1].expand(out.shape))
    assert set(out.unique().tolist()) == {0.0, 2.0}
    channels = layers.SpatialDropout2D(0.5)(torch.ones(40, 5, 4, 3), training=True)
    assert torch.equal(channels, channels[:, :1, :1].expand(channels.shape))
    first = layers.SpatialDropout2D(0.5, data_format="channels_first")(torch.ones(40, 3, 5, 4), training=True)
    assert torch.equal(first, first[:, :, :1, :1].expand(first.shape))


def test_dropout_of_everything() -> None:
    assert torch.equal(layers.Dropout(1.0)(torch.ones(4), training=True), torch.zeros(4))


# BatchNormalization.


def test_a_frozen_batch_normalization_stays_in_inference_mode() -> None:
    layer = layers.BatchNormalization()
    x = torch.randn(8, 3) * 5
    layer(x)
    before = layer.get_weights()
    layer.trainable = False
    torch.testing.assert_close(layer(x, training=True), layer(x, training=False))
    np.testing.assert_equal(layer.get_weights(), before)
    layer.trainable = True
    assert not torch.allclose(layer(x, training=True), layer(x, training=False))


def test_moving_statistics_are_buffers() -> None:
    layer = layers.BatchNormalization()
    layer.build((None, 4))
    assert {name for name, _ in layer.named_buffers()} == {"module.running_mean", "module.running_var"}
    assert {name for name, _ in layer.named_parameters()} == {"module.weight", "module.bias"}
    assert [v.name for v in layer.non_trainable_weights] == ["moving_mean", "moving_variance"]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of real Keras' variables
def test_moving_statistics_follow_keras_for_many_steps() -> None:
    ours, theirs = layers.BatchNormalization(momentum=0.9), keras.layers.BatchNormalization(momentum=0.9)
    draw = np.random.default_rng(0)
    for size in (4, 7, 2, 1, 5) * 4:
        x = torch.tensor(draw.normal(1, 3, (size, 3, 2)), dtype=torch.float32)
        torch.testing.assert_close(ours(x, training=True), theirs(x, training=True), atol=1e-5, rtol=1e-5)
    for mine, real in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, real, rtol=1e-5, atol=1e-5)


def test_one_batch_normalization_twice_in_a_step() -> None:
    layer = layers.BatchNormalization()
    x = torch.randn(8, 3, requires_grad=True)
    (layer(x, training=True) + layer(x * 2, training=True)).square().sum().backward()
    assert torch.isfinite(x.grad).all()


@pytest.mark.parametrize("dtype", ["mixed_float16", "float16", "bfloat16"])
@pytest.mark.parametrize("name", ["LayerNormalization", "GroupNormalization", "BatchNormalization"])
def test_large_numbers_of_few_bits(name: str, dtype: str) -> None:
    args = {"groups": 2} if name == "GroupNormalization" else {}
    out = getattr(layers, name)(**args, dtype=dtype)(torch.randn(4, 8, 8, 4) * 1000 + 30000, training=True)
    assert out.dtype == getattr(torch, dtype.removeprefix("mixed_"))
    assert torch.isfinite(out).all()
    assert out.abs().max() < 10


@pytest.mark.parametrize("shape", [(2, 5, 4), (2, 5, 5, 4)])
def test_group_normalization_of_data_that_needs_no_gradient(shape: Any) -> None:
    layer, x = layers.GroupNormalization(2), torch.randn(shape)
    (layer(x) * torch.arange(4.0)).sum().backward()  # torch's own kernel would end the process here
    theirs = keras.layers.GroupNormalization(2)
    (theirs(x) * torch.arange(4.0)).sum().backward()
    torch.testing.assert_close(layer.beta.tensor.grad, theirs.beta.value.grad)


# torch.compile and meta tensors.


@pytest.mark.parametrize(
    ("make", "shape"),
    [
        (lambda: layers.Conv2D(4, 3, padding="same", strides=2, activation="relu"), (2, 8, 9, 3)),
        (lambda: layers.Conv1D(4, 3, padding="causal"), (2, 8, 3)),
        (lambda: layers.Conv2DTranspose(4, 3, strides=2, padding="same"), (2, 5, 5, 3)),
        (lambda: layers.SeparableConv2D(4, 3), (2, 5, 5, 3)),
        (lambda: layers.BatchNormalization(), (4, 5, 3)),
        (lambda: layers.LayerNormalization(axis=[1, 2]), (4, 5, 3)),
        (lambda: layers.GroupNormalization(3), (4, 5, 3)),
        (lambda: layers.MaxPooling2D(3, 2, padding="same"), (2, 8, 9, 3)),
        (lambda: layers.AveragePooling1D(2, 1, padding="same"), (2, 8, 3)),
        (lambda: layers.PReLU(), (2, 3)),
        (lambda: layers.Dropout(0.0), (2, 3)),
        (lambda: layers.Reshape((3, -1)), (2, 6)),
        (lambda: layers.UpSampling2D(), (2, 3, 3, 1)),
    ],
)
@pytest.mark.parametrize("training", [False, True])
def test_layers_are_one_graph(make: Any, shape: Any, training: bool) -> None:
    torch._dynamo.reset()  # every test traces `__call__` anew
    layer, x = make(), torch.randn(shape)
    layer(x)
    layer.train(training)
    expected = copy.deepcopy(layer)(x)
    compiled = torch.compile(layer, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(x), expected)


def test_leaky_relu_takes_alpha_as_keras_does() -> None:
    with pytest.warns(DeprecationWarning, match="negative_slope"):
        layer = layers.LeakyReLU(alpha=0.2)
    x = np.array([[-2.0, 1.0]], "float32")
    np.testing.assert_allclose(layer(x), keras.layers.LeakyReLU(negative_slope=0.2)(x))
    assert layers.LeakyReLU(0.1).get_config()["negative_slope"] == pytest.approx(0.1)
