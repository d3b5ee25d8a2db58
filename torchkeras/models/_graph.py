"""From symbolic outputs to a flat plan: which calls, in which order, on which slots."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import torch

from torchkeras._probing import is_probing
from torchkeras._structures import leaves, map_leaves
from torchkeras._symbolic import FunctionOperation, KerasTensor, Node, node_of, symbols
from torchkeras.layers import Layer
from torchkeras.layers._input_spec import check_input_spec


class Graph(NamedTuple):
    """The calls between some inputs and outputs.

    `nodes` are in the order in which they can run; `operations` in Keras' order: farthest from the
    outputs first, then as a walk from the outputs meets them.
    """

    nodes: list[Node]
    operations: list[Any]


def trace(inputs: list[KerasTensor], outputs: list[KerasTensor], running: bool = False) -> Graph:
    """The calls that lead from `inputs` to `outputs`; with `running`, also those that only masks need.

    Raises:
        ValueError: an output depends on an input that is not among `inputs`.
    """
    stop = {id(tensor) for tensor in inputs}
    found: dict[int, int] = {}  # id of the operation -> when the walk first met it
    needs = (lambda node: node.running_tensors) if running else (lambda node: node.input_tensors)
    order = list(_walk(outputs, stop, found, needs))
    entrances = [node for node in map(node_of, inputs) if node.is_input and node not in order]
    depths, operation_depths = _depths(order, needs)
    for node in entrances:  # inputs that no output needs
        if id(node.operation) not in found:
            found[id(node.operation)] = -1
            operation_depths[id(node.operation)] = 0
    nodes = entrances + order
    operations = {id(node.operation): node.operation for node in nodes}
    ranked = sorted(operations, key=lambda key: (-operation_depths.get(key, 0), found[key]))
    return Graph(sorted(nodes, key=lambda node: -depths.get(id(node), 0)), [operations[key] for key in ranked])


def _walk(outputs: list[KerasTensor], stop: set[int], found: dict[int, int], needs: Any) -> Iterator[Node]:
    """Every node once, arguments before users; no recursion, as graphs may be thousands of calls deep."""
    state: dict[int, bool] = {}  # id of the node -> whether it is done
    stack: list[tuple[Any, bool]] = [(tensor, False) for tensor in reversed(outputs)]
    while stack:
        item, leaving = stack.pop()
        if leaving:
            state[id(item)] = True
            yield item
            continue
        if not hasattr(item, "_keras_history"):
            raise ValueError(f"Graph disconnected: {item} was not made by a layer or an operation on an `Input`.")
        node = node_of(item)
        if id(node) in state:
            continue
        state[id(node)] = False
        found.setdefault(id(node.operation), len(found))
        if id(item) not in stop and node.is_input:
            raise ValueError(
                f'Graph disconnected: the outputs depend on {item} of "{node.operation.name}", which is not among the '
                f"model's inputs. Add it to `inputs`."
            )
        stack.append((node, True))
        if id(item) not in stop:
            stack += [(tensor, False) for tensor in reversed(needs(node))]


def _depths(order: list[Node], needs: Any) -> tuple[dict[int, int], dict[int, int]]:
    """How far each node and each operation is from the outputs, at most."""
    depths: dict[int, int] = {}
    operation_depths: dict[int, int] = {}
    known = {id(node) for node in order}
    for node in reversed(order):
        key = id(node.operation)
        depth = max(depths.get(id(node), 0), operation_depths.get(key, 0))
        depths[id(node)] = operation_depths[key] = depth
        for parent in map(node_of, needs(node)):
            if id(parent) in known:
                depths[id(parent)] = max(depth + 1, depths.get(id(parent), 0))
    return depths, operation_depths


class Slot:
    """Where a value of the plan is kept: an index into the list of values."""

    __slots__ = ("index",)

    def __init__(self, index: int) -> None:
        self.index = index


class Step(NamedTuple):
    """One call of the plan: ``values[target] = function(values[source])``, or, with `args`, the general form."""

    function: Callable[..., Any]
    source: int
    args: tuple[Any, ...] | None
    kwargs: dict[str, Any]
    targets: tuple[int, ...]
    done: tuple[int, ...]  # slots that nobody needs after this step: freed, so that memory is as in a hand-written net


class Plan:
    """The calls of a graph as a flat list, run by one loop.

    Args:
        inputs: the symbolic tensors that :meth:`run` gets values for.
        outputs: the symbolic tensors whose values it returns, as a flat list.
        nodes: the calls, in an order in which they can run.
        call: gives the function to call for a node.
    """

    # Set by a model that runs the plan.
    masked: list[int]  # the outputs whose masks follow the outputs
    lone: bool  # whether the model returns one tensor
    single: tuple[int, Any] | None  # rank and dtype of the only input

    def __init__(
        self, inputs: list[KerasTensor], outputs: list[KerasTensor], nodes: list[Node], call: Callable[[Node], Any]
    ) -> None:
        slots: dict[int, int] = {}
        for tensor in inputs:
            slots.setdefault(id(tensor), len(slots))
        self.sources = [slots[id(tensor)] for tensor in inputs]
        given = set(slots)
        steps = []
        for node in nodes:
            if node.is_input or all(id(tensor) in given for tensor in node.output_tensors):
                continue
            for tensor in node.output_tensors:
                slots.setdefault(id(tensor), len(slots))
            steps.append(_step(node, slots, call(node)))
        self.targets = [slots[id(tensor)] for tensor in outputs]
        self.size = len(slots)
        self.steps = _with_lifetimes(steps, set(self.targets))

    def run(self, inputs: list[Any]) -> list[Any]:
        """The values of the outputs for values of the inputs."""
        values: list[Any] = [None] * self.size
        for slot, value in zip(self.sources, inputs):
            values[slot] = value
        for step in self.steps:
            function, source, args, kwargs, targets, done = step
            try:
                if args is None:
                    values[targets[0]] = function(values[source])
                else:
                    _put(function(*_fill(args, values), **_fill(kwargs, values)), targets, values)
            except (RuntimeError, IndexError):
                _explain(step, values)
                raise
            for slot in done:
                values[slot] = None
        return [values[slot] for slot in self.targets]


def _put(result: Any, targets: tuple[int, ...], values: list[Any]) -> None:
    """Keep what a call returned in the slots of its outputs."""
    if len(targets) == 1:
        values[targets[0]] = result if not isinstance(result, (list, tuple, dict)) else next(leaves(result))
    else:
        for target, value in zip(targets, leaves(result)):
            values[target] = value


def _explain(step: Step, values: list[Any]) -> None:
    """Raise the layer's own error if the call failed for a shape that it does not take."""
    layer = getattr(step.function, "__self__", None)
    if isinstance(layer, Layer):
        check_input_spec(layer, values[step.source] if step.args is None else _fill(step.args, values)[0])


