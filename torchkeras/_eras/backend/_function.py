"""``K.function``: a graph of symbolic tensors as a function of arrays."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import torch
from torch import Tensor

from torchkeras import ops
from torchkeras._eras.backend import _phase
from torchkeras._eras.backend._gradients import Gradients
from torchkeras._errors import brief
from torchkeras._structures import leaves, map_leaves
from torchkeras._symbolic import KerasTensor, Node, symbols
from torchkeras._variable import Variable
from torchkeras.layers import Layer
from torchkeras.models._function import Function

F = TypeVar("F", bound=Callable[..., Any])


def function(inputs: Any, outputs: Any, updates: Any = None, name: str | None = None, **kwargs: Any) -> "GraphFunction":
    """The function that a graph computes: ``K.function([model.input], [layer.output])([x])`` gives arrays.

    It runs in inference mode, as :func:`set_learning_phase` says, or, if ``K.learning_phase()`` is among `inputs`, in
    the mode of the value given for it (1 trains: dropout drops, batch statistics count).

    Args:
        inputs: symbolic tensors of the graph, also from its middle.
        outputs: what to compute: symbolic tensors, variables, or tensors.
        updates: what to assign after each run: pairs (variable, new value), or what :func:`update` gave.
        name: accepted for compatibility.
    """
    for extra in kwargs:
        raise ValueError(
            f"K.function: the argument {extra!r} went to TensorFlow's sessions, which are not here: leave it out."
        )
    return GraphFunction(inputs, outputs, updates)


class GraphFunction:
    """What :func:`function` gives: call it with a list of arrays, one for each input."""

    def __init__(self, inputs: Any, outputs: Any, updates: Any = None) -> None:
        self.inputs = list(leaves(inputs))
        self.outputs = outputs
        for item in self.inputs:
            if not isinstance(item, (KerasTensor, int)):
                raise TypeError(
                    f"K.function: `inputs` takes symbolic tensors of a graph (`model.input`, `K.placeholder(...)`), "
                    f"got {brief(item)}."
                )
        self._updates = [item for item in updates or () if isinstance(item, tuple)]
        others = [item for item in updates or () if isinstance(item, KerasTensor)]
        given = list({id(item): item for item in [*symbols(self.inputs), _phase.symbol()]}.values())
        wanted = [*symbols(outputs), *symbols([value for _, value in self._updates]), *others]
        self._graph = _Graph(given, wanted) if wanted else None

    def __call__(self, inputs: Any = (), *more: Any) -> Any:
        """The outputs, as arrays, in the structure in which they were asked for."""
        values = [inputs, *more] if more or not isinstance(inputs, (list, tuple)) else list(inputs)
        if len(values) != len(self.inputs):
            raise ValueError(f"K.function: it has {len(self.inputs)} inputs, and was called with {len(values)}.")
        given = {id(_phase.symbol()): _phase.phase() or 0}
        given |= {
            id(symbol): value for symbol, value in zip(self.inputs, values, strict=True) if not isinstance(symbol, int)
        }
        found = self._graph.values(given) if self._graph is not None else {}
        results = map_leaves(lambda leaf: _array(found.get(id(leaf), leaf)), self.outputs)
        for variable, value in self._updates:
            variable.assign(found.get(id(value), value))
        return list(results) if isinstance(results, tuple) else results


def symbolic(func: F) -> F:
    """A decorator of Keras 2.3 for functions that made graphs: `func` as it is."""
    return func


eager = symbolic


def _array(value: Any) -> Any:
    if value is None or isinstance(value, (int, float)):
        return value
    array = ops.convert_to_numpy(value)
    return array if array.ndim else array[()]


class _Graph(Function):
    """The calls between symbolic tensors, run so that gradients of what lies between can be computed."""

    def __init__(self, inputs: list[KerasTensor], outputs: list[KerasTensor]) -> None:
        super().__init__(inputs, outputs, name="backend_function")
        steps = [node for node in self._nodes if isinstance(node.operation, Gradients)]
        self._targets = {id(target) for node in steps for target in symbols(node.args[1])}
        self._variables = [leaf for node in steps for leaf in leaves(node.args[1]) if isinstance(leaf, Variable)]
        self._layers = [operation for operation in self._operations if isinstance(operation, Layer)]

    def values(self, given: dict[int, Any]) -> dict[int, Any]:
        """The values of all symbolic tensors, by their ids, for those of the inputs."""
        phase = int(bool(given[id(_phase.symbol())]))
        with torch.set_grad_enabled(bool(self._targets or self._variables)), self._modes(phase):
            inputs = [_fitting(given[id(item)], item) for item in self._inputs]
            values = dict(zip(map(id, self._inputs), self._checked(inputs), strict=True))
            self._mark(values)
            for node in self._nodes:
                new = self._run(node, values, _without_phase(node))
                self._mark(new)
                values |= new
        return values

    def _mark(self, values: dict[int, Any]) -> None:
        """Let gradients reach what is asked for, also where no weight trains."""
        for key in self._targets & values.keys():
            if not values[key].requires_grad and values[key].is_floating_point():
                values[key] = values[key].detach().requires_grad_()

    @contextlib.contextmanager
    def _modes(self, phase: int) -> Iterator[None]:
        before = [(module, module.training) for layer in self._layers for module in layer.modules()]
        frozen = [variable.tensor for variable in self._variables if not variable.tensor.requires_grad]
        try:
            for layer in self._layers:
                layer.train(bool(phase))
            for tensor in frozen:
                tensor.requires_grad_(True)
            with _phase.running(phase):
                yield
        finally:
            for module, flag in before:
                module.training = flag
            for tensor in frozen:
                tensor.requires_grad_(False)


def _without_phase(node: Node) -> dict[str, Any]:
    """The arguments of a call, without the training flag that configs hold and that nobody gave."""
    return {name: value for name, value in node.kwargs.items() if name != "training" or name in node.running}


def _fitting(value: Any, symbol: KerasTensor) -> Tensor:
    """An array, number or tensor in the dtype of the symbolic tensor for which it is given."""
    found: Tensor = ops.convert_to_tensor(value, symbol.dtype)
    return found.detach()


__all__ = ["eager", "function", "symbolic"]
