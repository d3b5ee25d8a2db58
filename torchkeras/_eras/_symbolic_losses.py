"""Losses and metrics that look at symbolic tensors of the model beside their arguments, as Keras 1 and 2 let them.

    def vae_loss(x, decoded):
        return binary_crossentropy(x, decoded) - 0.5 * K.mean(1 + z_log_var - K.square(z_mean) - K.exp(z_log_var))

Here ``z_mean`` is a tensor of the graph, found by name. The model then computes such tensors with every run, beside
its outputs; and while the function is called, symbolic tensors have values: nothing is recorded.
"""

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

from torch import Tensor

from torchkeras import _symbolic
from torchkeras._eras._reading import read_by
from torchkeras._structures import leaves, map_leaves
from torchkeras._symbolic import KerasTensor, node_of
from torchkeras.models._graph import trace
from torchkeras.models._more import Also


class _Noted(dict[int, Tensor]):
    """The values of the last run, by the ids of the symbolic tensors. Copies of a model begin with none."""

    def __reduce__(self) -> Any:
        return _Noted, ()


def note(self: Any, value: Tensor, key: int, noted: _Noted) -> None:
    noted[key] = value


def with_symbols(model: Any, function: Any) -> Any:
    """`function`, or where it looks at the graph of `model` one that finds the values there."""
    found = [item for item in read_by(function) if isinstance(item, KerasTensor)] if callable(function) else []
    if not found:
        return function
    noted = _Noted()
    for tensor in found:
        if _is_computed(model, tensor):
            model._compute_also(Also(tensor, "_note", {"key": id(tensor), "noted": noted}, derivable=True))

    @functools.wraps(function)
    def called(y_true: Any, y_pred: Any) -> Any:
        with _values(noted) as value_of:
            return value_of(function(y_true, y_pred))

    return called


@contextlib.contextmanager
def _values(noted: _Noted) -> Iterator[Callable[[Any], Any]]:
    """Inside, symbolic tensors are computed instead of recorded."""
    known: dict[int, Any] = dict(noted)

    def value_of(leaf: Any) -> Any:
        return _evaluated(leaf, known) if isinstance(leaf, KerasTensor) else leaf

    before, _symbolic.value_of = _symbolic.value_of, value_of
    try:
        yield value_of
    finally:
        _symbolic.value_of = before


def _evaluated(tensor: KerasTensor, known: dict[int, Any]) -> Any:
    """The value of a symbolic tensor, out of those that are known."""
    if id(tensor) not in known:
        node = node_of(tensor) if hasattr(tensor, "_keras_history") else None
        if node is None or node.is_input:
            raise ValueError(
                f"A loss or metric reads {tensor}, which is no tensor of the model's graph and has no value. Make "
                "the loss of the model's own tensors, or give what it needs in `y_true`."
            )
        args, kwargs = map_leaves(
            lambda leaf: _evaluated(leaf, known) if isinstance(leaf, KerasTensor) else leaf, (node.args, node.kwargs)
        )
        found = [leaf for leaf in leaves(node.operation(*args, **kwargs)) if isinstance(leaf, Tensor)]
        known.update(zip(map(id, node.output_tensors), found, strict=True))
    return known[id(tensor)]


def _is_computed(graph: Any, tensor: KerasTensor) -> bool:
    """Whether the inputs of a model suffice to compute a tensor."""
    try:
        trace(graph.inputs, [tensor])
    except ValueError:
        return False
    return True
