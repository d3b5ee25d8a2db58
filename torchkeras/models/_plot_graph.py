"""The layer graph of a model as boxes and arrows of dot."""

import html
import itertools
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from torchkeras._symbolic import KerasTensor
from torchkeras.layers import InputLayer, Layer
from torchkeras.models._describe import (
    calls_of,
    class_title,
    graph_of,
    is_container,
    one_or_list,
    output_shape,
    parts_of,
)
from torchkeras.models._graph import Graph


class Look(NamedTuple):
    """What a box shows beside the class, and whether models inside the model are opened."""

    shapes: bool = False
    dtypes: bool = False
    names: bool = True
    activations: bool = False
    trainable: bool = False
    nested: bool = False


def draw(dot: Any, pydot: Any, model: Any, look: Look) -> None:
    """Put boxes and arrows for the layers of `model` into `dot`, a graph or a cluster."""
    graph = graph_of(model)
    for layer in parts_of(model):
        if look.nested and opens(layer):
            cluster = new_cluster(pydot, layer.name)
            draw(cluster, pydot, layer, look)
            dot.add_subgraph(cluster)
        else:
            draw_alone(dot, pydot, layer, look, graph)
    for start, end in dict.fromkeys(_edges(model, graph, look)):
        dot.add_edge(pydot.Edge(start, end, penwidth="2"))


def draw_alone(dot: Any, pydot: Any, layer: Any, look: Look, graph: Graph | None = None) -> None:
    """Put one box into `dot`."""
    label = f"<{_table(_rows(layer, graph, look))}>"
    dot.add_node(pydot.Node(_key(layer), label=label, fontname="Helvetica", border="0", margin="0"))


def new_cluster(pydot: Any, name: str) -> Any:
    """A dashed frame with a title, for a model inside a model."""
    key = re.sub(r"\W", "_", name)
    title = name if key == name else '"{}"'.format(name.replace('"', r"\""))
    return pydot.Cluster(graph_name=key, style="dashed", label=title, labeljust="l", fontname="Helvetica")


def opens(layer: Any) -> bool:
    """Whether there is something to draw inside a layer: whether it is a model with a graph."""
    return is_container(layer) and graph_of(layer) is not None and bool(parts_of(layer))


def _key(layer: Any) -> str:
    return str(id(layer))


# Arrows.


def _edges(model: Any, graph: Graph | None, look: Look) -> Iterator[tuple[str, str]]:
    parts = parts_of(model)
    if graph is None:
        for first, second in itertools.pairwise(parts):
            yield _key(first), _key(second)
        return
    shown = {id(part) for part in parts}
    for node in graph.nodes:
        for position, tensor in enumerate(node.input_tensors):
            producer = tensor._keras_history.operation
            if id(node.operation) in shown and id(producer) in shown:
                for end in _entrances(node.operation, position, look):
                    yield _exit(producer, tensor, look), end


def _exit(layer: Any, tensor: KerasTensor, look: Look) -> str:
    """The box that a tensor comes out of: for an opened model that of the layer inside."""
    while look.nested and opens(layer):
        tensor = layer.outputs[tensor._keras_history.tensor_index]
        layer = tensor._keras_history.operation
    return _key(layer)


def _entrances(layer: Any, position: int, look: Look) -> Iterator[str]:
    """The boxes that the input number `position` of a layer goes into: for an opened model those inside."""
    if not (look.nested and opens(layer)):
        yield _key(layer)
        return
    entrance = layer.inputs[position]
    if any(part is entrance._keras_history.operation for part in parts_of(layer)):
        yield _key(entrance._keras_history.operation)
        return
    for node in graph_of(layer).nodes:  # type: ignore[union-attr]  # a stack does not show its input
        for inner, tensor in enumerate(node.input_tensors):
            if tensor is entrance:
                yield from _entrances(node.operation, inner, look)


# Boxes.


def _rows(layer: Any, graph: Graph | None, look: Look) -> list[str]:
    """The rows of a layer's box, as rows of an HTML-like table."""
    title = html.escape(class_title(layer))
    title = f"<b>{html.escape(layer.name)}</b> ({title})" if look.names else f"<b>{title}</b>"
    facts = list(_facts(layer, graph, look))
    span = f' colspan="{max(1, len(facts))}"'
    rows = [f'<td{span} bgcolor="black"><font point-size="16" color="white">{title}</font></td>']
    activation = _activation(layer) if look.activations else None
    if activation:
        rows.append(_cell("Activation", activation, span))
    return [f"<tr>{row}</tr>" for row in [*rows, "".join(facts)] if row]


def _facts(layer: Any, graph: Graph | None, look: Look) -> Iterator[str]:
    calls = calls_of(layer, graph) or layer._inbound_nodes
    if look.shapes:
        if not isinstance(layer, InputLayer):
            yield _cell("Input shape", _shown([tensor.shape for tensor in calls[-1].input_tensors] if calls else []))
        shape = output_shape(layer, graph)
        yield _cell("Output shape", "?" if shape is None else str(shape))
    if look.dtypes:
        yield _cell("Output dtype", _shown([tensor.dtype for tensor in calls[-1].output_tensors] if calls else []))
    if look.trainable and isinstance(layer, Layer) and layer.weights:
        color, word = ("forestgreen", "Trainable") if layer.trainable else ("firebrick", "Non-trainable")
        yield f'<td bgcolor="{color}"><font point-size="14" color="white"><b>{word}</b></font></td>'


def _shown(items: list[Any]) -> str:
    return str(one_or_list(items)) if items else "?"


def _cell(title: str, value: str, span: str = "") -> str:
    text = f"{title}: <b>{html.escape(value, quote=False)}</b>"
    return f'<td bgcolor="white"{span}><font point-size="14">{text}</font></td>'


def _activation(layer: Any) -> str | None:
    activation = getattr(layer, "activation", None)
    if activation is None:
        return None
    return getattr(activation, "name", None) or getattr(activation, "__name__", None) or type(activation).__name__


def _table(rows: Iterable[str]) -> str:
    return '<table border="0" cellborder="1" bgcolor="black" cellpadding="10">' + "".join(rows) + "</table>"
