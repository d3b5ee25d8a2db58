"""Keras 3's config of a functional graph, written and read."""

from typing import Any

from torchkeras._errors import nearest
from torchkeras._file_errors import UnsafeFileError
from torchkeras._serialization import deserialize_keras_object, serialize_keras_object
from torchkeras._structures import leaves, map_leaves
from torchkeras._symbolic import FunctionOperation, KerasTensor, Node, Operation
from torchkeras.layers import InputLayer, Layer
from torchkeras.models._graph import trace
from torchkeras.ops._keras_classes import call_arguments, full_arguments, operation_config, operation_from_config


def graph_config(model: Any, functional: type) -> dict[str, Any]:
    """``layers``, ``input_layers`` and ``output_layers`` of a functional model."""
    graph = trace(model.inputs, model.outputs)
    in_graph = {id(node) for node in graph.nodes}
    indices: dict[tuple[int, int], int] = {}  # (id of operation, index of call) -> index among the calls in this graph
    for operation in graph.operations:
        kept = [index for index, node in enumerate(operation._inbound_nodes) if id(node) in in_graph]
        indices |= {(id(operation), index): position for position, index in enumerate(kept)}

    def history(tensor: KerasTensor) -> list[Any]:
        operation, node_index, tensor_index = tensor._keras_history
        return [operation.name, indices[id(operation), node_index], tensor_index]

    def end(tensor: KerasTensor) -> list[Any]:
        # for Keras the first call of a functional model is its own making, but it counts so only here
        name, index, position = history(tensor)
        return [name, index + isinstance(tensor._keras_history.operation, functional), position]

    layers = []
    for operation in graph.operations:
        nodes = [node for node in operation._inbound_nodes if id(node) in in_graph]
        entry = _operation_entry(operation, nodes)
        entry["name"] = operation.name
        entry["inbound_nodes"] = [_node_config(node, history) for node in nodes if not node.is_input]
        layers.append(entry)
    return {
        "layers": layers,
        "input_layers": map_leaves(end, model._inputs_struct),
        "output_layers": map_leaves(end, model._outputs_struct),
    }


def _operation_entry(operation: Any, nodes: list[Node]) -> dict[str, Any]:
    if isinstance(operation, FunctionOperation):
        return operation_config(operation, nodes[0])
    return serialize_keras_object(operation)


def _node_config(node: Node, history: Any) -> dict[str, Any]:
    args, kwargs = call_arguments(node) if isinstance(node.operation, FunctionOperation) else (node.args, node.kwargs)

    def write(value: Any) -> Any:
        if isinstance(value, KerasTensor):
            config = {"shape": list(value.shape), "dtype": value.dtype, "keras_history": history(value)}
            return {"class_name": "__keras_tensor__", "config": config}
        if isinstance(value, (list, tuple)):
            return [write(item) for item in value]
        if isinstance(value, dict):
            return {key: write(item) for key, item in value.items()}
        return serialize_keras_object(value)

    return {"args": [write(arg) for arg in args], "kwargs": {key: write(value) for key, value in kwargs.items()}}


def graph_from_config(config: dict[str, Any], functional: type) -> tuple[Any, Any]:
    """The symbolic inputs and outputs that a config describes, with new layers."""
    operations: dict[str, Any] = {}
    waiting: list[tuple[str, dict[str, Any]]] = []  # calls in the order of the config
    for entry in config["layers"]:
        operations[entry["name"]] = _operation_of(entry)
        nodes = _nodes_of(entry)
        _check_calls(entry["name"], operations[entry["name"]], nodes)
        waiting += [(entry["name"], node) for node in nodes]
    calls: dict[str, list[Any]] = {
        name: [operation._inbound_nodes[0]] if isinstance(operation, InputLayer) else []
        for name, operation in operations.items()
    }
    # the index of a call within its operation must be kept, so an operation's calls are made in their order
    while waiting:
        later = []
        stuck: set[str] = set()
        for name, node in waiting:
            if name in stuck or not all(_known(calls, source) for source in _sources(node)):
                stuck.add(name)
                later.append((name, node))
                continue
            operation = operations[name]
            args, kwargs = full_arguments(operation, *_arguments(node, calls))
            operation(*args, **kwargs)
            calls[name].append(operation._inbound_nodes[-1])
        if len(later) == len(waiting):
            missing = next(s for _, node in later for s in _sources(node) if not _known(calls, s))
            raise ValueError(
                f"The config's graph is not connected: {later[0][0]!r} needs {missing}, which no layer gives."
            )
        waiting = later
    ends = {name: [None, *made] if isinstance(operations[name], functional) else made for name, made in calls.items()}
    inputs, outputs = _tensors(config["input_layers"], ends), _tensors(config["output_layers"], ends)
    _check_connected(operations, outputs)
    return inputs, outputs


