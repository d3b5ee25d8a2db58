"""``tf.function`` and other wrappers of Python functions. Everything runs eagerly, as Python runs it."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras import ops
from torchkeras._strings import StringTensor
from torchkeras._structures import leaves, map_leaves
from torchkeras._symbolic import any_symbolic, record
from torchkeras._tensorflow._dtypes import as_dtype, string
from torchkeras._tensorflow._rows import own, publish
from torchkeras._tensorflow._tensors import TensorSpec, convert_to_tensor, is_tensor
from torchkeras.ops._op import convert

Function = Callable[..., Any]


def function(
    func: Function | None = None,
    input_signature: Any = None,
    autograph: bool = True,
    jit_compile: bool | None = None,
    **kwargs: Any,
) -> Any:
    """`func` itself, but that arrays among its arguments become tensors. A decorator with and without arguments.

    TensorFlow would trace it into a graph; here it runs eagerly each time, Python's side effects included.

    Args:
        func: the function; without it a decorator is returned.
        input_signature: ``TensorSpec`` of the arguments: numbers become tensors of these dtypes.
        autograph, jit_compile: accepted, and change nothing; so do TensorFlow's other arguments.
    """
    if func is None:
        return lambda decorated: function(decorated, input_signature)
    specs = tuple(input_signature or ())

    @functools.wraps(func)
    def call(*args: Any, **kwargs: Any) -> Any:
        if specs:
            skip = len(args) - len(specs)  # `self` stands before
            args = (*args[:skip], *map(_as_specified, args[skip:], specs)) if 0 <= skip <= 1 else args
        for value in (*args, *kwargs.values()) if kwargs else args:
            if not isinstance(value, Tensor):
                args, kwargs = map_leaves(_as_argument, args), map_leaves(_as_argument, kwargs)
                break
        return func(*args, **kwargs)

    call.python_function = func  # type: ignore[attr-defined]
    call.get_concrete_function = _refuse_concrete  # type: ignore[attr-defined]
    return call


def _as_argument(value: Any) -> Any:
    return convert_to_tensor(value) if isinstance(value, np.ndarray) and value.dtype.kind in "fiubc" else value


def _as_specified(value: Any, spec: Any) -> Any:
    if not isinstance(spec, TensorSpec) or spec.dtype is string or is_tensor(value):
        return value
    return convert_to_tensor(value, spec.dtype)


def _refuse_concrete(*args: Any, **kwargs: Any) -> Any:
    raise NotImplementedError(
        "get_concrete_function gives a graph of TensorFlow, which torchkeras has not. To save a model or take it "
        "elsewhere, use model.save('model.keras') or torch.export.export(model, inputs)."
    )


@own
def numpy_function(func: Function, inp: Any, Tout: Any, stateful: bool = True) -> Any:
    """``func(*inp)`` with arrays as arguments, the results as tensors of the dtypes `Tout` (one, or a list)."""
    return _with_types(func(*map(_as_array, inp)), Tout)


def _as_array(value: Any) -> Any:
    """A tensor as an array; one text as its bytes."""
    value = convert(value)
    return value.numpy() if isinstance(value, StringTensor) else ops.convert_to_numpy(value)


@own
def py_function(func: Function, inp: Any, Tout: Any) -> Any:
    """``func(*inp)`` with tensors as arguments, the results as tensors of the dtypes `Tout` (one, or a list)."""
    return _with_types(func(*map(convert, inp)), Tout)


py_func = numpy_function


def _with_types(found: Any, types: Any) -> Any:
    if isinstance(types, (list, tuple)):
        parts = found if isinstance(found, (list, tuple)) else [found]
        return [_typed(part, dtype) for part, dtype in zip(parts, types, strict=True)]
    return _typed(found[0] if isinstance(found, list) and len(found) == 1 else found, types)


def _typed(value: Any, dtype: Any) -> Any:
    dtype = getattr(dtype, "dtype", dtype)
    if dtype is string or as_dtype(dtype) is string:
        return convert_to_tensor(value, string)
    return convert_to_tensor(value, as_dtype(dtype)) if isinstance(value, np.ndarray) else ops.cast(value, dtype)


# Gradients of the user's own.


def custom_gradient(f: Function) -> Function:
    """Decorator of ``f(*x) -> (y, grad)``, where ``grad(*dy)`` gives the gradients of the `x`."""

    @functools.wraps(f)
    def call(*args: Any, **kwargs: Any) -> Any:
        if any_symbolic(args, kwargs):
            return record(call, args, kwargs)
        return _OwnGradient.apply(functools.partial(f, **kwargs), *map(convert, args))

    return call


class _OwnGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, f: Function, *args: Any) -> Any:
        y, ctx.grad = f(*args)
        ctx.where = [isinstance(arg, Tensor) for arg in args]
        passed = {id(arg) for arg in args}  # what is handed through must not be the input itself
        return map_leaves(lambda item: item.view_as(item) if id(item) in passed else item, _in_tuples(y))

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> Any:
        found = list(leaves(ctx.grad(*upstream)))
        return (None, *(found.pop(0) if is_tensor and found else None for is_tensor in ctx.where))


def _in_tuples(y: Any) -> Any:
    return tuple(y) if isinstance(y, list) else y


@own
def recompute_grad(f: Function) -> Function:
    """`f`, whose inner tensors are computed anew for the gradient instead of being kept."""

    @functools.wraps(f)
    def call(*args: Any, **kwargs: Any) -> Any:
        return torch.utils.checkpoint.checkpoint(f, *args, use_reentrant=False, **kwargs)

    return call


@own
def grad_pass_through(f: Function) -> Function:
    """`f`, through which gradients go as if it returned its argument."""

    def call(x: Any) -> Any:
        x = convert(x)
        return x + (f(x) - x).detach()

    return call


@own
def no_gradient(op_type: str) -> None:
    """Accepted: it concerns operations that are registered with TensorFlow, of which there are none here."""


@own
def gradients(ys: Any, xs: Any, grad_ys: Any = None, **kwargs: Any) -> list[Any]:
    """The gradients of the sum of all `ys` by each of the `xs`, None where there is no dependence.

    The `ys` must have been computed from tensors that require gradients, such as variables.
    """
    outputs, inputs = list(leaves(ys)), list(leaves(xs))
    if any_symbolic((outputs, inputs)):
        raise NotImplementedError(
            "tf.gradients on symbolic tensors: use tf.GradientTape on values, or tf.keras.backend.gradients in a "
            "function that tf.keras.backend.function makes."
        )
    return list(
        torch.autograd.grad(
            [convert(each) for each in outputs],
            [getattr(each, "tensor", each) for each in inputs],
            [torch.ones_like(each) for each in outputs] if grad_ys is None else list(leaves(grad_ys)),
            create_graph=True,
            allow_unused=True,
        )
    )


publish(globals(), "custom_gradient", "function")
