"""Layers of Keras 1 (2015-2017) in the words of Keras 2."""

from typing import Any

_CLASSES = {
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "AtrousConvolution1D": "Conv1D",
    "AtrousConvolution2D": "Conv2D",
    "SeparableConvolution2D": "SeparableConv2D",
    "Deconvolution2D": "Conv2DTranspose",
    "Merge": "Merge",
}
_MERGES = {
    "sum": "Add",
    "mul": "Multiply",
    "ave": "Average",
    "max": "Maximum",
    "concat": "Concatenate",
    "dot": "Dot",
    "cos": "Dot",
}
ARGUMENTS = {
    "output_dim": "units",
    "nb_filter": "filters",
    "border_mode": "padding",
    "subsample": "strides",
    "subsample_length": "strides",
    "filter_length": "kernel_size",
    "atrous_rate": "dilation_rate",
    "dim_ordering": "data_format",
    "pool_length": "pool_size",
    "stride": "strides",
    "p": "rate",
    "sigma": "stddev",
    "bias": "use_bias",
    "init": "kernel_initializer",
    "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation",
    "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint",
    "U_constraint": "recurrent_constraint",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
    "depthwise_init": "depthwise_initializer",
    "pointwise_init": "pointwise_initializer",
    "gamma_init": "gamma_initializer",
    "beta_init": "beta_initializer",
    "length": "size",
}
_GONE: tuple[str, ...] = (
    "input_dim",
    "input_length",
    "mode",
    "consume_less",
    "forget_bias_init",
    "nb_row",
    "nb_col",
    "sparse",
)
_GONE += (
    "kernel_dim1",
    "kernel_dim2",
    "kernel_dim3",
    "output_shape_type",
    "create_input_layer",
    "concat_axis",
    "dot_axes",
)
INITIALIZERS = {
    "normal": "RandomNormal",
    "uniform": "RandomUniform",
    "glorot_normal": "GlorotNormal",
    "glorot_uniform": "GlorotUniform",
    "he_normal": "HeNormal",
    "he_uniform": "HeUniform",
    "lecun_uniform": "LecunUniform",
    "orthogonal": "Orthogonal",
    "identity": "Identity",
    "zero": "Zeros",
    "one": "Ones",
}
_KEPT = {"Embedding": ("output_dim", "input_dim"), "InputLayer": ("sparse",), "Lambda": (), "Reshape": ()}
RENAMED = {
    "Embedding": {
        "init": "embeddings_initializer",
        "W_regularizer": "embeddings_regularizer",
        "W_constraint": "embeddings_constraint",
    },
    "PReLU": {"init": "alpha_initializer"},
    "MaxoutDense": {},
    "Dropout": {"p": "rate"},
    "LeakyReLU": {"alpha": "alpha"},
}


def is_keras1(version: str) -> bool:
    """Whether a file of that ``keras_version`` (empty before Keras wrote one) is of Keras 1."""
    return version.partition(".")[0] in ("", "0", "1")


def modern_layer(entry: dict[str, Any]) -> dict[str, Any]:
    """One layer of Keras 1 as Keras 2 writes it; models and what needs no change come back as they are."""
    name, config = entry["class_name"], entry["config"]
    if not isinstance(config, dict) or name in ("Sequential", "Model", "Lambda"):
        return entry
    if name == "Merge":
        return {**entry, **merge_layer(config)}
    return {**entry, "class_name": _CLASSES.get(name, name), "config": _arguments(_CLASSES.get(name, name), config)}


def _arguments(name: str, config: dict[str, Any]) -> dict[str, Any]:
    kept, renamed = _KEPT.get(name, ()), {**ARGUMENTS, **RENAMED.get(name, {})}
    new = {}
    for key, value in config.items():
        if key in kept:
            new[key] = value
        elif key not in _GONE:
            new[renamed.get(key, key)] = _argument(renamed.get(key, key), value)
    sizes = [config[key] for key in ("nb_row", "nb_col") if key in config]
    sizes = sizes or [config[key] for key in ("kernel_dim1", "kernel_dim2", "kernel_dim3") if key in config]
    if sizes:
        new["kernel_size"] = sizes
    if "batch_input_shape" not in new and config.get("input_dim") and name not in ("Embedding", "InputLayer"):
        new["batch_input_shape"] = [None, config["input_dim"]]
    if name in ("GRU", "LSTM", "SimpleRNN"):
        new.pop("activity_regularizer", None)
    return new


def _argument(key: str, value: Any) -> Any:
    if key == "data_format":
        return {"tf": "channels_last", "th": "channels_first", "default": None}.get(value, value)
    if key.endswith("_initializer") and isinstance(value, str):
        return {"class_name": INITIALIZERS.get(value, value), "config": {}}
    if key.endswith("_regularizer") and isinstance(value, dict) and "class_name" not in value:
        amounts = {"l1": value.get("l1", 0.0), "l2": value.get("l2", 0.0)}
        return {"class_name": "L1L2", "config": amounts}
    return value


def merge_layer(config: dict[str, Any]) -> dict[str, Any]:
    """The class and config of today's layer that joins as a ``Merge`` of these arguments did."""
    mode = config.get("mode", "sum")
    name = _MERGES.get(mode, "Merge")
    new: dict[str, Any] = {"name": config.get("name")}
    if name == "Concatenate":
        new["axis"] = config.get("concat_axis", -1)
    elif name == "Dot":
        axes = config.get("dot_axes", -1)
        new |= {"axes": axes, "normalize": mode == "cos"}
    return {"class_name": name, "config": new}
