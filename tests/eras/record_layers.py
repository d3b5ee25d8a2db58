"""``python tests/eras/record_layers.py``, with tf-keras: what the layers that are gone compute, into ``recorded``."""

import json
from pathlib import Path

import numpy as np
import tf_keras

# class, arguments, shape of the input; weights and inputs are drawn from the seed that the row's place gives
ROWS = [
    ("LocallyConnected1D", {"filters": 3, "kernel_size": 2}, (2, 6, 4)),
    ("LocallyConnected1D", {"filters": 3, "kernel_size": 3, "strides": 2, "activation": "relu"}, (2, 7, 2)),
    ("LocallyConnected1D", {"filters": 2, "kernel_size": 2, "data_format": "channels_first"}, (2, 3, 5)),
    ("LocallyConnected2D", {"filters": 2, "kernel_size": 2}, (2, 4, 5, 3)),
    ("LocallyConnected2D", {"filters": 2, "kernel_size": (3, 2), "strides": (2, 1), "use_bias": False}, (2, 5, 4, 2)),
    ("LocallyConnected2D", {"filters": 2, "kernel_size": 2, "data_format": "channels_first"}, (2, 3, 4, 5)),
    ("ThresholdedReLU", {"theta": 0.3}, (2, 5)),
    ("experimental.RandomFourierFeatures", {"output_dim": 4}, (3, 6)),
    ("experimental.RandomFourierFeatures", {"output_dim": 4, "scale": 2.0, "kernel_initializer": "laplacian"}, (3, 6)),
]


def row(index: int) -> dict:
    name, args, shape = ROWS[index]
    owner = tf_keras.layers
    *path, last = name.split(".")
    for part in path:
        owner = getattr(owner, part)
    layer = getattr(owner, last)(**args)
    draw = np.random.RandomState(index)
    x = draw.uniform(-1, 1, shape).astype("float32")
    layer(x)
    weights = [draw.uniform(0.1, 0.9, tuple(w.shape)).astype("float32") for w in layer.weights]
    layer.set_weights(weights)
    outputs = np.asarray(layer(x))
    return {
        "layer": last,
        "args": args,
        "input": list(shape),
        "weights": [[w.name.split("/")[-1].split(":")[0], list(w.shape), bool(w.trainable)] for w in layer.weights],
        "output": np.round(outputs.astype("float64"), 6).tolist(),
    }


if __name__ == "__main__":
    target = Path(__file__).parent / "recorded" / "layers.json"
    rows = ",\n".join(json.dumps(row(index)) for index in range(len(ROWS)))
    target.write_text(f"[\n{rows}\n]\n", encoding="utf-8")
