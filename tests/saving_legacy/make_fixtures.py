"""Writes the Keras 2 files in `fixtures/`; run once, with tf-keras and TensorFlow, which no test needs.

    python tests/saving_legacy/make_fixtures.py

Beside each model `name.h5` stands `name.npz`: inputs x0, x1, ... and the outputs y0, y1, ... that Keras 2 gives.
"""

import os
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_USE_LEGACY_KERAS"] = "1"

import numpy as np
import tf_keras as keras
from tf_keras import layers

FOLDER = Path(__file__).parent / "fixtures"
RNG = np.random.default_rng(0)


def floats(*shape):
    return RNG.normal(size=shape).astype("float32")


def store(name, model, inputs, suffix=".h5", **kwargs):
    model.save(FOLDER / (name + suffix), **kwargs)
    keep(name, model, inputs)


def keep(name, model, inputs):
    outputs = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    arrays = {f"x{i}": x for i, x in enumerate(inputs)} | {f"y{i}": y for i, y in enumerate(outputs)}
    np.savez_compressed(FOLDER / f"{name}.npz", **arrays)


def compiled():
    """Adam in the middle of training, losses and metrics by their short names, batch normalization."""
    model = keras.Sequential(
        [
            layers.Dense(6, activation="relu", input_shape=(4,), kernel_regularizer="l2"),
            layers.BatchNormalization(),
            layers.Dropout(0.3),
            layers.Dense(2, activation="softmax", name="out"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae", "acc"])
    model.fit(floats(32, 4), floats(32, 2), epochs=2, verbose=0)
    store("compiled", model, [floats(3, 4)])


def old_optimizer():
    """The optimizers of Keras 2.10 and before, which keep their weights in another order."""
    model = keras.Sequential([layers.Dense(3, input_shape=(4,)), layers.Dense(1)])
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    model.compile(keras.optimizers.legacy.SGD(schedule, momentum=0.9, nesterov=True), "mean_squared_error")
    model.fit(floats(16, 4), floats(16, 1), epochs=2, verbose=0)
    store("old_optimizer", model, [floats(3, 4)])


def shared():
    """Two inputs and outputs, a shared layer, a nested model, operators."""
    left, right = keras.Input((5,), name="left"), keras.Input((5,), name="right")
    inner = keras.Sequential([layers.Dense(4, activation="tanh", input_shape=(5,)), layers.Dense(3)], name="inner")
    dense = layers.Dense(5, name="shared")
    joined = layers.Concatenate()([inner(dense(left)), inner(right)])
    summed = layers.Add()([dense(left), dense(right)])
    model = keras.Model([left, right], [layers.Dense(2, name="a")(joined), layers.Dense(1, name="b")(summed)])
    model.compile("rmsprop", {"a": "mse", "b": "mae"}, loss_weights={"a": 1.0, "b": 0.5}, metrics={"a": ["mae"]})
    store("shared", model, [floats(3, 5), floats(3, 5)])


def images():
    """Convolutions of every kind, pooling, padding; BatchNormalization writes its axis as a list."""
    inputs = keras.Input((12, 12, 3))
    x = layers.Conv2D(4, 3, padding="same", use_bias=False)(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU(6.0)(x)
    x = layers.SeparableConv2D(5, 3, activation="swish")(x)
    x = layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2)(x)
    x = layers.PReLU(shared_axes=[1, 2])(x)
    x = layers.ZeroPadding2D(((0, 1), (0, 1)))(layers.MaxPooling2D()(x))
    x = layers.Conv2DTranspose(3, 2, strides=2)(x)
    x = layers.LeakyReLU(0.2)(layers.UpSampling2D()(x))
    x = layers.Dense(2, activation=keras.activations.softmax)(layers.GlobalAveragePooling2D()(x))
    store("images", keras.Model(inputs, x), [floats(2, 12, 12, 3)], include_optimizer=False)


def recurrent():
    """Masks, LSTM, GRU of both kinds, cells, Bidirectional, TimeDistributed, ConvLSTM2D."""
    words = keras.Input((6,), dtype="int32", name="words")
    x = layers.Embedding(10, 4, mask_zero=True)(words)
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(x)
    x = layers.GRU(4, return_sequences=True)(x)
    x = layers.GRU(3, return_sequences=True, reset_after=False)(x)
    x = layers.TimeDistributed(layers.Dense(4))(x)
    x = layers.RNN([layers.LSTMCell(3), layers.SimpleRNNCell(2)])(x)
    frames = keras.Input((2, 5, 5, 2), name="frames")
    y = layers.Flatten()(layers.ConvLSTM2D(2, 3)(frames))
    model = keras.Model([words, frames], layers.Concatenate()([x, y]))
    store("recurrent", model, [np.array([[1, 2, 3, 0, 0, 0], [4, 5, 6, 7, 8, 9]], "int32"), floats(2, 2, 5, 5, 2)])


def attention():
    """MultiHeadAttention called with keywords, LayerNormalization, Dot, Reshape, Permute."""
    inputs = keras.Input((5, 8))
    x = layers.MultiHeadAttention(2, 4)(inputs, inputs, use_causal_mask=True)
    x = layers.LayerNormalization(epsilon=1e-6)(layers.Add()([inputs, x]))
    x = layers.Dot(axes=2)([x, layers.Dense(8)(x)])
    x = layers.Permute((2, 1))(layers.Reshape((5, 5))(x))
    store("attention", keras.Model(inputs, layers.Attention()([x, x])), [floats(2, 5, 8)])


def functions():
    """A lambda, and operators on symbolic tensors."""
    space = {}
    exec(compile("divide = lambda x: x / 255", "functions", "exec"), space)  # code objects keep their file's name
    inputs = keras.Input((4,))
    x = layers.Lambda(space["divide"])(inputs)
    x = layers.Dense(3)(x * 2.0 + 1.0)
    store("functions", keras.Model(inputs, layers.Activation("gelu")(x)), [floats(3, 4) * 255])


def preparing():
    """Layers that prepare data, with states of their own."""
    inputs = keras.Input((3,))
    normal = layers.Normalization()
    normal.adapt(floats(50, 3) * 3 + 1)
    x = layers.Rescaling(2.0, offset=-1.0)(normal(inputs))
    x = layers.GaussianNoise(0.1)(layers.Dense(2)(x))
    store("preparing", keras.Model(inputs, x), [floats(3, 3)])


def custom():
    """A class and a function of the user's."""

    @keras.saving.register_keras_serializable("Mine")
    class Scale(layers.Layer):
        def __init__(self, factor=1.0, **kwargs):
            super().__init__(**kwargs)
            self.factor = factor

        def build(self, shape):
            self.scale = self.add_weight("scale", (shape[-1],), initializer="ones")

        def call(self, x):
            return x * self.scale * self.factor

        def get_config(self):
            return {**super().get_config(), "factor": self.factor}

    model = keras.Sequential([layers.Dense(3, input_shape=(2,)), Scale(3.0)])
    model.layers[1].set_weights([floats(3)])
    store("custom", model, [floats(3, 2)])


def weights():
    """Weights alone, under Keras 2's name for such files."""
    model = keras.Sequential(
        [
            layers.Dense(4, input_shape=(3,), name="one"),
            layers.BatchNormalization(name="two"),
            layers.Dense(2, name="x"),
        ]
    )
    model.save_weights(FOLDER / "weights.hdf5")
    keep("weights", model, [floats(3, 3)])


def zipped():
    """The `.keras` file of Keras 2.15."""
    model = keras.Sequential([layers.LSTM(3, input_shape=(4, 2)), layers.Dense(2)])
    model.compile("adam", "mse")
    model.fit(floats(8, 4, 2), floats(8, 2), verbose=0)
    store("zipped", model, [floats(3, 4, 2)], suffix=".keras")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    keras.utils.set_random_seed(0)
    for make in (compiled, old_optimizer, shared, images, recurrent, attention, functions, preparing, custom, weights):
        make()
    zipped()
