"""What is computed both by tf_keras.backend, when ``record.py`` runs, and by ours in the tests: (name, arguments).

Nothing is imported here but NumPy, so that both environments can read the rows.
"""

from typing import Any, NamedTuple

import numpy as np


class Row(NamedTuple):
    """One call. `symbols` are the positions of the arrays that also work as symbolic tensors."""

    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    symbols: tuple[int, ...]


ROWS: list[Row] = []


def row(name: str, *args: Any, symbols: Any = None, **kwargs: Any) -> None:
    """A call whose arrays may all be symbolic, or those at the positions `symbols`."""
    if symbols is None:
        symbols = tuple(i for i, item in enumerate(args) if isinstance(item, np.ndarray) and item.ndim)
    ROWS.append(Row(name, args, kwargs, tuple(symbols)))


def draw(*shape: int, low: float = -2.0, high: float = 2.0, seed: int = 0) -> np.ndarray:
    return np.random.RandomState(seed + len(shape)).uniform(low, high, shape).astype("float32")


def integers(high: int, *shape: int, seed: int = 0) -> np.ndarray:
    return np.random.RandomState(seed).randint(0, high, shape).astype("int32")


def shares(*shape: int, seed: int = 0) -> np.ndarray:
    """Probabilities over the last axis."""
    x = draw(*shape, low=0.05, high=1.0, seed=seed)
    return x / x.sum(-1, keepdims=True)


X = draw(2, 3)
X3 = draw(2, 3, 4)
IMAGES = draw(2, 6, 5, 3)
FIRST = IMAGES.transpose(0, 3, 1, 2).copy()
VOLUMES = draw(1, 4, 5, 4, 2)
EDGE = np.array([[-3.0, -0.5, 0.0], [0.5, 1.5, 2.5]], "float32")

# Each element
for name in ("abs", "cos", "exp", "sigmoid", "sign", "sin", "softplus", "softsign", "square", "tanh", "round", "sqrt"):
    row(name, EDGE)
for name in ("hard_sigmoid", "elu", "relu", "softmax", "identity", "stop_gradient"):
    row(name, EDGE)
row("log", draw(2, 3, low=0.1))
row("elu", X, 0.5)
for keywords in (
    {"alpha": 0.1},
    {"max_value": 1.0},
    {"threshold": 0.5},
    {"alpha": 0.2, "max_value": 1.0, "threshold": 0.3},
):
    row("relu", EDGE, **keywords)
row("softmax", X3, axis=1)
row("clip", X, -0.5, 0.5)
row("clip", X, 0.5, -0.5)
row("clip", X, 0, 1)
row("clip", X, None, 1.0)
row("pow", X, 2)
row("pow", X, 3.0)
row("cast", X, "int32")
row("cast", X > 0, "float32")
row("cast_to_floatx", X.astype("float64"), symbols=())
for name in ("equal", "greater", "greater_equal", "less", "less_equal", "not_equal", "maximum", "minimum"):
    row(name, X, np.round(X))
    row(name, X, 0.5)

# Axes
for name in ("sum", "mean", "max", "min", "prod", "var", "std", "logsumexp"):
    row(name, X3)
    row(name, X3, axis=-1)
    row(name, X3, axis=[1, 2], keepdims=True)
for name in ("any", "all"):
    row(name, X3 > 0, axis=1)
    row(name, X3 > -9)
row("mean", X > 0)
for name in ("argmax", "argmin"):
    row(name, X3)
    row(name, X3, axis=1)
for name in ("cumsum", "cumprod"):
    row(name, X3)
    row(name, X3, axis=-1)
row("l2_normalize", X3)
row("l2_normalize", X3, axis=-1)
row("l2_normalize", X3, axis=[1, 2])
row("in_top_k", shares(4, 5), integers(5, 4), 2)

