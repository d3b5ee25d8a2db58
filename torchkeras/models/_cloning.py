"""``clone_model``: the same architecture with new layers, or with replaced ones."""

from collections.abc import Callable
from typing import Any

from torchkeras._structures import leaves, map_leaves
from torchkeras._symbolic import KerasTensor
from torchkeras.layers import Input, InputLayer, Layer
from torchkeras.models._functional import Functional
from torchkeras.models._graph import replay
from torchkeras.models._sequential import Sequential


def clone_model(
    model: Any,
    input_tensors: Any = None,
    clone_function: Callable[[Any], Any] | None = None,
    call_function: Callable[..., Any] | None = None,
    recursive: bool = False,
    **kwargs: Any,
) -> Any:
    """A copy of the architecture with weights of its own.

    Args:
        model: a functional, sequential or subclassed model.
        input_tensors: symbolic inputs to build the clone on; by default new ones.
        clone_function: gives the layer that replaces a layer; by default
            ``type(layer).from_config(layer.get_config())``.
        call_function: for functional models: ``(layer, *args, **kwargs) -> outputs``, makes each call.
        recursive: whether `clone_function` sees the layers of nested models instead of the models.
    """
    if isinstance(model, Sequential):
        if call_function is not None:
            raise ValueError("`call_function` argument is not supported with Sequential models.")
        return _clone_sequential(model, input_tensors, clone_function or _clone_layer, recursive)
    if isinstance(model, Functional):
        if clone_function is None and call_function is None and input_tensors is None and not _plain(model):
            return _clone_layer(model)
        return _clone_functional(model, input_tensors, clone_function or _clone_layer, call_function, recursive)
    if clone_function is not None or call_function is not None:
        raise ValueError(
            "Arguments `clone_function` and `call_function` are only supported for Sequential and Functional models, "
            f"got {type(model).__name__}."
        )
    if input_tensors is not None:
        raise ValueError(
            "Argument `input_tensors` is only supported for Sequential and Functional models, "
            f"got {type(model).__name__}."
        )
    return _clone_layer(model)


def _plain(model: Functional) -> bool:
    return type(model) is Functional


def _clone_layer(layer: Any) -> Any:
    return type(layer).from_config(layer.get_config())


def _replacement(layer: Any, clone_function: Any, recursive: bool) -> Any:
    if recursive and isinstance(layer, (Functional, Sequential)):
        return clone_model(layer, clone_function=clone_function, recursive=True)
    return clone_function(layer)


def _clone_sequential(model: Sequential, input_tensors: Any, clone_function: Any, recursive: bool) -> Sequential:
    layers = [_replacement(layer, clone_function, recursive) for layer in model.layers]
    entrance = model._stack[0] if model._stack and isinstance(model._stack[0], InputLayer) else None
    if input_tensors is not None:
        flat = list(leaves(input_tensors))
        if len(flat) != 1 or not isinstance(flat[0], KerasTensor):
            raise ValueError(f"Argument `input_tensors` must contain a single KerasTensor, got {len(flat)} values.")
        layers.insert(0, Input(batch_shape=flat[0].shape, dtype=flat[0].dtype))
    elif entrance is not None:
        layers.insert(0, InputLayer(**entrance.get_config()))
    clone = Sequential(layers, name=model.name, trainable=model.trainable)
    if not recursive and type(model) is not Sequential:
        clone.__class__ = type(model)
    return clone


def _clone_functional(
    model: Functional, input_tensors: Any, clone_function: Any, call_function: Any, recursive: bool
) -> Any:
    replaced: dict[int, Any] = {}

    def replace(operation: Any) -> Any:
        if id(operation) not in replaced:
            new = _replacement(operation, clone_function, recursive) if isinstance(operation, Layer) else operation
            replaced[id(operation)] = new
        new = replaced[id(operation)]
        if call_function is not None and isinstance(operation, Layer):
            return lambda *args, **kwargs: call_function(new, *args, **kwargs)
        return new

    if input_tensors is None:
        inputs = [Input(batch_shape=t.shape, dtype=t.dtype, name=t._keras_history.operation.name) for t in model.inputs]
    else:
        inputs = list(leaves(input_tensors))
        if len(inputs) != len(model.inputs) or not all(isinstance(t, KerasTensor) for t in inputs):
            raise ValueError(f"`input_tensors` must hold {len(model.inputs)} KerasTensors, got {input_tensors}.")
    outputs = iter(replay(model.inputs, model.outputs, inputs, replace))
    given = iter(inputs)
    struct = map_leaves(lambda _: next(given), model._inputs_struct)
    return Functional(struct, map_leaves(lambda _: next(outputs), model._outputs_struct), name=model.name)
