"""Expressions of Keras 2 and what they gave: ``python tests/eras/record_expressions.py`` with tf-keras records it.

Each is a function of `keras`; the tests run the same functions under the runner.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

WINDOWS = [(n, f, p, s) for n in (7, 10, None) for f in (2, 3) for p in ("valid", "same", "full") for s in (1, 2)]
KERNEL = np.random.RandomState(0).rand(5, 5, 2, 3)
TRUE = np.array([[1.0, 3.0, 2.0, 3.0], [0.0, 1.0, 0.0, 5.0]], "float32")
CALLED = np.array([[2.0, 4.0, 6.0, 8.0], [0.5, 0.5, 1.5, 4.0]], "float32")


def of_conv_utils(keras: Any, name: str, *more: Any) -> Any:
    function = getattr(keras.src.utils.conv_utils, name)
    return [function(*window, *more) for window in WINDOWS]


def deconv(keras: Any, output_padding: int | None) -> Any:
    function = keras.src.utils.conv_utils.deconv_output_length
    return [function(n, f, p, output_padding, s, 1) for n, f, p, s in WINDOWS]


def radial(keras: Any, side: int) -> Any:
    weight = keras.layers.Layer().add_weight(name="w", shape=(side, side, 2, 3), initializer="zeros")
    weight.assign(KERNEL[:side, :side])
    return np.asarray(keras.constraints.RadialConstraint()(weight))


def relative_error(keras: Any, weight: Any) -> Any:
    metric = keras.metrics.MeanRelativeError(normalizer=[1.0, 3.0, 0.0, 3.0])
    metric.update_state(TRUE, CALLED, sample_weight=weight)
    metric.update_state(TRUE, TRUE)
    return float(metric.result())


def mean_tensor(keras: Any) -> Any:
    metric = keras.metrics.MeanTensor()
    metric.update_state(TRUE)
    metric.update_state(CALLED, sample_weight=np.array([[0.5], [2.0]], "float32"))
    return np.asarray(metric.result())


def dense_order(keras: Any, order: str) -> Any:
    dense = keras.layers.Dense(1)
    dense.build((None, 12))
    dense.set_weights([np.arange(12.0).reshape(12, 1), np.zeros(1)])
    keras.src.utils.layer_utils.convert_dense_weights_data_format(dense, (2, 3, 2), order)
    return dense.get_weights()[0].ravel()


def loss(keras: Any, name: str) -> Any:
    share = TRUE / (TRUE.sum(-1, keepdims=True) + 1)
    return np.asarray(getattr(keras.losses, name)(share, share[:, ::-1] + 0.01))


EXPRESSIONS = {
    "conv_output_length": lambda keras: of_conv_utils(keras, "conv_output_length"),
    "conv_output_length dilated": lambda keras: of_conv_utils(keras, "conv_output_length", 2),
    "conv_input_length": lambda keras: [
        keras.src.utils.conv_utils.conv_input_length(n, f, p, s) for n, f, p, s in WINDOWS
    ],
    "deconv_output_length": lambda keras: deconv(keras, None),
    "deconv_output_length padded": lambda keras: deconv(keras, 1),
    "radial odd": lambda keras: radial(keras, 5),
    "radial even": lambda keras: radial(keras, 4),
    "relative error": lambda keras: relative_error(keras, None),
    "relative error weighted": lambda keras: relative_error(keras, [0.2, 0.8]),
    "mean tensor": mean_tensor,
    "dense to channels first": lambda keras: dense_order(keras, "channels_first"),
    "dense to channels last": lambda keras: dense_order(keras, "channels_last"),
    "kullback_leibler_divergence": lambda keras: loss(keras, "kullback_leibler_divergence"),
    "logcosh": lambda keras: loss(keras, "logcosh"),
    "cosine_proximity": lambda keras: loss(keras, "cosine_similarity"),
    "make_batches": lambda keras: keras.src.utils.generic_utils.make_batches(7, 3),
    "to_list": lambda keras: [keras.src.utils.generic_utils.to_list(x) for x in (1, [2], (3, 4))],
    "to_snake_case": lambda keras: keras.src.utils.generic_utils.to_snake_case("MyDenseLayer"),
    "has_arg": lambda keras: [
        keras.src.utils.generic_utils.has_arg(f, "x", accept_all=a)
        for f in (lambda x: x, lambda **k: k, lambda *, x=1: x, lambda y: y)
        for a in (True, False)
    ],
}


def plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return np.round(np.asarray(value, "float64"), 6).tolist() if hasattr(value, "dtype") else value


if __name__ == "__main__":
    import tf_keras

    tf_keras.src = __import__("tf_keras.src").src
    found = {name: plain(expression(tf_keras)) for name, expression in EXPRESSIONS.items()}
    target = Path(__file__).parent / "recorded" / "expressions.json"
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in found.items())
    target.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
