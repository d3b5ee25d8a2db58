"""Every row of the table of old arguments of layers: the old call is today's, with one warning that names it."""

import inspect

import pytest

from torchkeras import constraints, layers, regularizers
from torchkeras._eras import _arguments
from torchkeras._eras._arguments import _layer_rows

NEEDED = {
    "units": 3, "filters": 4, "kernel_size": 3, "rate": 0.5, "stddev": 0.5, "input_dim": 5, "output_dim": 4,
    "target_shape": (2, 6), "n": 2, "dims": (2, 1), "axes": 1, "pool_size": 2, "height": 2, "width": 2, "factor": 1,
    "num_tokens": 4, "scale": 1.0, "bin_boundaries": [0.0], "num_bins": 4, "num_heads": 2, "key_dim": 2,
    "output_size": 2, "function": abs, "activation": "relu", "height_factor": 0.1, "width_factor": 0.1,
}  # fmt: skip
SAMPLES = {
    "negative_slope": 0.2,
    "size": 2, "padding": "same", "strides": 2, "data_format": "channels_last", "dilation_rate": 2, "use_bias": False,
    "dropout": 0.25, "recurrent_dropout": 0.25, "recurrent_activation": "relu", "axis": 1, **NEEDED,
}  # fmt: skip
# rows of more than a word: the old keywords and today's
SPECIAL = {
    "forget_bias_init": ({"forget_bias_init": "zero"}, {"unit_forget_bias": False}),
    "consume_less": ({"consume_less": "gpu"}, {}),
    "implementation": ({"implementation": 1}, {}),
    "unroll": ({"unroll": True}, {}),
    "time_major": ({"time_major": False}, {}),
    "mode": ({"mode": 0}, {}),
    "fused": ({"fused": True}, {}),
    "virtual_batch_size": ({"virtual_batch_size": None}, {}),
    "causal": ({"causal": False}, {}),
    "adjustment": ({"adjustment": None}, {}),
    "output_shape": ({"output_shape": (None, 8, 8, 4)}, {}),
    "dropout": ({"dropout": 0.0}, {}),
    "trainable": ({"trainable": False}, {}),
    "dynamic": ({"dynamic": True}, {}),
    "weights": ({"weights": None}, {}),
    "padding": ({"padding": (1, 2, 3, 4)}, {"padding": ((1, 2), (3, 4))}),
    "output_mode": ({"output_mode": "binary"}, {"output_mode": "multi_hot"}),
    "data_format": ({"data_format": "th"}, {"data_format": "channels_first"}),
    "input_dim": ({"input_dim": 6, "input_length": 7}, {"input_shape": (7, 6)}),
    "nb_row": ({"nb_row": 2, "nb_col": 3}, {"kernel_size": (2, 3)}),
    "kernel_dim1": ({"kernel_dim1": 1, "kernel_dim2": 2, "kernel_dim3": 3}, {"kernel_size": (1, 2, 3)}),
    "dim_ordering": ({"dim_ordering": "th"}, {"data_format": "channels_first"}),
}
# three sizes are no kernel of a 2-D convolution, and so on; abstract bases cannot be made
KERNELS = {"nb_row": "2D", "kernel_dim1": "3D"}
ABSTRACT = {"Layer", "Wrapper", "TorchLayer", "TorchModuleWrapper", "Bidirectional", "TimeDistributed", "RNN"}
ABSTRACT |= {
    "StackedRNNCells",
    "SpectralNormalization",
    "Pipeline",
    "InputLayer",
    "EinsumDense",
    "RandomElasticTransform",
}


def required(cls):
    parameters = inspect.signature(cls.__init__).parameters.values()
    return [p.name for p in parameters if (p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD)][1:]


ROWS = [
    (name, row)
    for name, cls in _arguments.layer_classes().items()
    if name not in ABSTRACT and {*required(cls)} <= NEEDED.keys()
    if "preprocessing" not in cls.__module__ or cls is layers.CategoryEncoding  # they have old words: below
    for row in _layer_rows.layer_rows(cls)
    if row.old[0] != "input_shape"  # of spatial dropout: below
    if KERNELS.get(row.old[0], "2D" if "1D" not in name else "") in name or row.old[0] not in KERNELS
]


def test_no_layer_of_keras_1_is_left_out():
    found = {name: cls for name, cls in _arguments.layer_classes().items() if "preprocessing" not in cls.__module__}
    for name in found.keys() - {name for name, _ in ROWS} - ABSTRACT:
        assert _layer_rows.layer_rows(found[name]) == _layer_rows.ON_ANY_LAYER, name


@pytest.mark.parametrize("name", ["TextVectorization", "StringLookup", "IntegerLookup"])
def test_output_modes_of_lookups(name, told):
    cls = getattr(layers, name, None)
    if cls is None:
        pytest.skip("not there yet")
    layer, texts = told(lambda: cls(output_mode="binary", **({} if name == "TextVectorization" else {"max_tokens": 5})))
    assert layer.get_config()["output_mode"] == "multi_hot"
    assert len(texts) == 1


def arguments(row):
    word = row.old[0]
    if word in SPECIAL and not (word == "dropout" and row.new):
        return SPECIAL[word]
    if row.new.endswith("_initializer"):
        value = "he_normal"
    elif row.new.endswith("_regularizer"):
        value = regularizers.L2(0.5)
    elif row.new.endswith("_constraint"):
        value = constraints.MaxNorm(3)
    else:
        value = SAMPLES[row.new]
    return {word: value}, {row.new: value}


def needed(cls, given):
    names = [*required(cls), *(["num_tokens"] if cls is layers.CategoryEncoding else [])]
    return {name: NEEDED[name] for name in names if name not in given}


@pytest.mark.parametrize(("name", "row"), ROWS, ids=[f"{name}-{row.old[0]}" for name, row in ROWS])
def test_layer_rows(name, row, config, told):
    cls = getattr(layers, name)
    before, new = arguments(row)
    given = needed(cls, new)
    layer, texts = told(lambda: cls(**given, **before))
    assert config(layer) == config(cls(**given, **new))
    assert texts == [f"{name}: {row.said_of(before)}."]
    if row.new:
        assert row.new in texts[0]
