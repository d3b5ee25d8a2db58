"""Configs of Keras 1 and 2, rewritten as those of Keras 3. Plain values in, plain values out: nothing is made here."""

from typing import Any

from torchkeras import _registry, ops
from torchkeras._fields import known_arguments
from torchkeras._file_errors import CorruptFileError
from torchkeras.ops._keras_classes import _by_class
from torchkeras.saving._legacy_keras1 import is_keras1, modern_layer
from torchkeras.saving._legacy_nodes import modern_graph
from torchkeras.saving._legacy_operators import modern_operator

# Words that Keras 2 wrote into layers; each is left out where the layer of today does not take it.
_WORDS = """adjustment cell_config constants fused function_type groups implementation input_length
    kernel_constraint kernel_initializer kernel_regularizer key_shape layer_class mask_module mask_type max_tokens
    module num_constants output_shape_module output_shape_type query_shape ragged renorm renorm_clipping
    renorm_momentum softmax_robust_masking sparse time_major type_spec value_shape virtual_batch_size"""
_GONE = frozenset(_WORDS.split())
_CLASSES = {
    "Model": "Functional",
    "CuDNNLSTM": "LSTM",
    "CuDNNGRU": "GRU",
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "LSTMV2": "LSTM",
    "GRUV2": "GRU",
    "NormalizationV2": "Normalization",
}
_MODELS = ("Sequential", "Functional")
_POLICIES = ("Policy", "PolicyV1", "DTypePolicy")


def modern_config(entry: Any, version: str = "2") -> Any:
    """A layer's or model's ``{"class_name", "config"}`` of Keras `version` as Keras 3 writes it.

    Raises:
        CorruptFileError: it is no such entry.
    """
    if not isinstance(entry, dict) or not isinstance(entry.get("class_name"), str) or "config" not in entry:
        raise CorruptFileError(path="model_config", expected="class_name and config", found=str(entry)[:100])
    if entry["class_name"] in ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer", "ClassMethod"):
        return modern_operator(entry)
    if version.startswith("3") and _is_operation(entry):
        return {**entry, "module": "keras.src.ops.numpy"}  # which Keras 3 leaves out in these files
    if is_keras1(version):
        entry = modern_layer(entry)
    name = _CLASSES.get(entry["class_name"], entry["class_name"])
    if name == "Functional" and "input_layers" not in entry["config"]:
        name = entry["class_name"]  # a user's class that is called Model
    config = entry["config"]
    if name in _MODELS or (isinstance(config, dict) and {"layers", "input_layers"} <= set(config)):
        config = _model_config(name, config, version)
    elif isinstance(config, dict):
        config = _layer_config(name, entry["class_name"], config, version)
    written: dict[str, Any] = {**entry, "class_name": name, "config": config}
    if not written.get("module") and _registry.get_registered_object(name) is None:
        written["module"] = _module_of(name)
    return written


def _is_operation(entry: dict[str, Any]) -> bool:
    """Whether an entry of Keras 3 is an operation: there are layers of the same names, with more in their configs."""
    config = entry["config"]
    return entry["class_name"] in _by_class() and isinstance(config, dict) and "trainable" not in config


def _module_of(name: str) -> str | None:
    for module in ("keras.layers", "keras", "keras.models", "keras.src.models.functional", "keras.legacy.layers"):
        if _registry.built_in(module, name) is not None:
            return module
    return None


def _model_config(name: str, config: Any, version: str) -> dict[str, Any]:
    # until Keras 2.2.3 a Sequential model was a bare list
    config = {"name": None, "layers": config} if isinstance(config, list) else dict(config)
    layers = config.get("layers")
    if not isinstance(layers, list):
        raise CorruptFileError(path="model_config", expected="a list of layers", found=str(layers)[:100])
    if name == "Sequential":
        config["layers"] = _stacked([modern_config(layer, version) for layer in layers], layers)
        shape = config.get("build_input_shape")
        if shape is not None and config["layers"] and config["layers"][0]["class_name"] == "InputLayer":
            del config["build_input_shape"]
        return config
    config["layers"] = [modern_config(layer, version) for layer in layers]
    return modern_graph(config, version)


def _stacked(layers: list[dict[str, Any]], before: list[Any]) -> list[dict[str, Any]]:
    """The layers of a stack, below them the input whose shape the first one told."""
    if not layers or layers[0]["class_name"] == "InputLayer":
        return layers
    first = before[0]["config"] if isinstance(before[0], dict) else {}
    shape = first.get("batch_input_shape") if isinstance(first, dict) else None
    if shape is None:
        return layers
    dtype = first.get("input_dtype") or first.get("dtype")
    config = {"batch_shape": shape, "dtype": dtype if isinstance(dtype, str) else "float32"}
    config["name"] = f"{first.get('name', 'layer')}_input"
    return [{"module": "keras.layers", "class_name": "InputLayer", "config": config}, *layers]


