"""Convolutions, pooling, normalization, cross entropies, attention, linear algebra."""

import numpy as np

rng = np.random.default_rng(3)


def f(*shape):
    return rng.normal(size=shape).astype("float32")


def call(*args, **kwargs):
    return args, kwargs


def each(names, *calls):
    return {name: list(calls) for name in names.split()}


x1, x2, x3 = f(2, 9, 4), f(2, 7, 8, 4), f(2, 4, 5, 6, 4)
first = np.moveaxis(x2, -1, 1).copy()
windows = [{}, {"strides": 2, "padding": "same"}, {"padding": "same"}, {"strides": 1}]
convolutions = [{}, {"strides": 2, "padding": "same"}, {"padding": "same", "dilation_rate": 2}]
probabilities = rng.dirichlet(np.ones(5), (3,)).astype("float32")
targets = rng.dirichlet(np.ones(5), (3,)).astype("float32")
labels = np.array([0, 3, 4], "int32")
bits = rng.integers(0, 2, (3, 5)).astype("float32")
query, key, value = f(2, 3, 4, 8), f(2, 5, 4, 8), f(2, 5, 4, 8)
mask = rng.integers(0, 2, (2, 4, 3, 5)).astype(bool)
mask[..., 0] = True
square = f(2, 4, 4)
definite = (square @ square.swapaxes(1, 2) + 4 * np.eye(4)).astype("float32")
symmetric = square + square.swapaxes(1, 2)
triangle = (np.tril(square) + 3 * np.eye(4)).astype("float32")

ROWS = {
    "conv": [call(x1, f(3, 4, 5), **k) for k in convolutions]
    + [call(x2, f(3, 2, 4, 5), **k) for k in convolutions]
    + [call(x3, f(2, 3, 2, 4, 3), **k) for k in convolutions]
    + [
        call(x2, f(3, 3, 2, 6)),
        call(first, f(3, 3, 4, 5), data_format="channels_first"),
        call(x2, f(2, 3, 4, 5), (1, 2)),
    ],
    "depthwise_conv": [call(x1, f(3, 4, 1)), call(x2, f(3, 3, 4, 2), 2, "same"), call(x2, f(2, 2, 4, 1))],
    "separable_conv": [call(x1, f(3, 4, 1), f(1, 4, 5)), call(x2, f(3, 3, 4, 2), f(1, 1, 8, 5), 2, "same")],
    "conv_transpose": [call(x1, f(k, 5, 4), s, p) for k in (2, 3, 4) for s in (1, 2, 3) for p in ("valid", "same")]
    + [call(x2, f(3, 3, 5, 4), 2, p) for p in ("valid", "same")]
    + [call(x2, f(3, 2, 5, 4), 2, p, output_padding=1) for p in ("valid", "same")]
    + [call(x2, f(3, 3, 5, 4), 1, "same", dilation_rate=2), call(x3, f(2, 2, 2, 3, 4), 2)],
    "max_pool": [call(x1, 2, **k) for k in windows]
    + [call(x2, (2, 3), **k) for k in windows]
    + [call(x3, 2)]
    + [call(first, 2, data_format="channels_first")],
    "average_pool": [call(x1, 2, **k) for k in windows]
    + [call(x2, (2, 3)), call(x2[:, :, :7], 3, 2, "same"), call(x3, 2)],
    **each("adaptive_average_pool adaptive_max_pool", call(x1, (3,)), call(x2, (2, 3)), call(x2, (7, 4))),
    "batch_normalization": [call(x2, f(4), abs(f(4)), -1), call(x2, f(7), abs(f(7)), 1, f(7), f(7), epsilon=1e-5)],
    "layer_normalization": [call(x1), call(x1, f(4), f(4), epsilon=1e-5), call(x2, f(8, 4), f(8, 4), axis=(-2, -1))]
    + [call(x2, f(8, 4), f(8, 4), axis=(2, 3)), call(x2, beta=f(4))],
    "rms_normalization": [call(x1), call(x1, f(4)), call(x2, f(8, 4), axis=(2, 3), epsilon=1e-4)],
    "binary_crossentropy": [call(bits, probabilities), call(bits, f(3, 5), from_logits=True)],
    "categorical_crossentropy": [call(targets, probabilities), call(targets, f(3, 5), True)]
    + [call(targets.T.copy(), f(5, 3), from_logits=True, axis=0)],
    "sparse_categorical_crossentropy": [call(labels, probabilities), call(labels, f(3, 5), from_logits=True)]
    + [call(labels[:, None], probabilities), call(labels, f(5, 3), from_logits=True, axis=0)],
    "ctc_loss": [call(np.array([[1, 2], [3, 1]]), f(2, 6, 5), np.array([2, 1]), np.array([6, 4]))],
    "dot_product_attention": [
        call(query, key, value),
        call(query, key, value, mask=mask),
        call(query, key, value, scale=0.3),
    ]
    + [call(query, key, value, f(2, 4, 3, 5)), call(query, query, query, is_causal=True)]
    + [call(query, key[:, :, :2], value[:, :, :2])],
    **each("depth_to_space", call(x2, 2), call(first, 2, "channels_first")),
    **each("space_to_depth", call(x2[:, :6], 2)),
    "unfold": [call(first, 2), call(first, (2, 3), padding=1, stride=2)],
    "fold": [call(f(2, 12, 9), (4, 4), (2, 2)), call(f(2, 12, 4), output_size=4, kernel_size=2, stride=2)],
    **each("det inv", call(definite)),
    **each("slogdet logdet", call(definite)),
    "cholesky": [call(definite), call(definite, upper=True)],
    "cholesky_inverse": [call(triangle[0]), call(triangle.swapaxes(1, 2)[0].copy(), upper=True)],
    "eigh": [call(symmetric)],
    "eig": [call(np.diag([3.0, 1.0, 2.0]).astype("float32"))],
    "lu_factor": [call(definite)],
    "lstsq": [call(f(5, 3), f(5)), call(f(5, 3), f(5, 2))],
    "matrix_rank": [call(square), call(np.ones((3, 3), "float32"))],
    "norm": [call(x1), call(square, "fro", (1, 2)), call(square, axis=-1), call(square, 1, -1, True)]
    + [call(square, o, (1, 2)) for o in ("nuc", 1, -1, 2, np.inf)]
    + [call(x1, 3, 1), call(x1[0], keepdims=True)],
    "pinv": [call(f(5, 3))],
    "qr": [call(f(5, 3)), call(f(5, 3), mode="complete")],
    "solve": [call(definite, f(2, 4, 3)), call(definite[0], f(4))],
    "solve_triangular": [call(triangle, f(2, 4, 3), lower=True), call(triangle.swapaxes(1, 2).copy(), f(2, 4, 2))],
    "svd": [call(square), call(f(5, 3), full_matrices=False), call(square, compute_uv=False)],
}
