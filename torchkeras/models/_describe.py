"""What the summary and the plots say about a layer: its class, its shapes, whom it follows."""

from typing import Any

from torchkeras._symbolic import FunctionOperation, KerasTensor, Node, node_of
from torchkeras.layers import Layer
from torchkeras.models._graph import Graph
from torchkeras.ops._keras_classes import class_name


def class_title(layer: Any) -> str:
    """The class to show: ``Dense``; for a function in the graph Keras' name of its class, ``ExpandDims``."""
    if isinstance(layer, FunctionOperation):
        return class_name(layer.function.__name__.strip("_"))
    return type(layer).__name__


def graph_of(model: Any) -> Graph | None:
    """The layer graph of a functional model or a built stack, else None."""
    functional = model.__dict__.get("_functional", model)
    return None if functional is None else functional.__dict__.get("_graph")


def parts_of(model: Any) -> list[Any]:
    """The rows of a model: graph operations, layers of a stack, or the layers held as attributes."""
    if "_functional" not in model.__dict__ and graph_of(model) is not None:
        return list(model.operations)
    return list(model.layers)


def named_parts(model: Any) -> list[tuple[str, Any]]:
    """The rows of a model with their names; plain torch modules among the layers bear their attribute's name."""
    if graph_of(model) is not None or "_stack" in model.__dict__:
        return [(part.name, part) for part in parts_of(model)]
    paths = {id(module): path for path, module in model.named_modules()}
    children = model._children()
    return [(child.name if isinstance(child, Layer) else paths[id(child)], child) for child in children]


def is_container(layer: Any) -> bool:
    """Whether the layer is itself made of layers that a nested summary or plot shows: whether it is a model."""
    return isinstance(layer, Layer) and hasattr(layer, "get_layer")


def calls_of(layer: Any, graph: Graph | None) -> list[Node]:
    """The calls of a layer within a graph."""
    if graph is None:
        return []
    return [node for node in graph.nodes if node.operation is layer]


def is_chain(graph: Graph | None) -> bool:
    """Whether every call feeds the next one and nothing else, so that the order says it all."""
    if graph is None:
        return True
    parents = [node_of(tensor) for node in graph.nodes for tensor in node.input_tensors]
    starts = sum(node.is_input for node in graph.nodes)
    each_once = len(graph.operations) == len(graph.nodes) and len({id(node) for node in parents}) == len(parents)
    return each_once and starts == 1 and all(len(node.input_tensors) <= 1 for node in graph.nodes)


def output_shape(layer: Any, graph: Graph | None) -> Any:
    """The shape(s) of what a layer returns: of its last call in the graph, else for the shapes it was built with."""
    calls = calls_of(layer, graph) or getattr(layer, "_inbound_nodes", [])
    if calls:
        return one_or_list([tensor.shape for tensor in calls[-1].output_tensors])
    shapes = getattr(layer, "_build_arguments", None)
    if not shapes or not layer.built:
        return None
    if list(shapes) == ["input_shape"]:
        shapes = tuple(shapes.values())
        return _attempt(lambda: layer.compute_output_shape(*shapes))
    return _attempt(lambda: layer.compute_output_shape(**shapes))


def _attempt(compute: Any) -> Any:
    # a user's layer may know its shapes only by running, or fail at it: a table is no place to fail
    try:
        return compute()
    except Exception:
        return None


def one_or_list(shapes: list[Any]) -> Any:
    """The only item, or all of them."""
    return shapes[0] if len(shapes) == 1 else shapes


def origin(tensor: KerasTensor) -> str:
    """``dense[0][1]``: the layer that made a tensor, the number of the call and of the output."""
    history = tensor._keras_history
    return f"{history.operation.name}[{history.node_index}][{history.tensor_index}]"