def _layer_config(name: str, old_name: str, config: dict[str, Any], version: str) -> dict[str, Any]:
    """The arguments of one layer; those of a user's class stay as they are, but for the objects in them."""
    module = _module_of(name)
    if _registry.built_in(module or "", name) is not None and _registry.get_registered_object(name) is None:
        taken = known_arguments(_registry.built_in(module or "", name))  # type: ignore[arg-type]
        config = {key: value for key, value in config.items() if key in taken or key not in _GONE}
        config = _RULES.get(name, _same)(_common(name, config))
        if old_name.startswith("CuDNN") and name == "GRU":
            config["reset_after"] = True
        elif name in ("GRU", "GRUCell"):
            config.setdefault("reset_after", False)  # what Keras did before the choice was there
    return {key: _activation(key, _value(value, version)) for key, value in config.items()}


def keras2_hard_sigmoid(x: Any) -> Any:
    """``clip(0.2 x + 0.5, 0, 1)``: what Keras 1 and 2 called ``hard_sigmoid``. Keras 3 divides by 6 where they by 5."""
    return ops.clip(0.2 * x + 0.5, 0.0, 1.0)


_registry.written_as(keras2_hard_sigmoid, "torchkeras.activations", "keras2_hard_sigmoid")


def _activation(key: str, value: Any) -> Any:
    if key.endswith("activation") and value == "hard_sigmoid":
        return {"module": "builtins", "class_name": "function", "config": "keras2_hard_sigmoid"}
    return value


def _same(config: dict[str, Any]) -> dict[str, Any]:
    return config


def _common(name: str, config: dict[str, Any]) -> dict[str, Any]:
    config = dict(config)
    config.pop("input_dtype", None)
    shape = config.pop("batch_input_shape", None)
    if shape is not None and name == "InputLayer":
        config["batch_shape"] = shape
    dtype = config.get("dtype")
    if isinstance(dtype, dict) and dtype.get("class_name") in _POLICIES:
        config["dtype"] = dtype.get("config", {}).get("name", "float32")
    return config


def _one_axis(config: dict[str, Any]) -> dict[str, Any]:
    axis = config.get("axis")
    return {**config, "axis": axis[0]} if isinstance(axis, list) and len(axis) == 1 else config


def _slope(config: dict[str, Any]) -> dict[str, Any]:
    return {"negative_slope" if key == "alpha" else key: value for key, value in config.items()}


def _lambda(config: dict[str, Any]) -> dict[str, Any]:
    config = dict(config)
    for key in ("function", "output_shape", "mask"):
        value = config.get(key)
        if isinstance(value, list) and len(value) == 3 and isinstance(value[0], str):
            code = dict(zip(("code", "defaults", "closure"), value, strict=True))
            config[key] = {"class_name": "__lambda__", "config": code}
    if config.get("output_shape") is None:
        config.pop("output_shape", None)
    return config


def _attention_axes(config: dict[str, Any]) -> dict[str, Any]:
    axes = config.get("attention_axes")
    return {**config, "attention_axes": tuple(axes)} if isinstance(axes, list) else config


_RULES = {
    "BatchNormalization": _one_axis,
    "Lambda": _lambda,
    "LeakyReLU": _slope,
    "MultiHeadAttention": _attention_axes,
}


def _value(value: Any, version: str) -> Any:
    """An argument: the layers and other objects in it in today's form."""
    if isinstance(value, list):
        return [_value(item, version) for item in value]
    if not isinstance(value, dict):
        return value
    if "class_name" not in value or "config" not in value:
        return {key: _value(item, version) for key, item in value.items()}
    name = value["class_name"]
    if isinstance(name, str) and (_module_of(_CLASSES.get(name, name)) is not None or is_keras1(version)):
        return modern_config(value, version)
    return modern_object(value, "initializers")


def modern_object(entry: Any, near: str) -> Any:
    """An initializer, regularizer, loss, metric or optimizer of Keras 2 with today's module and arguments."""
    if not isinstance(entry, dict) or not isinstance(entry.get("class_name"), str) or entry.get("module"):
        return entry
    name = entry["class_name"].removeprefix("Custom>")
    if _registry.get_registered_object(entry["class_name"]) is not None or name.startswith("__"):
        return entry
    found = _registry.built_in(f"keras.{near}", name) or _registry.by_name(name, near)
    if found is None or not isinstance(found, type):
        return entry
    config = entry.get("config")
    if isinstance(config, dict):
        config = {
            key: modern_object(value, near) for key, value in config.items() if key != "dtype" or near != "initializers"
        }
        if config.get("distribution") == "normal":
            config["distribution"] = "truncated_normal"
    module, name = _registry.PATHS.get(found, (None, name))
    return {"module": module, "class_name": name, "config": config, "registered_name": None}
