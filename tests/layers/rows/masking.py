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
    case("ReversibleEmbedding", (2, 5), integers=7, input_dim=7, output_dim=3),
    case("ReversibleEmbedding", (2, 5), integers=7, input_dim=7, output_dim=3, tie_weights=False, logit_soft_cap=2.0),
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

GIVEN = {"mean": [1.0, 2.0, 3.0, 4.0], "variance": [1.0, 4.0, 9.0, 0.0]}
ROWS += [
    case("Normalization", (2, 3, 4)),
    case("Normalization", (2, 3, 4), **GIVEN),
    case("Normalization", (2, 3, 4), invert=True, **GIVEN),
    case("Normalization", (2, 3, 4), axis=None, mean=1.0, variance=4.0),
    case("Normalization", (2, 3, 4), axis=[1, 2]),
    case("CategoryEncoding", (2, 3), integers=5, num_tokens=5),
    case("CategoryEncoding", (2, 3), integers=5, num_tokens=5, output_mode="one_hot"),
    case("CategoryEncoding", (2, 1), integers=5, num_tokens=5, output_mode="one_hot"),
    case("CategoryEncoding", (2, 3), integers=5, num_tokens=5, output_mode="count"),
    case("Resizing", (2, 7, 5, 3), height=4, width=6),
    case("Resizing", (2, 7, 5, 3), height=4, width=6, interpolation="nearest"),
    case("Resizing", (2, 7, 5, 3), height=4, width=6, interpolation="bicubic", tolerance=1e-4),
    case("Resizing", (2, 7, 5, 3), height=4, width=6, crop_to_aspect_ratio=True),
    case("Resizing", (2, 7, 5, 3), height=4, width=6, pad_to_aspect_ratio=True, fill_value=2.0),
    case("Resizing", (2, 3, 7, 5), height=4, width=6, data_format="channels_first"),
    case("Resizing", (2, 7, 5, 3), height=4, width=6, integers=255),
    case("CenterCrop", (2, 7, 5, 3), height=4, width=3),
    case("CenterCrop", (2, 7, 5, 3), height=10, width=3),
    case("CenterCrop", (2, 3, 7, 5), height=4, width=5, data_format="channels_first"),
]