def _step(node: Node, slots: dict[int, int], function: Any) -> Step:
    targets = tuple(slots[id(tensor)] for tensor in node.output_tensors)
    if (
        len(node.args) == 1
        and isinstance(node.args[0], KerasTensor)
        and not node.running
        and isinstance(node.outputs, KerasTensor)
    ):
        return Step(function, slots[id(node.args[0])], None, {}, targets, ())

    def slot(leaf: Any) -> Any:
        return Slot(slots[id(leaf)]) if isinstance(leaf, KerasTensor) else leaf

    return Step(function, -1, map_leaves(slot, node.args), map_leaves(slot, node.running), targets, ())


def _with_lifetimes(steps: list[Step], kept: set[int]) -> list[Step]:
    """The steps, each with the slots that it is the last to read."""
    seen = set(kept)
    out = []
    for step in reversed(steps):
        read = (
            {step.source}
            if step.args is None
            else {leaf.index for leaf in leaves([step.args, step.kwargs]) if isinstance(leaf, Slot)}
        )
        unused = {slot for slot in step.targets if slot not in seen}
        done = (read - seen) | unused
        seen |= read
        out.append(step._replace(done=tuple(sorted(done))))
    return out[::-1]


def _fill(template: Any, values: list[Any]) -> Any:
    """`template` with values in place of slots."""
    kind = type(template)
    if kind is Slot:
        return values[template.index]
    if kind is list:
        return [_fill(item, values) for item in template]
    if kind is tuple:
        return tuple([_fill(item, values) for item in template])
    if kind is dict:
        return {key: _fill(item, values) for key, item in template.items()}
    return template