# Laying out
row("expand_dims", X)
row("expand_dims", X, 1)
row("squeeze", X[:, :1], 1)
row("permute_dimensions", X3, (0, 2, 1))
row("permute_dimensions", X3, [2, 0, 1])
row("transpose", X)
row("transpose", X3)
row("reverse", X3, 1)
row("reverse", X3, (1, 2))
row("flatten", X3)
row("batch_flatten", X3)
row("reshape", X3, (-1, 4))
row("reshape", X3, [2, 4, 3], symbols=())
row("gather", X3, np.array([[1, 0], [1, 1]]), symbols=())
row("gather", draw(5, 3), integers(5, 2, 4), symbols=(1,))
row("one_hot", integers(4, 2, 3), 4)
row("concatenate", [X, X + 1])
row("concatenate", [X, X + 1], axis=0)
row("stack", [X, X + 1])
row("stack", [X, X + 1], axis=-1)
row("repeat_elements", X3, 2, 1)
row("repeat", X, 3)
row("tile", X, [1, 2])
row("tile", X3, (2, 1, 3), symbols=())
row("tile", np.arange(3.0), 2, symbols=())
row("resize_images", IMAGES, 2, 3, "channels_last")
row("resize_images", FIRST, 2, 1, "channels_first")
row("resize_images", IMAGES, 2, 2, "channels_last", interpolation="bilinear")
row("resize_volumes", VOLUMES, 2, 1, 3, "channels_last")
row("temporal_padding", X3)
row("temporal_padding", X3, padding=(2, 0))
row("spatial_2d_padding", IMAGES)
row("spatial_2d_padding", FIRST, ((1, 2), (0, 3)), "channels_first")
row("spatial_3d_padding", VOLUMES)
row("spatial_3d_padding", VOLUMES, ((1, 0), (2, 1), (0, 1)), "channels_first")

# Products
row("dot", X, draw(3, 4), symbols=(0,))
row("dot", X3, draw(4, 5), symbols=(0,))
row("dot", X3, draw(5, 4, 2), symbols=(0,))
row("batch_dot", X, draw(2, 3, seed=1))
row("batch_dot", X, draw(2, 3, seed=1), axes=1)
row("batch_dot", X3, draw(2, 4, 5))
row("batch_dot", X3, draw(2, 5, 4), axes=2)
row("batch_dot", X3, draw(2, 3, 5), axes=(1, 1))
row("batch_dot", X3, draw(2, 4), axes=[2, 1])
row("batch_dot", draw(2, 3), draw(2, 3, 4, seed=2), axes=1)
row("batch_dot", draw(2, 3, 4, 5), draw(2, 5, 6, seed=2), axes=(3, 1))
row("batch_dot", draw(2, 3, 4, 5), draw(2, 5, 4, 6, seed=2), axes=(2, 2))

# Made
row("constant", [[1, 2], [3, 4]])
row("constant", 3, dtype="int32")
row("constant", 2.5, shape=(2, 2))
row("arange", 5)
row("arange", 1, 7, 2)
row("arange", 1, 3, 0.5, dtype="float32")
row("zeros", (2, 3))
row("ones", (2, 3), dtype="int32")
row("eye", 3)
row("zeros_like", X)
row("ones_like", X3, dtype="int32")
row("variable", [1.0, 2.0])
row("is_sparse", X, symbols=())
row("to_dense", X, symbols=())

# What it is
row("ndim", X3, symbols=())
row("int_shape", X3, symbols=())
row("dtype", X3, symbols=())
row("count_params", X3, symbols=())
row("shape", X3, symbols=())

