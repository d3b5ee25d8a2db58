"""Models written once, for real Keras and for torchkeras: each function takes the module and gives a model.

Inputs are drawn by shape and dtype: integers are below 10, unknown sizes are 6 (the batch 3).
"""

from collections.abc import Callable
from typing import Any

import numpy as np

ARCHITECTURES: dict[str, Callable[[Any], Any]] = {}


def architecture(build: Callable[[Any], Any]) -> Callable[[Any], Any]:
    ARCHITECTURES[build.__name__] = build
    return build


def draw(shapes: Any, dtypes: Any, seed: int = 0) -> list[np.ndarray]:
    """Arrays for the inputs of a model, as a flat list."""
    random = np.random.default_rng(seed)
    arrays = []
    for shape, dtype in zip(shapes, dtypes, strict=True):
        batch, *sizes = (size or (6 if axis else 3) for axis, size in enumerate(shape))
        if "int" in dtype:
            arrays.append(random.integers(0, 10, (batch, *sizes)).astype(dtype))
        else:
            arrays.append(random.normal(size=(batch, *sizes)).astype(dtype))
    return arrays


def data_for(model: Any, seed: int = 0) -> Any:
    """Arrays in the structure of the model's inputs."""
    arrays = iter(draw([t.shape for t in model.inputs], [t.dtype for t in model.inputs], seed))
    return fill(model.input, arrays)


def fill(struct: Any, values: Any) -> Any:
    """`struct` with the next of `values` in place of each leaf."""
    if isinstance(struct, (list, tuple)):
        return type(struct)(fill(item, values) for item in struct)
    if isinstance(struct, dict):
        return {key: fill(item, values) for key, item in struct.items()}
    return next(values)


# Plain stacks.


@architecture
def sequential(k: Any) -> Any:
    return k.Sequential([k.layers.Input((8,)), k.layers.Dense(12, activation="relu"), k.layers.Dense(1)])


@architecture
def sequential_in_sequential(k: Any) -> Any:
    inner = k.Sequential([k.layers.Input((8,)), k.layers.Dense(5, activation="tanh")], name="inner")
    return k.Sequential([inner, k.layers.Dropout(0.3), k.layers.Dense(2)])


@architecture
def cnn(k: Any) -> Any:
    x = inputs = k.Input((12, 12, 3), name="photo")
    for index in range(2):
        x = k.layers.ZeroPadding2D((1, 1))(x)
        x = k.layers.Conv2D(4, (3, 3), strides=(1, 1), use_bias=index == 0, kernel_regularizer="l2")(x)
        x = k.layers.BatchNormalization(axis=3, name=f"bn{index}")(x)
        x = k.layers.Activation("relu")(x)
        x = k.layers.MaxPooling2D((2, 2))(x)
    x = k.layers.Flatten()(x)
    return k.Model(inputs=inputs, outputs=k.layers.Dense(1, activation="sigmoid")(x), name="HappyModel")


@architecture
def unknown_sizes(k: Any) -> Any:
    inputs = k.Input((None, None, 3))
    x = k.layers.Conv2D(4, 3, padding="same", activation=k.layers.LeakyReLU(0.1))(inputs)
    x = k.layers.SeparableConv2D(5, 3, padding="same", depth_multiplier=2)(x)
    x = k.layers.UpSampling2D()(x)
    return k.Model(inputs, k.layers.GlobalAveragePooling2D()(x))


@architecture
def residual(k: Any) -> Any:
    inputs = k.Input((6, 6, 4))
    x = k.layers.Conv2D(4, 3, padding="same", kernel_initializer=k.initializers.HeNormal(seed=1))(inputs)
    x = k.layers.add([x, inputs])
    x = k.layers.Concatenate(axis=-1)([x, inputs])
    return k.Model(inputs, k.layers.GlobalMaxPooling2D()(k.layers.LayerNormalization()(x)))


# Several and nested inputs and outputs.


@architecture
def two_in_two_out(k: Any) -> Any:
    a, b = k.Input((4,), name="a"), k.Input((3,), name="b")
    x = k.layers.concatenate([a, b])
    return k.Model([a, b], [k.layers.Dense(2, name="left")(x), k.layers.Dense(1, name="right")(x)])


@architecture
def one_in_a_list(k: Any) -> Any:
    a = k.Input((4,))
    return k.Model([a], [k.layers.Dense(2)(a)])


