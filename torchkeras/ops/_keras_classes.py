"""Ops in a graph's config: there Keras writes each as an object of a class, some arguments in its constructor.

``ops.mean(x, axis=1)`` is ``{"module": "keras.src.ops.numpy", "class_name": "Mean", "config": {"name":
"mean", "axis": 1, "keepdims": False}}``, called with ``x``. A class bears the op's name in camel case;
parameters with a default go to the constructor. The tables hold what departs from these rules.
"""

import functools
import inspect
from typing import Any

from torchkeras import _registry, _settings
from torchkeras._dtypes import standardize_dtype
from torchkeras._errors import nearest
from torchkeras._symbolic import FunctionOperation, Node
from torchkeras.ops._op import OPS, Op
from torchkeras.ops._torch_functions import torch_entry, torch_function

CLASSES = {
    "allclose": "AllClose",
    "batch_normalization": "BatchNorm",
    "cdist": "CDist",
    "ctc_decode": "CTCDecode",
    "ctc_loss": "CTCLoss",
    "fft": "FFT",
    "fft2": "FFT2",
    "hsv_to_rgb": "HSVToRGB",
    "ifft2": "IFFT2",
    "irfft": "IRFFT",
    "isin": "IsIn",
    "istft": "ISTFT",
    "jvp": "JVP",
    "layer_normalization": "LayerNorm",
    "psnr": "PSNR",
    "rfft": "RFFT",
    "rgb_to_grayscale": "RGBToGrayscale",
    "rgb_to_hsv": "RGBToHSV",
    "rms_normalization": "RMSNorm",
    "searchsorted": "SearchSorted",
    "ssim": "SSIM",
    "stft": "STFT",
    "svd": "SVD",
}

# The arguments of the call, those after the bar by keyword; all others go to the constructor.
_CALLS = {
    "affine_transform": "images transform",
    "arange": "start stop step",
    "argpartition": "x",
    "array_split": "x",
    "average": "x | weights",
    "batch_normalization": "x mean variance offset scale",
    "broadcast_to": "x",
    "cast": "x",
    "clip": "x",
    "depth_to_space": "x",
    "dot_product_attention": "query key value | bias mask scale",
    "dsplit": "x",
    "einsum": "*operands",
    "expand_dims": "x",
    "extract_patches": "images",
    "extract_sequences": "x",
    "fold": "x",
    "fori_loop": "init_val",
    "full": "fill_value",
    "hsplit": "x",
    "in_top_k": "targets predictions",
    "isclose": "x1 x2 rtol atol",
    "istft": "x",
    "layer_normalization": "x gamma beta",
    "map_coordinates": "inputs coordinates",
    "max_pool": "inputs",
    "average_pool": "inputs",
    "adaptive_average_pool": "inputs",
    "adaptive_max_pool": "inputs",
    "meshgrid": "*x",
    "moments": "x",
    "moveaxis": "x",
    "multi_hot": "inputs",
    "one_hot": "x",
    "pad": "x | constant_values",
    "psnr": "x1 x2",
    "rearrange": "tensor pattern | **axes_lengths",
    "repeat": "x",
    "reshape": "x",
    "resize": "images",
    "rms_normalization": "x | scale",
    "roll": "x",
    "saturate_cast": "x",
    "scale_and_translate": "images output_shape scale translation",
    "scan": "f init xs",
    "scatter": "indices values",
    "select": "condlist choicelist default",
    "slice": "inputs start_indices",
    "space_to_depth": "x",
    "split": "x",
    "stft": "x",
    "swapaxes": "x",
    "switch": "index branches *operands",
    "threshold": "x",
    "tile": "x",
    "top_k": "x",
    "unfold": "x",
    "unravel_index": "indices",
    "vectorized_map": "elements",
    "vsplit": "x",
    "where": "condition x1 x2",
    "while_loop": "loop_vars",
}
_MODULES = {"_core": "core", "_control": "core", "_math": "math", "_signal": "math", "_einops": "einops"}


# ops that replace a dtype of None by ``floatx()`` before they record themselves
_FLOATX = {"multi_hot", "one_hot"}


def class_name(name: str) -> str:
    """Keras' class for an op.

    >>> class_name("log_softmax"), class_name("isin")
    ('LogSoftmax', 'IsIn')
    """
    return CLASSES.get(name) or "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def name_nodes() -> None:
    """Let nodes be named after Keras' classes: ``batch_norm``, not ``batch_normalization``."""
    for name in CLASSES:
        if name in OPS:
            OPS[name]._node_name = _registry.to_snake_case(CLASSES[name])  # type: ignore[attr-defined]


