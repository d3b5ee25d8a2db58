"""TensorFlow functions in graphs of Keras 2 (``x / 255.`` is ``tf.math.truediv``), rewritten as Keras' operations."""

from typing import Any

from torchkeras._errors import nearest
from torchkeras._file_errors import UnknownNameError

# TensorFlow's function: Keras 3's class, and its module below keras.src.ops, and renamed arguments.
_OPERATORS: dict[str, tuple[str, str, dict[str, str]]] = {
    "__operators__.add": ("Add", "numpy", {"x": "x1", "y": "x2"}),
    "math.add": ("Add", "numpy", {"x": "x1", "y": "x2"}),
    "math.subtract": ("Subtract", "numpy", {"x": "x1", "y": "x2"}),
    "math.multiply": ("Multiply", "numpy", {"x": "x1", "y": "x2"}),
    "math.truediv": ("TrueDivide", "numpy", {"x": "x1", "y": "x2"}),
    "math.divide": ("TrueDivide", "numpy", {"x": "x1", "y": "x2"}),
    "math.floordiv": ("FloorDivide", "numpy", {"x": "x1", "y": "x2"}),
    "math.floormod": ("Mod", "numpy", {"x": "x1", "y": "x2"}),
    "math.pow": ("Power", "numpy", {"x": "x1", "y": "x2"}),
    "math.maximum": ("Maximum", "numpy", {"x": "x1", "y": "x2"}),
    "math.minimum": ("Minimum", "numpy", {"x": "x1", "y": "x2"}),
    "math.greater": ("Greater", "numpy", {"x": "x1", "y": "x2"}),
    "math.greater_equal": ("GreaterEqual", "numpy", {"x": "x1", "y": "x2"}),
    "math.less": ("Less", "numpy", {"x": "x1", "y": "x2"}),
    "math.less_equal": ("LessEqual", "numpy", {"x": "x1", "y": "x2"}),
    "math.equal": ("Equal", "numpy", {"x": "x1", "y": "x2"}),
    "math.not_equal": ("NotEqual", "numpy", {"x": "x1", "y": "x2"}),
    "linalg.matmul": ("Matmul", "numpy", {"a": "x1", "b": "x2"}),
    "math.negative": ("Negative", "numpy", {}),
    "math.abs": ("Absolute", "numpy", {}),
    "math.square": ("Square", "numpy", {}),
    "math.sqrt": ("Sqrt", "numpy", {}),
    "math.rsqrt": ("Rsqrt", "math", {}),
    "math.exp": ("Exp", "numpy", {}),
    "math.log": ("Log", "numpy", {}),
    "math.sin": ("Sin", "numpy", {}),
    "math.cos": ("Cos", "numpy", {}),
    "math.tanh": ("Tanh", "numpy", {}),
    "math.sigmoid": ("Sigmoid", "nn", {}),
    "math.reduce_mean": ("Mean", "numpy", {"input_tensor": "x"}),
    "math.reduce_sum": ("Sum", "numpy", {"input_tensor": "x"}),
    "math.reduce_max": ("Max", "numpy", {"input_tensor": "x"}),
    "math.reduce_min": ("Min", "numpy", {"input_tensor": "x"}),
    "nn.relu": ("Relu", "nn", {"features": "x"}),
    "nn.gelu": ("Gelu", "nn", {"features": "x"}),
    "nn.silu": ("Silu", "nn", {"features": "x"}),
    "nn.softmax": ("Softmax", "nn", {"logits": "x"}),
    "nn.sigmoid": ("Sigmoid", "nn", {}),
    "nn.tanh": ("Tanh", "numpy", {}),
    "clip_by_value": ("Clip", "numpy", {"t": "x", "clip_value_min": "x_min", "clip_value_max": "x_max"}),
    "cast": ("Cast", "core", {}),
    "concat": ("Concatenate", "numpy", {"values": "xs"}),
    "stack": ("Stack", "numpy", {"values": "x"}),
    "expand_dims": ("ExpandDims", "numpy", {"input": "x"}),
    "compat.v1.squeeze": ("Squeeze", "numpy", {"input": "x"}),
    "reshape": ("Reshape", "numpy", {"tensor": "x", "shape": "newshape"}),
    "compat.v1.transpose": ("Transpose", "numpy", {"a": "x", "perm": "axes"}),
}
_SLICING = "__operators__.getitem"


def modern_operator(entry: dict[str, Any]) -> dict[str, Any]:
    """Keras 3's entry for one of TensorFlow's functions.

    Raises:
        UnknownNameError: one that has no counterpart here.
    """
    config = entry["config"] if isinstance(entry["config"], dict) else {}
    function = str(config.get("function"))
    if function == _SLICING:
        found: tuple[str, str, dict[str, str]] = ("GetItem", "numpy", {"slice_spec": "key"})
    elif function in _OPERATORS:
        found = _OPERATORS[function]
    else:
        raise UnknownNameError(
            f"The graph calls TensorFlow's {function!r}, which is not known here.{nearest(function, _OPERATORS)}",
            path="model_config",
        )
    title, module, names = found
    nodes = [_renamed(node, names) for node in entry.get("inbound_nodes") or []]
    return {
        "module": f"keras.src.ops.{module}",
        "class_name": title,
        "config": {"name": config.get("name", function)},
        "registered_name": title,
        "name": entry.get("name", config.get("name")),
        "inbound_nodes": nodes,
    }


def _renamed(node: Any, names: dict[str, str]) -> Any:
    """``["lambda", 0, 0, {"y": 2.0, "name": null}]`` with the arguments' names of Keras."""
    if not isinstance(node, list) or len(node) < 3:
        return node
    if isinstance(node[0], list):
        return [_renamed(item, names) for item in node]
    kwargs = node[3] if len(node) > 3 and isinstance(node[3], dict) else {}
    kept = {names.get(key, key): _argument(key, value) for key, value in kwargs.items() if key != "name"}
    return [*node[:3], kept]


def _argument(key: str, value: Any) -> Any:
    if key != "slice_spec":
        return value
    parts = value if isinstance(value, list) else [value]
    return [_part(part) for part in parts]


def _part(part: Any) -> Any:
    """One index or slice, as Keras' configs have it."""
    if isinstance(part, dict) and set(part) == {"start", "stop", "step"}:
        return {"class_name": "__slice__", "config": part}
    return {"class_name": "__ellipsis__", "config": {}} if part == "..." else part