@architecture
def dict_in_dict_out(k: Any) -> Any:
    a, b = k.Input((4,), name="a"), k.Input((4,), name="b")
    x = k.layers.Average()([a, b])
    return k.Model({"a": a, "b": b}, {"mean": x, "score": k.layers.Dense(1, name="score")(x)})


@architecture
def nested_structures(k: Any) -> Any:
    a, b, c = (k.Input((4,), name=name) for name in "abc")
    x = k.layers.Maximum()([a, b, c])
    outputs = [k.layers.Dense(1)(x), {"deep": k.layers.Dense(2)(x), "deeper": [k.layers.Dense(3)(x)]}]
    return k.Model([a, {"b": b, "c": [c]}], outputs)


@architecture
def output_twice(k: Any) -> Any:
    a = k.Input((4,))
    x = k.layers.Dense(2)(a)
    return k.Model(a, [x, x, a])


@architecture
def unused_input(k: Any) -> Any:
    a, b = k.Input((4,), name="used"), k.Input((2,), name="idle")
    return k.Model([a, b], k.layers.Dense(2)(a))


# Sharing and nesting.


@architecture
def shared_layer(k: Any) -> Any:
    a, b = k.Input((4,)), k.Input((4,))
    shared = k.layers.Dense(3, name="shared")
    return k.Model([a, b], k.layers.Subtract()([shared(a), shared(b)]))


@architecture
def called_twice_in_a_row(k: Any) -> Any:
    a = k.Input((4,))
    again = k.layers.Dense(4, activation="tanh")
    return k.Model(a, again(again(a)))


@architecture
def shared_outside(k: Any) -> Any:
    """The layer has a call that is not part of this graph: indices of calls must be those of the graph."""
    layer = k.layers.Dense(4)
    layer(k.Input((4,)))
    a = k.Input((4,))
    return k.Model(a, k.layers.ReLU()(layer(layer(a))))


@architecture
def model_in_model(k: Any) -> Any:
    a = k.Input((4,), name="inside")
    inner = k.Model(a, k.layers.Dense(3, name="part")(a), name="encoder")
    b = k.Input((4,), name="outside")
    return k.Model(b, k.layers.Dense(1)(inner(b)))


@architecture
def model_twice_in_model(k: Any) -> Any:
    inner = k.Sequential([k.layers.Input((4,)), k.layers.Dense(3)], name="tower")
    a, b = k.Input((4,)), k.Input((4,))
    return k.Model([a, b], k.layers.Dot(axes=1, normalize=True)([inner(a), inner(b)]))


@architecture
def model_with_two_outputs_in_model(k: Any) -> Any:
    a = k.Input((4,))
    inner = k.Model(a, [k.layers.Dense(3)(a), k.layers.Dense(2)(a)], name="forked")
    b = k.Input((4,))
    left, right = inner(b)
    return k.Model(b, k.layers.Concatenate()([right, left]))


@architecture
def model_ends_in_model(k: Any) -> Any:
    a = k.Input((4,))
    inner = k.Model(a, k.layers.Dense(3)(a), name="last")
    b = k.Input((5,))
    return k.Model(b, inner(k.layers.Dense(4)(b)))


@architecture
def from_the_middle(k: Any) -> Any:
    model = cnn(k)
    return k.Model(model.input, model.get_layer("bn1").output)


# Operations in the graph.


@architecture
def operators(k: Any) -> Any:
    a, b = k.Input((4,)), k.Input((4,))
    return k.Model([a, b], k.layers.Dense(2)((2.0 * a + b / 3.0 - 1.0) ** 2 * -b))


@architecture
def constants(k: Any) -> Any:
    a = k.Input((2, 3))
    weights = np.arange(12, dtype="float32").reshape(3, 4)
    return k.Model(a, k.ops.matmul(a, weights))


@architecture
def ops(k: Any) -> Any:
    a = k.Input((4, 6))
    x = k.ops.reshape(a, (-1, 24))
    x = k.ops.relu(k.layers.Dense(8)(x))
    x = k.ops.concatenate([x, k.ops.square(x)], axis=-1)
    return k.Model(a, k.ops.mean(k.ops.expand_dims(x, 1), axis=[1, 2], keepdims=True))


@architecture
def indexing(k: Any) -> Any:
    a = k.Input((6, 4))
    return k.Model(a, [a[:, -1], a[:, 1:5:2, :3], k.ops.split(a, 2, axis=1)[1]])