# Networks
row("conv1d", X3, draw(2, 4, 5), symbols=(0,))
row("conv1d", X3, draw(2, 4, 5), padding="causal", symbols=(0,))
row("conv1d", draw(2, 7, 4), draw(2, 4, 5), padding="causal", dilation_rate=2, symbols=(0,))
row("conv1d", X3, draw(2, 4, 5), padding="same", strides=2, symbols=(0,))
row("conv2d", IMAGES, draw(3, 2, 3, 4), symbols=(0,))
row("conv2d", IMAGES, draw(3, 3, 3, 4), strides=(2, 2), padding="same", symbols=(0,))
row("conv2d", IMAGES, draw(2, 2, 3, 4), dilation_rate=(2, 2), symbols=(0,))
row("conv3d", VOLUMES, draw(2, 2, 2, 2, 3), symbols=(0,))
row("conv3d", VOLUMES, draw(3, 2, 2, 2, 3), strides=(2, 1, 2), padding="same", symbols=(0,))
row("conv2d_transpose", draw(2, 3, 4, 2), draw(3, 3, 5, 2), (2, 6, 8, 5), strides=(2, 2), padding="same", symbols=(0,))
row("conv2d_transpose", draw(2, 3, 4, 2), draw(3, 3, 5, 2), (2, 5, 7, 5), strides=(2, 2), padding="same", symbols=(0,))
row("conv2d_transpose", draw(2, 3, 4, 2), draw(3, 2, 5, 2), (2, 7, 8, 5), strides=(2, 2), symbols=(0,))
row("conv3d_transpose", draw(1, 2, 3, 2, 2), draw(2, 2, 2, 3, 2), (1, 4, 6, 4, 3), strides=(2, 2, 2), symbols=(0,))
row("depthwise_conv2d", IMAGES, draw(3, 3, 3, 2), symbols=(0,))
row("depthwise_conv2d", IMAGES, draw(3, 3, 3, 2), strides=(2, 2), padding="same", symbols=(0,))
row("separable_conv2d", IMAGES, draw(3, 3, 3, 2), draw(1, 1, 6, 4), padding="same", symbols=(0,))
row("pool2d", IMAGES, (2, 2))
row("pool2d", IMAGES, (3, 2), strides=(2, 2), padding="same", pool_mode="avg")
row("pool3d", VOLUMES, (2, 2, 2))
row("pool3d", VOLUMES, (2, 3, 2), strides=(2, 2, 2), padding="same", pool_mode="avg")
row("local_conv1d", draw(2, 6, 3), draw(5, 6, 4), (2,), (1,), symbols=(0,))
row("local_conv2d", IMAGES, draw(8, 18, 4), (3, 2), (2, 1), (2, 4), symbols=(0,))
row("local_conv2d", FIRST, draw(8, 18, 4), (3, 2), (2, 1), (2, 4), "channels_first", symbols=(0,))
row("bias_add", IMAGES, draw(3), symbols=(0,))
row("bias_add", FIRST, draw(3), data_format="channels_first", symbols=(0,))
row("bias_add", IMAGES, draw(6, 5, 3), symbols=(0,))
row("bias_add", FIRST, draw(6, 5, 3), data_format="channels_first", symbols=(0,))
row("bias_add", X, draw(3), symbols=(0,))
positive = draw(3, low=0.5)
row("batch_normalization", IMAGES, draw(3), positive, draw(3, seed=3), draw(3, seed=4), symbols=(0,))
row("batch_normalization", FIRST, draw(3), positive, draw(3, seed=3), draw(3, seed=4), axis=1, symbols=(0,))
row("normalize_batch_in_training", IMAGES, draw(5, 3, seed=4), draw(5, 3, seed=3), [0, 1], symbols=(0,))
row("normalize_batch_in_training", X3, draw(3, seed=4), draw(3, seed=3), [0, 2], symbols=(0,))

# Cross entropies
for keywords in ({}, {"from_logits": True}):
    y_pred = X if keywords else draw(2, 3, low=0.01, high=0.99)
    row("binary_crossentropy", np.round(draw(2, 3, low=0, high=1)), y_pred, **keywords)
    row("binary_focal_crossentropy", np.round(draw(2, 3, low=0, high=1)), y_pred, **keywords)
    y_pred = draw(4, 5) if keywords else shares(4, 5)
    row("categorical_crossentropy", shares(4, 5, seed=1), y_pred, **keywords)
    row("categorical_focal_crossentropy", shares(4, 5, seed=1), y_pred, **keywords)
    row("sparse_categorical_crossentropy", integers(5, 4), y_pred, **keywords)
row("binary_crossentropy", np.array([[0.0, 1.0]], "float32"), np.array([[1.0, 0.0]], "float32"))
row("binary_focal_crossentropy", np.ones((2, 3), "float32"), draw(2, 3, low=0.01, high=0.99), True, 0.3, 1.5)
row("categorical_crossentropy", shares(2, 4, 3), draw(2, 4, 3, low=0.1), axis=1)
row("sparse_categorical_crossentropy", integers(5, 4, 1), shares(4, 5))
row("sparse_categorical_crossentropy", integers(5, 6), shares(6, 5), ignore_class=2)

# Sequences
LENGTHS, LABELS = np.array([[6], [5]]), np.array([[3], [2]])
row("ctc_batch_cost", np.array([[0, 1, 0], [2, 2, 0]]), shares(2, 6, 4), LENGTHS, LABELS)
row("ctc_decode", shares(2, 6, 4), np.array([6, 5]))
row("ctc_decode", shares(2, 6, 4, seed=5), np.array([6, 5]), greedy=False, beam_width=50, top_paths=2)
REPEATED = np.eye(4, dtype="float32")[[0, 3, 0, 0, 3, 1]][None] * 0.9 + 0.025  # a pause between two of a kind
row("ctc_decode", REPEATED, np.array([6]))
row("ctc_decode", REPEATED, np.array([6]), greedy=False, beam_width=20, top_paths=1)
row("switch", np.array([[True], [False]]), X, X + 10)
row("in_train_phase", X, X + 1, training=1, symbols=())
row("in_train_phase", X, X + 1, training=0, symbols=())
row("in_test_phase", X, X + 1, training=1, symbols=())
