"""The calls in a graph's config of Keras 1 and 2, ``["dense", 0, 0, {"mask": ...}]``, rewritten as Keras 3 has them."""

from collections.abc import Iterator
from typing import Any

from torchkeras._file_errors import CorruptFileError

_CONSTANT = "_CONSTANT_VALUE"


def modern_graph(config: dict[str, Any], version: str) -> dict[str, Any]:
    """The config of a functional model with all its calls in today's form."""
    layers = config["layers"]
    calls = {layer.get("name"): len(layer.get("inbound_nodes") or []) for layer in layers}
    if version.startswith("3"):
        return {**config, "layers": [_modern_layer(layer, calls, {}) for layer in layers]}
    offsets = _offsets(config, calls)
    nested = {layer.get("name") for layer in layers if layer["class_name"] in ("Functional", "Sequential")}
    written = {**config, "layers": [_modern_layer(layer, calls, offsets) for layer in layers]}
    for key in ("input_layers", "output_layers"):
        ends = _end_list(config.get(key))
        new = [[name, index - offsets.get(name, 0) + (name in nested), tensor] for name, index, tensor in ends]
        written[key] = new[0] if len(new) == 1 else new
    return written


def _end_list(ends: Any) -> list[list[Any]]:
    if isinstance(ends, dict):
        ends = list(ends.values())
    if isinstance(ends, list) and len(ends) == 3 and isinstance(ends[0], str):
        ends = [ends]
    if not isinstance(ends, list) or not all(_is_history(end) for end in ends):
        raise CorruptFileError(path="model_config", expected="inputs and outputs as [name, call, output]")
    return [list(end[:3]) for end in ends]


def _is_history(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) >= 3
        and isinstance(value[0], str)
        and all(isinstance(item, int) and not isinstance(item, bool) for item in value[1:3])
    )


def _offsets(config: dict[str, Any], calls: dict[Any, int]) -> dict[str, int]:
    """1 for models in the graph whose first call, as Keras counted, was their own making."""
    highest: dict[str, int] = {}
    ends = [*_end_list(config.get("input_layers")), *_end_list(config.get("output_layers"))]
    for name, index, *_ in [*ends, *_references(config["layers"], calls)]:
        highest[name] = max(index, highest.get(name, 0))
    return {name: 1 for name, index in highest.items() if calls.get(name) and index >= calls[name]}


def _references(value: Any, calls: dict[Any, int]) -> Iterator[list[Any]]:
    for layer in value:
        yield from _inside(layer.get("inbound_nodes") or [], calls)


def _inside(value: Any, calls: dict[Any, int]) -> Iterator[list[Any]]:
    if _is_history(value) and value[0] in calls:
        yield value[:3]
        value = value[3:]
    if isinstance(value, list):
        for item in value:
            yield from _inside(item, calls)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _inside(item, calls)


def _modern_layer(layer: dict[str, Any], calls: dict[Any, int], offsets: dict[str, int]) -> dict[str, Any]:
    nodes = layer.get("inbound_nodes") or []
    if not isinstance(layer.get("name"), str) or not isinstance(nodes, list):
        raise CorruptFileError(path="model_config", expected="a name and calls", found=str(layer)[:100])

    def read(value: Any) -> Any:
        if _is_history(value) and value[0] == _CONSTANT:
            return value[2]
        if _is_history(value) and value[0] in calls:
            name, index, tensor = value[:3]
            history = [name, index - offsets.get(name, 0), tensor]
            return {"class_name": "__keras_tensor__", "config": {"keras_history": history}}
        if isinstance(value, list):
            if len(value) >= 3 and value[0] == _CONSTANT:
                return value[2]
            return [read(item) for item in value]
        if isinstance(value, dict):
            return {key: read(item) for key, item in value.items()}
        return value

    return {**layer, "inbound_nodes": [_modern_node(node, read) for node in nodes]}


def _modern_node(node: Any, read: Any) -> dict[str, Any]:
    """``[["a", 0, 0, {...}], ["b", 0, 0]]``, or one of these alone, as arguments of the call."""
    if isinstance(node, dict) and "args" in node:
        return node
    if isinstance(node, dict):  # structured inputs, by name
        return {"args": [{key: read(value) for key, value in node.items()}], "kwargs": {}}
    if not isinstance(node, list) or not node:
        raise CorruptFileError(path="model_config", expected="the inputs of a call", found=str(node)[:100])
    if isinstance(node[0], str):
        node = [node]
    kwargs = next((item[3] for item in node if len(item) > 3 and isinstance(item[3], dict)), {})
    inputs = [read(item[:3]) for item in node]
    kwargs = {key: read(value) for key, value in kwargs.items() if value is not None or key not in ("mask", "name")}
    return {"args": [inputs[0] if len(inputs) == 1 else inputs], "kwargs": kwargs}
