"""Losses and metrics that look at symbolic tensors of the model beside their arguments, as Keras 1 and 2 let them.

    def vae_loss(x, decoded):
        return binary_crossentropy(x, decoded) - 0.5 * K.mean(1 + z_log_var - K.square(z_mean) - K.exp(z_log_var))

Here ``z_mean`` is a tensor of the graph, found by name. The model then computes such tensors with every run, beside
its outputs, and the function is called with their values in its place.
"""

import functools
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any

from torchkeras._structures import leaves, map_leaves
from torchkeras._symbolic import KerasTensor, node_of
from torchkeras.models._function import Function
from torchkeras.models._functional import Functional
from torchkeras.models._graph import Also

_DEPTH = 3  # functions that call functions that call functions


def install() -> None:
    """Let ``compile`` of functional models take such functions, from now on in this process."""
    if "compile" in Functional.__dict__:
        return
    plain = Functional.compile

    @functools.wraps(plain)
    def compile(self: Any, optimizer: Any = "rmsprop", loss: Any = None, *args: Any, **kwargs: Any) -> None:
        see = functools.partial(with_symbols, self)
        kwargs = {name: map_leaves(see, value) if name == "metrics" else value for name, value in kwargs.items()}
        plain(self, optimizer, map_leaves(see, loss), *args, **kwargs)

    Functional.compile = compile  # type: ignore[method-assign]
    Functional._note = _note  # type: ignore[attr-defined]


def with_symbols(model: Any, function: Any) -> Any:
    """`function`, or where it looks at the graph of `model` one that is given the values there."""
    if not isinstance(function, FunctionType) or not _mentions_symbols(function, _DEPTH):
        return function
    target, output = (KerasTensor(model.outputs[0].shape, model.outputs[0].dtype) for _ in range(2))
    value = function(target, output)
    seen = list(_seen(value, model, (target, output)))
    graph = Function([target, output, *seen], value)
    noted = model.__dict__.setdefault("_noted", {})
    for tensor in seen:
        if id(tensor) not in noted:
            model._compute_also(Also(tensor, "_note", {"key": id(tensor)}))

    @functools.wraps(function)
    def called(y_true: Any, y_pred: Any) -> Any:
        return graph([y_true, y_pred, *(noted[id(tensor)] for tensor in seen)])

    return called


def _note(self: Any, value: Any, key: int) -> None:
    self.__dict__["_noted"][key] = value


def _mentions_symbols(function: Callable[..., Any], depth: int) -> bool:
    """Whether the function, or one that it calls by name, finds a symbolic tensor in its globals or its closure."""
    for value in _found_by_name(function):
        if any(isinstance(leaf, KerasTensor) for leaf in leaves(value)):
            return True
        if isinstance(value, FunctionType) and depth and _mentions_symbols(value, depth - 1):
            return True
    return False


def _found_by_name(function: Any) -> Iterator[Any]:
    for name in _names(function.__code__):
        if name in function.__globals__:
            yield function.__globals__[name]
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not set yet
            continue


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _seen(value: Any, model: Any, arguments: tuple[Any, ...]) -> Iterator[KerasTensor]:
    """The tensors of the model's graph that `value` is made from, other than through the arguments."""
    known = {id(tensor) for node in model._graph.nodes for tensor in node.output_tensors}
    done = {id(tensor) for tensor in arguments}
    waiting = [leaf for leaf in leaves(value) if isinstance(leaf, KerasTensor)]
    while waiting:
        tensor = waiting.pop()
        if id(tensor) in done:
            continue
        done.add(id(tensor))
        if id(tensor) in known:
            yield tensor
        else:
            waiting += node_of(tensor).input_tensors
