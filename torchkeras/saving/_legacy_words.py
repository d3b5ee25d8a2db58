"""Configs of Keras 3 in the words that Keras 2 and 3 both read. Plain values in, plain values out."""

from typing import Any

from torchkeras import _registry

# What Keras 3 added; each is left out where it has its default, which is what Keras 2 does.
_NEW: dict[str, Any] = {
    "flash_attention": None,
    "gate_activation": None,
    "gradient_accumulation_steps": None,
    "input_axes": None,
    "loss_scale_factor": None,
    "output_axes": None,
    "pad_to_aspect_ratio": False,
    "quantization_config": None,
    "registered_name": None,
    "rms_scaling": False,
    "use_gate": False,
    "fill_mode": "constant",
    "fill_value": 0.0,
    "antialias": False,
}
_NEW_HERE: dict[str, dict[str, Any]] = {
    "Resizing": {"data_format": "channels_last"},
    "CenterCrop": {"data_format": "channels_last"},
    "ZeroPadding1D": {"data_format": "channels_last"},
}
_SEEDLESS: tuple[str, ...] = ("LSTM", "GRU", "SimpleRNN", "LSTMCell", "GRUCell", "SimpleRNNCell", "MultiHeadAttention")
_SEEDLESS += ("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
_NEW_HERE |= {name: {"seed": None} for name in _SEEDLESS}


def old_config(entry: Any, in_model: bool = False) -> Any:
    """A config without what only Keras 3 knows; objects are ``{"class_name", "config"}`` with a module, layers of
    models without one."""
    if isinstance(entry, (list, tuple)):
        return [old_config(item) for item in entry]
    if not isinstance(entry, dict):
        return entry
    if "class_name" not in entry or "config" not in entry:
        return {key: old_config(value) for key, value in entry.items()}
    name, config = entry["class_name"], entry["config"]
    if name == "DTypePolicy":
        return config["name"]
    if name == "__lambda__":
        return [config.get("code"), config.get("defaults"), config.get("closure")] if "code" in config else entry
    module = entry.get("module") or ""
    if module == "builtins" or module.startswith("keras.src.ops") or module == "torch" or name.startswith("__"):
        return entry
    written: dict[str, Any] = {"class_name": entry.get("registered_name") or name, "config": config}
    if isinstance(config, dict):
        written["config"] = _arguments(name, config)
    written |= {key: entry[key] for key in ("name",) if key in entry}
    if "inbound_nodes" in entry:
        written["inbound_nodes"] = _nodes(entry["inbound_nodes"])
    if not in_model and written["class_name"] == name:
        written |= {"module": module or None, "registered_name": None}
    if module.startswith("keras.src.models"):
        written["class_name"] = name
    return written


_OPTIMIZERS = {
    "clipnorm": None,
    "clipvalue": None,
    "ema_momentum": 0.99,
    "ema_overwrite_frequency": None,
    "global_clipnorm": None,
    "use_ema": False,
    "weight_decay": None,
}


def old_optimizer(entry: dict[str, Any]) -> dict[str, Any]:
    """An optimizer's config with the arguments that all optimizers of Keras 2 take."""
    written = old_config(entry)
    config = {key: value for key, value in written["config"].items() if (key, value) not in _OPTIMIZERS.items()}
    return {"class_name": written["class_name"], "config": config}


_SHORT = {
    "mae": "MeanAbsoluteError",
    "mape": "MeanAbsolutePercentageError",
    "mse": "MeanSquaredError",
    "msle": "MeanSquaredLogarithmicError",
}


def old_losses(value: Any) -> Any:
    """Losses or metrics; those whose short names Keras 3.15.1 cannot read back from these files, by their class."""
    if isinstance(value, str):
        title = _SHORT.get(value.lower())
        return {"class_name": title, "config": {"name": _registry.to_snake_case(title)}} if title else value
    if isinstance(value, dict) and "class_name" not in value:
        return {key: old_losses(item) for key, item in value.items()}
    return [old_losses(item) for item in value] if isinstance(value, (list, tuple)) else old_config(value)


def _arguments(name: str, config: dict[str, Any]) -> dict[str, Any]:
    new = {**_NEW, **_NEW_HERE.get(name, {})}
    kept = {key: value for key, value in config.items() if key not in new or value != new[key]}
    if name == "LeakyReLU":
        kept = {"alpha" if key == "negative_slope" else key: value for key, value in kept.items()}
    if name == "InputLayer":
        kept = {"batch_input_shape" if key == "batch_shape" else key: value for key, value in kept.items()}
        if kept.get("optional") is False:
            del kept["optional"]
    if name == "Lambda" and isinstance(kept.get("function"), dict):
        kept["function_type"] = "lambda" if kept["function"]["class_name"] == "__lambda__" else "function"
    if name == "Sequential":
        kept.pop("dtype", None)
        kept.pop("trainable", None)
    layers = [old_config(layer, in_model=True) for layer in kept.pop("layers", ())]
    written = {key: old_config(value) for key, value in kept.items()}
    return {**written, "layers": layers} if layers else written


def _nodes(nodes: list[Any]) -> list[Any]:
    """Calls as ``[["dense", 0, 0, {...}]]``, if each takes tensors first; otherwise all as Keras 3 has them."""
    written = [_node(node) for node in nodes]
    return nodes if None in written else written


def _node(node: dict[str, Any]) -> list[Any] | None:
    args, kwargs = node["args"], node["kwargs"]
    if len(args) != 1:
        return None
    inputs = args[0] if isinstance(args[0], (list, tuple)) else [args[0]]
    histories = [_history(value) for value in inputs]
    if not histories or None in histories or _holds_tensor(kwargs):
        return None
    return [[*history, old_config(kwargs)] for history in histories if history is not None]


def _history(value: Any) -> list[Any] | None:
    if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        return list(value["config"]["keras_history"])
    return None


def _holds_tensor(value: Any) -> bool:
    if isinstance(value, dict):
        return _history(value) is not None or any(map(_holds_tensor, value.values()))
    return isinstance(value, (list, tuple)) and any(map(_holds_tensor, value))
