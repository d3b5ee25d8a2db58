"""What layers take of old calls besides single keywords: orders of arguments, first weights, initializers."""

import inspect

import numpy as np
import pytest
import torch

import torchkeras
from torchkeras import layers, models
from torchkeras._eras import layers as old

X, Y = np.ones((8, 3), "float32"), np.ones((8, 1), "float32")


def small_model():
    inputs = torchkeras.Input((3,))
    model = models.Model(inputs, layers.Dense(1, kernel_initializer="ones")(inputs))
    model.compile("sgd", "mse")
    return model


KERAS_1 = [
    (lambda: layers.Convolution2D(32, 3, 5), lambda: layers.Conv2D(32, (3, 5)), 1),
    (lambda: layers.Convolution2D(32, 3, 3, border_mode="same"), lambda: layers.Conv2D(32, 3, padding="same"), 2),
    (lambda: layers.Convolution2D(32, 3, 3, "he_normal", "relu"),
     lambda: layers.Conv2D(32, 3, kernel_initializer="he_normal", activation="relu"), 1),
    (lambda: layers.Convolution2D(8, 3, nb_col=5), lambda: layers.Conv2D(8, (3, 5)), 1),
    (lambda: layers.Convolution2D(8, (3, 5)), lambda: layers.Conv2D(8, (3, 5)), 0),
    (lambda: layers.Conv2D(8, 3, 3, subsample=(2, 2)), lambda: layers.Conv2D(8, 3, strides=2), 2),
    (lambda: layers.Conv2D(8, 3, 3), lambda: layers.Conv2D(8, 3, strides=3), 0),
    (lambda: layers.Conv2D(8, 3, 1, "same"), lambda: layers.Conv2D(8, 3, padding="same"), 0),
    (lambda: layers.Convolution3D(8, 1, 2, 3), lambda: layers.Conv3D(8, (1, 2, 3)), 1),
    (lambda: layers.Conv1D(8, 3, "uniform", "relu"),
     lambda: layers.Conv1D(8, 3, kernel_initializer="uniform", activation="relu"), 1),
    (lambda: layers.Dense(4, "uniform", "relu"),
     lambda: layers.Dense(4, kernel_initializer="uniform", activation="relu"), 1),
    (lambda: layers.Dense(6, 4), lambda: layers.Dense(4, input_dim=6), 1),
    (lambda: layers.LSTM(6, 4, "one"), lambda: layers.LSTM(4, kernel_initializer="one", input_shape=(None, 6)), 1),
    (lambda: layers.MaxPooling2D(poolsize=(2, 2)), lambda: layers.MaxPooling2D(2), 1),
    (lambda: layers.Dense(4, "relu"), lambda: layers.Dense(4, activation="relu"), 0),
    (lambda: layers.LSTM(4, "glorot_normal"), lambda: layers.LSTM(4, kernel_initializer="glorot_normal"), 1),
    (lambda: layers.LSTM(4, "relu"), lambda: layers.LSTM(4, activation="relu"), 0),
    (lambda: layers.BatchNormalization(1e-5, 0, 1), lambda: layers.BatchNormalization(1, epsilon=1e-5), 1),
    (lambda: layers.BatchNormalization(1), lambda: layers.BatchNormalization(axis=1), 0),
    (lambda: layers.ZeroPadding2D((1, 2, 3, 4)), lambda: layers.ZeroPadding2D(((1, 2), (3, 4))), 1),
    (lambda: layers.ZeroPadding2D({"top_pad": 1}), lambda: layers.ZeroPadding2D(((1, 0), (0, 0))), 1),
    (lambda: layers.LSTM(4, input_dim=3), lambda: layers.LSTM(4, input_shape=(None, 3)), 1),
    (lambda: layers.LSTM(4, batch_input_shape=(2, 7, 3), input_length=7),
     lambda: layers.LSTM(4, batch_input_shape=(2, 7, 3)), 1),
    (lambda: layers.SpatialDropout1D(0.2, input_shape=(7, 3)), lambda: bare_with_shape((None, 7, 3)), 1),
    (lambda: old.AtrousConvolution2D(4, 3, 2, "one", atrous_rate=(2, 1), border_mode="same"),
     lambda: layers.Conv2D(4, (3, 2), kernel_initializer="ones", dilation_rate=(2, 1), padding="same"), 1),
    (lambda: old.Deconvolution2D(4, 3, 2, (None, 4, 4, 4), subsample=(2, 2)),
     lambda: layers.Conv2DTranspose(4, (3, 2), strides=2), 1),
    (lambda: old.LocallyConnected2D(4, 3, 2, border_mode="valid"), lambda: old.LocallyConnected2D(4, (3, 2)), 2),
    (lambda: layers.MaxPooling2D((2, 2), (1, 1), "same", "th"),
     lambda: layers.MaxPooling2D((2, 2), 1, "same", "channels_first"), 1),
    (lambda: layers.SeparableConvolution2D(4, 3, 2), lambda: layers.SeparableConv2D(4, (3, 2)), 1),
    (lambda: layers.Convolution2DTranspose(4, 3, 2), lambda: layers.Conv2DTranspose(4, 3, strides=2), 0),
    (lambda: layers.Conv2D(8, 3, padding="Same"), lambda: layers.Conv2D(8, 3, padding="same"), 0),
]  # fmt: skip


