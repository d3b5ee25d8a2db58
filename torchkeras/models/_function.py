"""``keras.Function``: a graph as a function, without being a layer; and the inputs behind a symbolic tensor."""

from typing import Any

from torch import Tensor

from torchkeras._errors import brief
from torchkeras._structures import leaves, map_leaves
from torchkeras._symbolic import KerasTensor, Node, Operation, node_of


class Function(Operation):
    """The function that a graph of calls between symbolic tensors computes.

    Args:
        inputs: a symbolic tensor, or a list or dict (also nested) of them; any tensors of the graph.
        outputs: likewise, made from the inputs.
        name: the name; automatic if not given.
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None) -> None:
        super().__init__(name)
        self._inputs_struct, self._outputs_struct = inputs, outputs
        self._inputs, self._outputs = list(leaves(inputs)), list(leaves(outputs))
        if not self._inputs:
            raise ValueError(f"`inputs` argument cannot be empty. Received: inputs={inputs!r}, outputs={outputs!r}")
        if not self._outputs:
            raise ValueError(f"`outputs` argument cannot be empty. Received: inputs={inputs!r}, outputs={outputs!r}")
        for tensor in [*self._inputs, *self._outputs]:
            if not isinstance(tensor, KerasTensor):
                raise ValueError(f"Function: `inputs` and `outputs` hold symbolic tensors, got {brief(tensor)}.")
        self._nodes = _calls(self._inputs, self._outputs)
        self._operations = list({id(node.operation): node.operation for node in self._nodes}.values())

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic inputs, as a flat list."""
        return self._inputs

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic outputs, as a flat list."""
        return self._outputs

    @property
    def operations(self) -> list[Operation]:
        """What is called, in an order in which it can run."""
        return self._operations[:]

    def call(self, inputs: Any) -> Any:
        """The outputs, in their structure, for `inputs` in theirs."""
        values = dict(zip(map(id, self._inputs), self._checked(inputs), strict=True))
        for node in self._nodes:
            values |= self._run(node, values)
        return map_leaves(lambda tensor: values[id(tensor)], self._outputs_struct)

    def compute_output_spec(self, inputs: Any) -> Any:
        """Symbolic outputs for symbolic inputs."""
        given = [tensor.shape for tensor in self._checked(inputs)]
        if given == [tensor.shape for tensor in self._inputs]:
            return map_leaves(lambda tensor: KerasTensor(tensor.shape, tensor.dtype), self._outputs_struct)
        return super().compute_output_spec(inputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shapes of the outputs for inputs of these shapes."""
        shapes = input_shape if len(self._inputs) > 1 else [input_shape]
        pairs = zip(shapes, self._inputs, strict=True)
        symbols = iter([KerasTensor(shape, tensor.dtype) for shape, tensor in pairs])
        found = self.compute_output_spec(map_leaves(lambda _: next(symbols), self._inputs_struct))
        return map_leaves(lambda tensor: tensor.shape, found)

    @staticmethod
    def _run(node: Node, values: dict[int, Any], kwargs: dict[str, Any] | None = None) -> dict[int, Any]:
        args, kwargs = map_leaves(
            lambda leaf: values[id(leaf)] if isinstance(leaf, KerasTensor) else leaf,
            (tuple(node.args), node.kwargs if kwargs is None else kwargs),
        )
        found = leaves(node.operation(*args, **kwargs))
        tensors = [leaf for leaf in found if isinstance(leaf, (Tensor, KerasTensor))]
        return dict(zip(map(id, node.output_tensors), tensors, strict=True))

    def _checked(self, inputs: Any) -> list[Any]:
        flat = list(leaves(inputs))
        if len(flat) != len(self._inputs):
            raise ValueError(
                "Function was called with an invalid input structure. Expected input structure: "
                f"{self._inputs_struct}, got {brief(inputs)}."
            )
        for given, wanted in zip(flat, self._inputs, strict=True):
            sizes = zip(given.shape, wanted.shape, strict=False)
            if len(given.shape) != len(wanted.shape) or any(
                a != b for a, b in sizes if a is not None and b is not None
            ):
                raise ValueError(
                    f"Function was passed incompatible inputs. For input '{wanted.name}', expected shape "
                    f"{wanted.shape}, but received instead a tensor with shape {tuple(given.shape)}."
                )
        return flat


def _calls(inputs: list[KerasTensor], outputs: list[KerasTensor]) -> list[Node]:
    """The calls from `inputs` to `outputs`, arguments before users; no recursion, as graphs may be deep."""
    given = {id(tensor) for tensor in inputs}
    order: list[Node] = []
    seen: set[int] = set()
    stack: list[Any] = [(tensor, False) for tensor in reversed(outputs) if id(tensor) not in given]
    while stack:
        item, done = stack.pop()
        if done:
            order.append(item)
            continue
        if not hasattr(item, "_keras_history") or node_of(item).is_input:
            raise ValueError(f"Output is not connected to `inputs`: it depends on {item}, which is not among them.")
        node = node_of(item)
        if id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack += [(tensor, False) for tensor in reversed(node.input_tensors) if id(tensor) not in given]
    return order


def get_source_inputs(tensor: Any) -> Any:
    """The symbolic inputs from which `tensor` is made, in the order in which a walk meets them."""
    if not hasattr(tensor, "_keras_history"):
        return tensor
    found: dict[int, KerasTensor] = {}
    seen: set[int] = set()
    stack = [tensor]
    while stack:
        item = stack.pop()
        if not hasattr(item, "_keras_history") or node_of(item).is_input:
            found[id(item)] = item
        elif id(node_of(item)) not in seen:
            seen.add(id(node_of(item)))
            stack += reversed(node_of(item).input_tensors)
    return list(found.values())