@functools.cache
def _parts(name: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The parameters of an op: positional in the call, by keyword in the call, of the constructor."""
    parameters = inspect.signature(OPS[name]).parameters.values()
    required = " ".join(p.name for p in parameters if p.default is p.empty)
    positional, _, keywords = _CALLS.get(name, required).partition("|")
    call = {part.strip("*") for part in (positional + keywords).split()}
    rest = (p.name for p in parameters if p.name not in call and p.kind is not p.VAR_KEYWORD)
    return tuple(positional.split()), tuple(keywords.split()), tuple(rest)


def _bound(node: Node) -> dict[str, Any]:
    """All arguments of the call by name, defaults included."""
    bound = inspect.signature(node.operation.function).bind(*node.args, **node.kwargs)  # type: ignore[attr-defined]
    bound.apply_defaults()
    return bound.arguments


def operation_config(operation: FunctionOperation, node: Node) -> dict[str, Any]:
    """Keras' entry for the op that `node` called; torch's functions are written by their torch name."""
    function = operation.function
    name = function.__name__
    if OPS.get(name) is not function:
        return torch_entry(operation)
    arguments = _bound(node)
    config: dict[str, Any] = {} if name == "extract_patches" else {"name": operation.name}  # as Keras has it
    config |= {key: _written(name, key, arguments[key]) for key in _parts(name)[2]}
    if name == "layer_normalization":
        config["rms_scaling"] = arguments.get("kwargs", {}).get("rms_scaling", False)
    where = function.__module__.removeprefix("torchkeras.ops.").split(".")[0]
    title = class_name(name)
    module = f"keras.src.ops.{_MODULES.get(where, where)}"
    return {"module": module, "class_name": title, "config": config, "registered_name": title}


def _written(name: str, key: str, value: Any) -> Any:
    """An argument of the op `name` as Keras has it when it makes the operation."""
    if key == "data_format" and value is None and ".nn." in OPS[name].__module__:
        return _settings.image_data_format
    if key == "newshape" and isinstance(value, int):
        return (value,)
    if key == "dtype" and (value is not None or name in _FLOATX):
        return standardize_dtype(value)
    return value


def call_arguments(node: Node) -> tuple[list[Any], dict[str, Any]]:
    """What Keras passes to the operation's call, without what its config holds."""
    name = node.operation.function.__name__  # type: ignore[attr-defined]
    if OPS.get(name) is not node.operation.function:  # type: ignore[attr-defined]
        return list(node.args), dict(node.kwargs)
    arguments = _bound(node)
    positional, keywords, _ = _parts(name)
    args: list[Any] = []
    for part in positional:
        args += arguments[part[1:]] if part.startswith("*") else [arguments[part]]
    kwargs = {key: arguments[key] for key in keywords if not key.startswith("**")}
    for key in keywords:
        kwargs |= arguments.get(key[2:], {}) if key.startswith("**") else {}
    return args, kwargs


def operation_from_config(entry: dict[str, Any]) -> FunctionOperation | None:
    """The operation of an entry that :func:`operation_config` (or Keras) wrote; None for anything else."""
    module, config = entry.get("module") or "", dict(entry.get("config") or {})
    if module == "torch":
        return FunctionOperation(torch_function(config["function"]), config["name"])
    if not module.startswith("keras.src.ops."):
        return None
    function = _by_class().get(entry["class_name"])
    if function is None:
        hint = nearest(entry["class_name"], _by_class())
        raise ValueError(f"Unknown operation in the config: {entry['class_name']!r}.{hint}")
    operation = FunctionOperation(function, config.pop("name", None))
    operation.config = config  # type: ignore[attr-defined]
    return operation


@functools.cache
def _by_class() -> dict[str, Op]:
    return {class_name(name): function for name, function in OPS.items()}


def full_arguments(operation: Any, args: Any, kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The op's arguments, out of those of Keras' call and the config the operation was made from."""
    config = getattr(operation, "config", None)
    name = "" if config is None else operation.function.__name__  # layers come here too, and have neither
    if config is None or OPS.get(name) is not operation.function:
        return tuple(args), kwargs
    positional, _, keys = _parts(name)
    if positional and positional[-1].startswith("*"):  # ``einsum(subscripts, *operands)``
        leading = [config[key] for key in keys if key == "subscripts"]
        return (*leading, *args), {**kwargs, **{key: value for key, value in config.items() if key != "subscripts"}}
    return (), {**dict(zip(positional, args, strict=False)), **kwargs, **config}
