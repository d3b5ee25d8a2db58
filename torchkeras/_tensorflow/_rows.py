"""The rows of the stand-in: one of our ops under TensorFlow's name and argument names."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

import torch

from torchkeras._pipeline import RaggedTensor
from torchkeras.ops._op import op
from torchkeras.ops._torch_functions import OTHERS

Function = Callable[..., Any]


def row(function: Function, parameters: str, **aliases: str) -> Function:
    """`function` with TensorFlow's spelling of its arguments.

    Args:
        function: an op; its parameters are those of TensorFlow, in the same order.
        parameters: TensorFlow's names for them, the first of them at least. What comes after them by position, and
            ``name=``, is a name in TensorFlow's graph, and ignored.
        **aliases: further names of TensorFlow (of version 1 mostly) -> the name of theirs in `parameters`.
    """
    names = parameters.split()
    ours = dict(zip(names, inspect.signature(function).parameters, strict=False))
    ours |= {alias: ours[name] for alias, name in aliases.items()}
    count = len(names)

    def call(*args: Any, **kwargs: Any) -> Any:
        if not kwargs and len(args) <= count:
            return function(*args)
        given = {ours.get(name, name): value for name, value in kwargs.items() if name != "name"}
        return function(*args[:count], **given)

    call._tensorflow = True  # type: ignore[attr-defined]
    call.__doc__ = f"TensorFlow's name for :func:`torchkeras.ops.{function.__name__}`; arguments: {parameters}."
    return call


def own(function: Function) -> Function:
    """Mark a function that is TensorFlow's own: a row where no op of ours does the same."""

    @functools.wraps(function)
    def call(*args: Any, name: Any = None, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    call._tensorflow = True  # type: ignore[attr-defined]
    return call


def spread(make: Function) -> Function:
    """`make` of rows, for functions that take every element by itself: ragged tensors are taken too."""

    def making(*args: Any, **kwargs: Any) -> Function:
        function = make(*args, **kwargs)

        @functools.wraps(function)
        def call(*given: Any, **named: Any) -> Any:
            ragged = next((each for each in (*given, *named.values()) if type(each) is RaggedTensor), None)
            if ragged is None:
                return function(*given, **named)
            values = {name: _flat(each) for name, each in named.items()}
            return ragged.map_values(lambda _: function(*map(_flat, given), **values))

        return call

    return making


def _flat(value: Any) -> Any:
    return value.flat_values if type(value) is RaggedTensor else value


def over_rows(make: Function) -> Function:
    """`make` of rows, for reductions: those of ragged tensors go over their rows, or over everything."""

    def making(*args: Any, **kwargs: Any) -> Function:
        function = make(*args, **kwargs)

        @functools.wraps(function)
        def call(*given: Any, **named: Any) -> Any:
            if not given or type(given[0]) is not RaggedTensor:
                return function(*given, **named)
            ragged, axis = given[0], given[1] if len(given) > 1 else named.get("axis")
            if axis is None:
                return function(ragged.flat_values)
            if axis not in (1, -1) or isinstance(ragged.values, RaggedTensor):
                raise ValueError(f"Of a ragged tensor only the rows (axis=1) or all can be reduced, got axis={axis}.")
            return torch.stack([function(each, 0) for each in ragged])

        return call

    return making


unary = spread(functools.partial(row, parameters="x", features="x", input="x", a="x", tensor="x"))
binary = spread(functools.partial(row, parameters="x y"))
reduction = over_rows(
    functools.partial(row, parameters="input_tensor axis keepdims", reduction_indices="axis", keep_dims="keepdims")
)


def publish(namespace: dict[str, Any], *others: str) -> None:
    """Name the rows of a module after their bindings, and put them and the `others` into its ``__all__``."""
    found = [name for name, item in namespace.items() if not name.startswith("_") and hasattr(item, "_tensorflow")]
    for name in found:
        if namespace[name].__module__ == __name__:
            namespace[name].__name__ = namespace[name].__qualname__ = name
            namespace[name].__module__ = namespace["__name__"]
    namespace["__all__"] = [*found, *others]


def own_op(function: Function) -> Function:
    """:func:`own`, for a function of tensors: on symbolic ones it is recorded, and files of models may name it."""
    recorded = op(function)
    parts = f"{function.__module__}.{function.__name__}".removeprefix("torchkeras._tensorflow.").split(".")
    name = ".".join(["tensorflow", *(part for part in parts[:-1] if part[0] != "_"), parts[-1].strip("_")])
    if name in OTHERS:
        raise ValueError(f"Two functions would be {name!r} in files.")
    OTHERS[name] = recorded
    return own(recorded)
