"""What layers told of the graph around them: shapes and tensors of their calls, and the calls before and after."""

import weakref
from typing import Any

from torchkeras._eras._methods._former import Rows, attribute, method
from torchkeras._structures import leaves
from torchkeras._symbolic import Node
from torchkeras.layers import InputLayer, Layer
from torchkeras.layers._masks import mask_of

Ends = tuple[list[Any], list[Any]]


def calls(layer: Any) -> list[Ends]:
    """Symbolic inputs and outputs of each call; a model's own graph counts as its first call."""
    own: list[Ends] = []
    if getattr(layer, "_is_graph", False) and layer.built:
        own = [(layer.inputs, layer.outputs)]
    nodes = own + [(node.input_tensors, node.output_tensors) for node in layer._inbound_nodes]
    if not nodes:
        raise AttributeError(
            f'Layer "{layer.name}" ({type(layer).__name__}) has not been called on symbolic tensors yet, so it has no '
            "inputs and outputs: put it into a model, or call it on an `Input`."
        )
    return nodes


def _at(layer: Any, index: int, side: int) -> Any:
    found = calls(layer)
    if not -len(found) <= index < len(found):
        raise ValueError(f'Layer "{layer.name}": there is no call {index}, it was called {len(found)} times.')
    inputs, outputs = found[index]
    tensors = outputs if side or isinstance(layer, InputLayer) else inputs
    return tensors[0] if len(tensors) == 1 else tensors


def _shape_of(tensors: Any) -> Any:
    return [tensor.shape for tensor in tensors] if isinstance(tensors, list) else tensors.shape


def _only_shape(layer: Any, side: int) -> Any:
    if not layer._inbound_nodes and layer._build_arguments and not getattr(layer, "_is_graph", False):
        shape = next(iter(layer._build_arguments.values()))  # called on tensors with values alone
        return layer.compute_output_shape(shape) if side else shape
    shapes = [_shape_of(_at(layer, index, side)) for index in range(len(calls(layer)))]
    if any(shape != shapes[0] for shape in shapes):
        what = ("input", "output")[side]
        raise AttributeError(
            f'Layer "{layer.name}" was called several times, with different {what} shapes: {shapes}. Use '
            f"`get_{what}_shape_at(index)`."
        )
    return shapes[0]


def _only_mask(layer: Any, side: int) -> Any:
    found = calls(layer)
    if len(found) > 1:
        what = ("input", "output")[side]
        raise AttributeError(f'Layer "{layer.name}" was called {len(found)} times: use `get_{what}_mask_at(index)`.')
    return mask_of(_at(layer, 0, side))


# Who uses a layer's outputs: kept beside the graph, as nobody but old scripts asks.
_users: "weakref.WeakKeyDictionary[Any, list[weakref.ref[Node]]]" = weakref.WeakKeyDictionary()


def keep_users() -> None:
    """From now on each new call is entered with the layers that it follows."""
    init = Node.__init__

    def __init__(self: Node, *args: Any, **kwargs: Any) -> None:
        init(self, *args, **kwargs)
        for tensor in self.input_tensors:
            _users.setdefault(tensor._keras_history.operation, []).append(weakref.ref(self))

    Node.__init__ = __init__  # type: ignore[method-assign]


def _outbound(layer: Any) -> list[Node]:
    return [node for reference in _users.get(layer, ()) if (node := reference()) is not None]


def _inbound_layers(node: Node) -> list[Any]:
    return [tensor._keras_history.operation for tensor in node.input_tensors]


LAYER: Rows = {
    "input_shape": attribute(lambda self: _only_shape(self, 0), "layer.input.shape"),
    "output_shape": attribute(lambda self: _only_shape(self, 1), "layer.output.shape"),
    "input_mask": attribute(lambda self: _only_mask(self, 0)),
    "output_mask": attribute(lambda self: _only_mask(self, 1)),
    "get_input_at": method(lambda self, node_index: _at(self, node_index, 0), "layer.input"),
    "get_output_at": method(lambda self, node_index: _at(self, node_index, 1), "layer.output"),
    "get_input_shape_at": method(lambda self, node_index: _shape_of(_at(self, node_index, 0)), "layer.input.shape"),
    "get_output_shape_at": method(lambda self, node_index: _shape_of(_at(self, node_index, 1)), "layer.output.shape"),
    "get_input_mask_at": method(lambda self, node_index: mask_of(_at(self, node_index, 0))),
    "get_output_mask_at": method(lambda self, node_index: mask_of(_at(self, node_index, 1))),
    "inbound_nodes": attribute(lambda self: self._inbound_nodes),
    "outbound_nodes": attribute(_outbound),
    "_outbound_nodes": attribute(_outbound),
}
NODE: Rows = {
    "inbound_layers": attribute(_inbound_layers),
    "outbound_layer": attribute(lambda self: self.operation),
    "layer": attribute(lambda self: self.operation),
    "input_shapes": attribute(lambda self: [tensor.shape for tensor in self.input_tensors]),
    "output_shapes": attribute(lambda self: [tensor.shape for tensor in self.output_tensors]),
    "input_masks": attribute(lambda self: [mask_of(tensor) for tensor in self.input_tensors]),
    "output_masks": attribute(lambda self: [mask_of(tensor) for tensor in self.output_tensors]),
    "node_indices": attribute(lambda self: [tensor._keras_history.node_index for tensor in self.input_tensors]),
    "tensor_indices": attribute(lambda self: [tensor._keras_history.tensor_index for tensor in self.input_tensors]),
    "arguments": attribute(lambda self: {key: v for key, v in self.kwargs.items() if not list(leaves(v))}),
}
OWNERS: dict[type, Rows] = {Layer: LAYER, Node: NODE}