def bare_with_shape(shape):
    layer = layers.SpatialDropout1D(0.2)
    layer._input_shape_argument = shape
    return layer


@pytest.mark.parametrize(("old_call", "today", "count"), KERAS_1)
def test_positional_arguments(old_call, today, count, config, told):
    layer, texts = told(old_call)
    assert config(layer) == config(today())
    assert type(layer) is type(today())
    assert len(texts) == count, texts


def test_the_names_of_keras_1_are_those_classes():
    layer = layers.Convolution2D(4, (3, 3))
    assert isinstance(layer, layers.Convolution2D)
    assert type(layer).__name__ == "Conv2D"
    assert issubclass(layers.Conv2D, layers.Convolution2D)

    class Mine(layers.Convolution2D):
        pass

    assert isinstance(Mine(4, 3), Mine)
    assert not isinstance(layer, Mine)


def test_warnings_say_what_to_write(told):
    _, texts = told(lambda: layers.Convolution2D(32, 3, 3))
    assert texts == [
        "Convolution2D: an old order of positional arguments; today write `filters=32, kernel_size=(3, 3)`."
    ]


@pytest.mark.parametrize("late", [False, True])
def test_weights(late, told):
    values = [np.arange(6, dtype="float32").reshape(3, 2), np.ones(2, "float32")]
    shape = {} if late else {"input_dim": 3}
    layer, texts = told(lambda: layers.Dense(2, weights=values, **shape))
    torchkeras.Sequential([layer])(np.zeros((1, 3), "float32"))
    assert all(np.array_equal(a, b) for a, b in zip(layer.get_weights(), values, strict=True))
    assert texts == ["Dense: `weights=` is now `layer.set_weights(...)`, once the layer is built."]
    with pytest.raises(TypeError, match="Dense: expected `weights` to be a list of arrays, got ndarray of shape"):
        layers.Dense(2, weights=np.zeros(3))  # no word of it being deprecated: it never worked
    wrong, _ = told(lambda: layers.Dense(2, weights=values[:1]))
    with pytest.raises(ValueError, match="weight list of length 1, but the layer was expecting 2"):
        wrong(np.zeros((1, 3), "float32"))