def direct_call(node: Node) -> Any:
    """The function for a call on values: past :meth:`Layer.__call__` where the graph has already settled what it asks.

    Shapes, dtypes, masks and the training flag of a recorded call are known; only hooks have to run.
    """
    operation = node.operation
    if not isinstance(operation, Layer):
        return operation.function if isinstance(operation, FunctionOperation) else operation.call
    settled = (
        operation.built
        and operation.activity_regularizer is None
        and "training" not in node.running
        and all(
            tensor.dtype in (operation.compute_dtype, "bool") or not tensor.dtype.startswith(("float", "bfloat"))
            for tensor in node.input_tensors
        )
    )
    return operation._direct if settled else operation


def derivable(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, of one result, to which gradients reach."""

    def call(*args: Any, **kwargs: Any) -> Any:
        result = next(leaves(function(*args, **kwargs)))
        if torch.is_grad_enabled() and not result.requires_grad and result.is_floating_point() and not is_probing():
            return result.detach().requires_grad_()
        return result

    return call


def maybe_masked(nodes: list[Node]) -> set[int]:
    """Ids of tensors whose values may carry a mask of which the graph does not know: nested models hang it on them."""
    found: set[int] = set()
    for node in nodes:
        gives_masks = getattr(node.operation, "_gives_masks", None)
        if isinstance(node.operation, Layer) and (touches(node, found) or (gives_masks is not None and gives_masks())):
            found.update(id(tensor) for tensor in node.output_tensors)
    return found


def touches(node: Node, tensors: set[int]) -> bool:
    """Whether one of the tensors is an argument of the call."""
    return any(id(tensor) in tensors for tensor in node.input_tensors)


def replay(
    inputs: list[KerasTensor],
    outputs: list[KerasTensor],
    starts: list[KerasTensor],
    replace: Callable[[Any], Any] = lambda operation: operation,
) -> list[KerasTensor]:
    """Make the calls between `inputs` and `outputs` again from `starts`, of what `replace` gives for each operation."""
    new = {id(old): start for old, start in zip(inputs, starts, strict=True)}

    def stand_in(leaf: Any) -> Any:
        return new.get(id(leaf), leaf) if isinstance(leaf, KerasTensor) else leaf

    for node in trace(inputs, outputs).nodes:
        if node.is_input or all(id(tensor) in new for tensor in node.output_tensors):
            continue
        args, kwargs = map_leaves(stand_in, node.args), map_leaves(stand_in, node.kwargs)
        results = leaves(replace(node.operation)(*args, **kwargs))
        new.update((id(old), result) for old, result in zip(node.output_tensors, results, strict=True))
    return [new[id(tensor)] for tensor in outputs]


def flatten_graph(inputs: Any, outputs: Any) -> dict[str, Any]:
    """A graph as plain data, slots in place of tensors: what copies and pickles of a model hold."""
    masks = [
        tensor._keras_mask
        for tensor in symbols(outputs)
        if isinstance(getattr(tensor, "_keras_mask", None), KerasTensor)
    ]
    nodes = trace(symbols(inputs), symbols(outputs) + masks, running=True).nodes
    slots: dict[int, int] = {}
    tensors = []
    for node in nodes:
        for tensor in node.output_tensors:
            slots[id(tensor)] = len(slots)
            tensors.append(tensor)

    def slot(leaf: Any) -> Any:
        return Slot(slots[id(leaf)]) if isinstance(leaf, KerasTensor) else leaf

    return {
        "tensors": [
            (t.shape, t.dtype, t.name, t._probes, slots.get(id(getattr(t, "_keras_mask", None)))) for t in tensors
        ],
        "nodes": [
            tuple(map_leaves(slot, part) for part in ([n.operation], n.args, n.kwargs, n.outputs, n.running))
            for n in nodes
        ],
        "inputs": map_leaves(slot, inputs),
        "outputs": map_leaves(slot, outputs),
    }


def restore_graph(flat: dict[str, Any]) -> tuple[Any, Any]:
    """The inputs and outputs of the graph that :func:`flatten_graph` wrote, with new tensors and nodes."""
    tensors = [KerasTensor(shape, dtype, name=name, probes=probes) for shape, dtype, name, probes, _ in flat["tensors"]]
    for tensor, (*_, mask) in zip(tensors, flat["tensors"], strict=True):
        if mask is not None:
            tensor._keras_mask = tensors[mask]
    for (operation,), *parts in flat["nodes"]:
        Node(operation, *(_fill(part, tensors) for part in parts))
    inputs, outputs = (map_leaves(lambda leaf: _fill(leaf, tensors), flat[key]) for key in ("inputs", "outputs"))
    return inputs, outputs
