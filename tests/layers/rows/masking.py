"""Cases of the layers that make masks, of Lambda and of preprocessing; see ../test_parity.py."""

import numpy as np
import torch


def double(x):
    return x * 2


def case(layer, inputs, **rest):
    known = {"call", "training", "integers", "tolerance", "differs", "why"}
    args = {key: value for key, value in rest.items() if key not in known}
    return {"layer": layer, "args": args, "inputs": inputs} | {key: rest[key] for key in known & set(rest)}


ROWS = [
    case("Embedding", (2, 5), integers=7, input_dim=7, output_dim=3),
    case("Embedding", (2, 5), integers=7, input_dim=7, output_dim=3, mask_zero=True, embeddings_regularizer="l2"),
    case("Embedding", (2,), integers=7, input_dim=7, output_dim=3, embeddings_constraint="max_norm"),
    case("Masking", (2, 3, 4)),
    case("Masking", (2, 3, 4), mask_value=1.5),
    {
        "layer": "Lambda",
        "args": {"function": double, "output_shape": (4,)},
        "inputs": (2, 4),
        "differs": {"config"},
        "why": "Keras asks for a registered function; see test_lambda.py",
    },
    {
        "layer": "TorchModuleWrapper",
        "args": lambda L: {"module": torch.nn.Tanh(), "output_shape": (None, 4)},
        "inputs": (2, 4),
        "differs": {"config"},
        "why": "both hold the same pickled module, which both refuse to read; see test_torch_module.py",
    },
    case("Rescaling", (2, 3, 4), scale=0.5),
    case("Rescaling", (2, 3, 4), scale=2, offset=-1.0),
    case("Rescaling", (2, 3, 4), scale=[1.0, 2.0, 3.0, 4.0], offset=[1, 2, 3, 4]),
    case("Rescaling", (2, 3, 4), scale=np.arange(4.0), integers=9),
]