def test_weights_of_wrapped_layers_and_own_layers(told):
    class Mine(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)

        def build(self, input_shape):
            self.w = self.add_weight(shape=(input_shape[-1],), initializer="zeros")

        def call(self, x):
            return x * self.w

    mine, texts = told(lambda: Mine(weights=[[2.0, 3.0]]))
    assert np.array_equal(mine(np.ones((1, 2), "float32")).numpy(force=True), [[2, 3]])
    assert len(texts) == 1
    inner, _ = told(lambda: layers.Dense(1, weights=[np.full((2, 1), 2.0), np.zeros(1)]))
    stack = layers.TimeDistributed(inner)
    assert float(stack(np.ones((1, 3, 2), "float32"))[0, 2, 0].detach()) == 4


def test_embedding_drops_words(told):
    layer, texts = told(lambda: layers.Embedding(6, 3, weights=[np.ones((6, 3))], dropout=0.5))
    words = np.array([[0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5]])
    torchkeras.utils.set_random_seed(1)
    dropped = layer(words, training=True)[0].detach()
    assert set(dropped.unique().tolist()) == {0.0, 2.0}
    assert torch.equal(dropped[:6], dropped[6:])
    assert torch.equal(layer(words)[0].detach(), torch.ones(12, 3))
    assert len(texts) == 1
    with pytest.raises(ValueError, match=r"Embedding: expected a `dropout` from 0 to below 1, got 1\.5"):
        layers.Embedding(6, 3, dropout=1.5)


@pytest.mark.parametrize(
    "init", [lambda shape, name=None: torch.full(shape, 3.0), lambda shape, name: torch.full(shape, 3.0)]
)
def test_initializers_of_keras_1(init, told):
    layer, _ = told(lambda: layers.Dense(2, init=init, input_dim=2))
    torchkeras.Sequential([layer])
    assert layer.get_weights()[0].tolist() == [[3, 3], [3, 3]]


def test_subclasses_hand_on_old_words(told):
    class Mine(layers.Dense):
        def __init__(self, n, **kwargs):
            super().__init__(output_dim=n, init="zero", **kwargs)

    mine, texts = told(lambda: Mine(3, activation="relu"))
    assert (mine.units, len(texts)) == (3, 2)
    assert list(inspect.signature(layers.Dense).parameters)[:2] == ["units", "activation"]


def test_arguments_of_classes_with_written_constructors_reach_the_config(told):
    layer, _ = told(lambda: layers.SpatialDropout1D(p=0.25))
    assert layers.SpatialDropout1D.from_config(layer.get_config()).rate == 0.25


REFUSED = [
    (lambda: layers.BatchNormalization(mode=2), "`mode=2` of Keras 1 is gone; write layers.BatchNormalization"),
    (lambda: layers.BatchNormalization(mode=1), "`mode=1` of Keras 1 is gone; write layers.LayerNormalization"),
    (lambda: layers.LSTM(2, time_major=True), r"`time_major=True` is not supported: sequences are \(batch, time"),
    (lambda: layers.BatchNormalization(virtual_batch_size=2), "LSTM|BatchNormalization: `virtual_batch_size=2` is not"),
    (lambda: layers.Attention(causal=True), r"`causal=True` is not supported: it is said in the call"),
    (lambda: layers.LSTM(2, forget_bias_init="normal"), "expected 'one' or 'zero', got 'normal'"),
    (lambda: layers.Dense(units=2, output_dim=3), "Dense: got both `units` and `output_dim`, its old name"),
]


@pytest.mark.parametrize(("call", "text"), REFUSED)
def test_what_cannot_be_had_says_so(call, text):
    with pytest.raises(ValueError, match=text):
        call()


def test_half_a_kernel():
    with pytest.raises(TypeError, match="Conv2D: `nb_row=` without `nb_col=`; today write `kernel_size=`"):
        layers.Conv2D(3, nb_row=2)


def test_unknown_words_meet_todays_error():
    with pytest.raises(TypeError, match="Dense: unexpected argument 'outputdim'=3"):
        layers.Dense(3, outputdim=3)
    with pytest.raises(TypeError, match="unexpected keyword argument 'nbepoch'"):
        small_model().fit(X, Y, nbepoch=1)
