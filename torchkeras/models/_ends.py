"""What a functional model is made between: inputs and outputs checked, connected, or cut out of another graph."""

from collections.abc import Iterator
from typing import Any

from torchkeras._errors import brief
from torchkeras._structures import leaves, map_leaves
from torchkeras._symbolic import KerasTensor, node_of
from torchkeras.layers import Input, InputLayer
from torchkeras.models._graph import Graph, replay, trace


def checked(what: str, value: Any) -> Any:
    """`value` as a structure of symbolic tensors, lone lists unpacked as Keras does."""
    if isinstance(value, (list, tuple)) and what == "inputs" and len(value) == 1 and isinstance(value[0], KerasTensor):
        value = list(value)
    for leaf in leaves(value):
        if not isinstance(leaf, KerasTensor):
            raise ValueError(
                f"All `{what}` values must be KerasTensors, got {brief(leaf)}. Make inputs with `keras.Input(shape)`, "
                "and outputs by calling layers on them."
            )
    if not list(leaves(value)):
        raise ValueError(f"A functional model needs `{what}`, got {value!r}.")
    if what == "inputs":
        flat = list(leaves(value))
        if len({id(leaf) for leaf in flat}) != len(flat):
            raise ValueError(f"A functional model was made with the same input twice: {value}.")
    return map_leaves(lambda leaf: leaf, value)


def traced(inputs: list[KerasTensor], outputs: Any) -> Graph:
    """The graph between inputs and outputs, or an error that names the first output that is not connected."""
    try:
        return trace(inputs, list(leaves(outputs)))
    except ValueError as error:
        for path, tensor in _paths(outputs):
            try:
                trace(inputs, [tensor])
            except ValueError:
                raise ValueError(f"Output with path `{path}` is not connected to `inputs`. {error}") from None
        raise


def _paths(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """("a.0", tensor), ...: the leaves of a structure with the way to them."""
    if isinstance(value, (list, tuple, dict)):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _paths(item, f"{path}.{key}" if path else str(key))
    else:
        yield path, value


def from_the_middle(inputs: Any, outputs: Any) -> tuple[Any, Any]:
    """New inputs in place of tensors from inside another graph, and the same calls made again on them."""
    flat_in, flat_out = list(leaves(inputs)), list(leaves(outputs))
    fresh = [
        tensor
        if isinstance(node_of(tensor).operation, InputLayer)
        else Input(batch_shape=tensor.shape, dtype=tensor.dtype, name=tensor._keras_history.operation.name)
        for tensor in flat_in
    ]
    for old, new in zip(flat_in, fresh, strict=True):
        if has_mask(old) and old is not new:
            new._keras_mask = None
    results = iter(replay(flat_in, flat_out, fresh))
    starts = iter(fresh)
    return map_leaves(lambda _: next(starts), inputs), map_leaves(lambda _: next(results), outputs)


def has_mask(tensor: KerasTensor) -> bool:
    return isinstance(getattr(tensor, "_keras_mask", None), KerasTensor)