def _check_calls(name: str, operation: Any, nodes: list[dict[str, Any]]) -> None:
    """Every call takes a tensor of the graph: a file may not call anything with its own values alone."""
    if not nodes and not isinstance(operation, InputLayer):
        raise UnsafeFileError(f"{name!r} is in the graph's config, but never called in it.")
    if not all(any(True for _ in _sources(node)) for node in nodes):
        raise UnsafeFileError(f"The config calls {name!r} without any tensor of the graph.")


def _check_connected(operations: dict[str, Any], outputs: Any) -> None:
    """What leads to no output is no part of the graph, and has no reason to be in its config."""
    known = {id(operation): name for name, operation in operations.items() if not isinstance(operation, InputLayer)}
    pending, seen = [tensor._keras_history for tensor in leaves(outputs)], set()
    while pending:
        operation, index, _ = pending.pop()
        if (id(operation), index) in seen:
            continue
        seen.add((id(operation), index))
        known.pop(id(operation), None)
        pending += [tensor._keras_history for tensor in operation._inbound_nodes[index].input_tensors]
    if known:
        raise UnsafeFileError(f"{next(iter(known.values()))!r} is in the graph's config, but leads to no output.")


def _operation_of(entry: dict[str, Any]) -> Any:
    operation = operation_from_config(entry)
    if operation is None:
        operation = deserialize_keras_object(entry)
    if not isinstance(operation, Operation | Layer):
        raise UnsafeFileError(f"{entry['name']!r}: expected a layer, the config has a {type(operation).__name__}.")
    if operation.name != entry["name"]:
        operation.__dict__["name"] = entry["name"]
    return operation


def _nodes_of(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """The calls of one entry; Keras 2's form ``[[["dense", 0, 0, {}]]]`` is read as well."""
    nodes = []
    for node in entry.get("inbound_nodes", []):
        if isinstance(node, dict):
            nodes.append(node)
            continue
        sources = [_reference(item[:3]) for item in node]
        kwargs = dict(node[0][3]) if node and len(node[0]) > 3 else {}
        nodes.append({"args": [sources[0] if len(sources) == 1 else sources], "kwargs": kwargs})
    return nodes


def _reference(history: Any) -> dict[str, Any]:
    return {"class_name": "__keras_tensor__", "config": {"keras_history": list(history)}}


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and value.get("class_name") == "__keras_tensor__"


def _sources(value: Any) -> list[list[Any]]:
    """Every ``[name, call, output]`` that a call's arguments refer to."""
    if _is_reference(value):
        return [value["config"]["keras_history"]]
    if isinstance(value, dict):
        return [source for item in value.values() for source in _sources(item)]
    if isinstance(value, (list, tuple)):
        return [source for item in value for source in _sources(item)]
    return []


def _known(calls: dict[str, list[Any]], source: list[Any]) -> bool:
    name, index, _ = source
    if name not in calls:
        raise ValueError(f"The config's graph refers to {name!r}, which it does not define.{nearest(name, calls)}")
    return index < len(calls[name])


def _tensor(calls: dict[str, list[Any]], source: list[Any]) -> KerasTensor:
    name, index, position = source
    return calls[name][index].output_tensors[position]


def _arguments(node: dict[str, Any], calls: dict[str, list[Any]]) -> tuple[list[Any], dict[str, Any]]:
    def read(value: Any) -> Any:
        if _is_reference(value):
            return _tensor(calls, value["config"]["keras_history"])
        if isinstance(value, list):
            return [read(item) for item in value]
        if isinstance(value, dict) and "class_name" not in value:
            return {key: read(item) for key, item in value.items()}
        return deserialize_keras_object(value) if isinstance(value, dict) else value

    return [read(arg) for arg in node["args"]], {key: read(value) for key, value in node["kwargs"].items()}


def _tensors(sources: Any, calls: dict[str, list[Any]]) -> Any:
    """The tensors for ``["name", 0, 0]``, or for a list or dict of such."""
    if isinstance(sources, dict):
        return {key: _tensors(item, calls) for key, item in sources.items()}
    if len(sources) == 3 and isinstance(sources[0], str):
        return _tensor(calls, sources)
    return type(sources)(_tensors(item, calls) for item in sources)
