"""What the signatures of ``call`` and ``build`` say, read once for each class."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

from torch import Tensor

from torchkeras._probing import true_shape
from torchkeras._shapes import Shape
from torchkeras._strings import StringTensor
from torchkeras._structures import leaves
from torchkeras._symbolic import KerasTensor
from torchkeras._variable import Variable


class CallSignature(NamedTuple):
    """The parameters of a layer's ``call``."""

    names: tuple[str, ...]  # positional ones, in order, without self
    known: frozenset[str]  # all named ones
    training: bool
    training_default: Any
    mask: bool  # of the first argument
    masks: dict[str, str]  # of other arguments: {"value": "value_mask"}
    open: bool  # takes **kwargs


@functools.lru_cache(maxsize=1024)
def call_signature(call: Callable[..., Any]) -> CallSignature:
    """The facts about one ``call`` function (unbound)."""
    parameters = list(inspect.signature(call).parameters.values())
    if parameters and parameters[0].name == "self":
        parameters = parameters[1:]
    names = tuple(p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD))
    known = frozenset(p.name for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL))
    training = next((p for p in parameters if p.name == "training"), None)
    default = training.default if training is not None and training.default is not inspect.Parameter.empty else None
    masks = {name: f"{name}_mask" for name in names if f"{name}_mask" in known}
    has_open = any(p.kind is p.VAR_KEYWORD for p in parameters)
    return CallSignature(names, known, training is not None, default, "mask" in known, masks, has_open)


@functools.lru_cache(maxsize=1024)
def build_parameters(build: Callable[..., Any]) -> tuple[str, ...]:
    """The named parameters of one ``build`` function (unbound), without self."""
    parameters = list(inspect.signature(build).parameters.values())[1:]
    return tuple(p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY, p.POSITIONAL_ONLY))


def is_tensor(value: Any) -> bool:
    """Whether `value` is a tensor with values or a symbolic one."""
    return isinstance(value, (Tensor, KerasTensor, Variable, StringTensor))


def holds_tensor(value: Any) -> bool:
    """Whether `value` is a tensor or a structure with one in it."""
    return any(is_tensor(leaf) for leaf in leaves(value))


def shape_of(value: Any) -> Any:
    """The shape of a tensor, with ``None`` for unknown sizes; for a structure, a structure of shapes."""
    if isinstance(value, (list, tuple)):
        found = [shape_of(item) for item in value]
        return found if isinstance(value, list) else tuple(found)
    if isinstance(value, dict):
        return {key: shape_of(item) for key, item in value.items()}
    if isinstance(value, KerasTensor):
        return value.shape
    shape: Shape | None = true_shape(value.shape) if hasattr(value, "shape") else None
    return shape


def tensor_arguments(signature: CallSignature, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments that hold tensors, by parameter name and in the order of the signature."""
    # a `call(*args)` names nothing: Keras says "inputs" then
    named = dict(zip(signature.names or ("inputs",), args, strict=False)) | kwargs
    ordered = {name: named[name] for name in signature.names if name in named} | named
    found = {name: value for name, value in ordered.items() if holds_tensor(value)}
    masks = {"mask", *(f"{name}_mask" for name in found)}
    return {name: value for name, value in found.items() if name not in masks} or found


def build_shapes(build: Callable[..., Any], arguments: dict[str, Any]) -> dict[str, Any]:
    """The keyword arguments for ``build``: one shape for its only parameter, or one for each named argument."""
    parameters = build_parameters(build)
    shapes = {f"{name}_shape": shape_of(value) for name, value in arguments.items()}
    if not parameters or not shapes:
        return {}
    if len(parameters) == 1:
        return {parameters[0]: shapes.get(parameters[0], next(iter(shapes.values())))}
    found = {name: shapes[name] for name in parameters if name in shapes}
    if found:
        return found
    return dict(zip(parameters, shapes.values(), strict=False))