@architecture
def comparison(k: Any) -> Any:
    a = k.Input((4,))
    return k.Model(a, k.ops.where(a > 0.5, a, k.ops.zeros_like(a)))


@architecture
def cast(k: Any) -> Any:
    a = k.Input((4,), dtype="int32")
    return k.Model(a, k.layers.Rescaling(1 / 10, offset=-0.5)(k.ops.cast(a, "float32")))


# Sequences and masks.


@architecture
def masked_lstm(k: Any) -> Any:
    words = k.Input((None,), dtype="int32", name="words")
    x = k.layers.Embedding(10, 4, mask_zero=True)(words)
    return k.Model(words, k.layers.Dense(2)(k.layers.LSTM(5)(x)))


@architecture
def masked_stack(k: Any) -> Any:
    words = k.Input((7,), dtype="int32")
    x = k.layers.Embedding(10, 4, mask_zero=True)(words)
    x = k.layers.Dropout(0.2)(x)
    x = k.layers.GRU(5, return_sequences=True)(x)
    x = k.layers.TimeDistributed(k.layers.Dense(3))(x)
    return k.Model(words, k.layers.GlobalAveragePooling1D()(x))


@architecture
def bidirectional(k: Any) -> Any:
    a = k.Input((7, 3))
    x = k.layers.Bidirectional(k.layers.LSTM(4, return_sequences=True), merge_mode="sum")(a)
    return k.Model(a, k.layers.Bidirectional(k.layers.GRU(3), name="both")(x))


@architecture
def masked_bidirectional(k: Any) -> Any:
    words = k.Input((7,), dtype="int32")
    x = k.layers.Embedding(10, 4, mask_zero=True)(words)
    return k.Model(words, k.layers.Bidirectional(k.layers.LSTM(3))(x))


@architecture
def masking_layer(k: Any) -> Any:
    a = k.Input((7, 3))
    return k.Model(a, k.layers.SimpleRNN(4)(k.layers.Masking(0.0)(a)))


@architecture
def encoder_decoder(k: Any) -> Any:
    source, target = k.Input((5, 3), name="source"), k.Input((6, 2), name="target")
    _, h, c = k.layers.LSTM(4, return_state=True, name="encoder")(source)
    x = k.layers.LSTM(4, return_sequences=True, name="decoder")(target, initial_state=[h, c])
    return k.Model([source, target], k.layers.Dense(2, activation="softmax")(x))


@architecture
def self_attention(k: Any) -> Any:
    a = k.Input((6, 8))
    attended = k.layers.MultiHeadAttention(2, 4, name="attention")(a, a)
    x = k.layers.LayerNormalization(epsilon=1e-6)(a + attended)
    return k.Model(a, k.layers.GlobalAveragePooling1D()(x))


@architecture
def cross_attention(k: Any) -> Any:
    a, b = k.Input((6, 8)), k.Input((5, 8))
    x, scores = k.layers.MultiHeadAttention(2, 4)(a, b, use_causal_mask=True, return_attention_scores=True)
    return k.Model([a, b], [x, scores])


@architecture
def masked_attention(k: Any) -> Any:
    words = k.Input((6,), dtype="int32")
    x = k.layers.Embedding(10, 8, mask_zero=True)(words)
    return k.Model(words, k.layers.MultiHeadAttention(2, 4)(x, x))


# What layers are made with.


@architecture
def given_training_flag(k: Any) -> Any:
    a = k.Input((4,))
    x = k.layers.Dropout(0.5)(k.layers.BatchNormalization()(a, training=False), training=False)
    return k.Model(a, k.layers.Dense(1)(x))


@architecture
def objects_as_arguments(k: Any) -> Any:
    a = k.Input((4,), batch_size=3)
    x = k.layers.Dense(
        3,
        activation=k.activations.gelu,
        kernel_initializer=k.initializers.RandomNormal(stddev=0.1, seed=3),
        kernel_regularizer=k.regularizers.L1L2(1e-3, 1e-2),
        bias_constraint=k.constraints.NonNeg(),
        activity_regularizer="l2",
        trainable=False,
    )(a)
    return k.Model(a, k.layers.Softmax(axis=-1)(x))


@architecture
def frozen(k: Any) -> Any:
    model = sequential(k)
    model.trainable = False
    return model
