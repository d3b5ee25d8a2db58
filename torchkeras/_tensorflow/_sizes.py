"""Shapes as values: what ``tf.shape`` gives, and what functions that take a shape make of it."""

import builtins
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras._probing import is_probing
from torchkeras._symbolic import KerasTensor, any_symbolic, node_of, record
from torchkeras.ops._op import op, tensor


class Sizes(tuple[Any, ...]):
    """Sizes that are known without a tensor, and compute as a vector: ``tf.shape(x)[1:3] * 2``.

    ``tf.shape`` gives them where a tensor would have no values: for symbolic tensors, while layers are run for
    their shapes alone, and while a step is compiled.
    """

    def __getitem__(self, index: Any) -> Any:
        found = tuple.__getitem__(self, index)
        return Sizes(found) if isinstance(index, builtins.slice) else found

    def _with(self, other: Any, function: Callable[[Any, Any], Any]) -> "Sizes":
        others = other if isinstance(other, tuple | list) else [other] * len(self)
        return Sizes(function(size, item) for size, item in zip(self, others, strict=True))

    def __add__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a + b)

    def __sub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a - b)

    def __mul__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a * b)

    def __floordiv__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a // b)

    __radd__, __rmul__ = __add__, __mul__


@op
def _axis_size(x: Any, axis: int) -> Tensor:
    """The size of one axis of a symbolic tensor, for the graph."""
    return torch.tensor(x.shape[axis], dtype=torch.int32)


def of(x: Any) -> Any:
    """The sizes of `x`: a vector of int32 on the host, or :class:`Sizes`."""
    if isinstance(x, KerasTensor):
        return Sizes(_axis_size(x, axis) if size is None else size for axis, size in enumerate(x.shape))
    shape = x.shape if hasattr(x, "shape") else tensor(x).shape
    if is_probing() or torch.compiler.is_compiling():
        return Sizes(shape)
    return torch.tensor(shape, dtype=torch.int32, device="cpu")


def static(shape: Any) -> tuple[int, ...]:
    """A shape as Python integers, out of a tensor, or a sequence that may hold tensors.

    Raises:
        ValueError: a size that is not known.
    """
    if isinstance(shape, Tensor):
        shape = shape.tolist()
    if isinstance(shape, int):
        return (shape,)
    if any(size is None for size in shape):
        raise ValueError(f"A shape without unknown sizes was expected, got {tuple(shape)}.")
    return tuple(size if type(size) is int else int(size) for size in shape)


def shaped(function: Callable[..., Any], shape: Any, *args: Any) -> Any:
    """``function(shape, *args)`` with the shape in integers; recorded where symbolic tensors have the sizes."""
    if not isinstance(shape, tuple | list) or not any_symbolic((shape,)):
        return function(static(shape), *args)
    return record(_FromSizes(function, tuple(map(_plan, shape))), (list(_sources(shape)), *args), {})


class _FromSizes:
    """A function of a shape, as one of the tensors that have the sizes."""

    def __init__(self, function: Callable[..., Any], plan: tuple[Any, ...]) -> None:
        self.function, self.plan = function, plan
        self.__name__ = function.__name__

    def __call__(self, sources: list[Tensor], *args: Any) -> Any:
        waiting = iter(sources)
        shape = tuple(next(waiting).shape[size.axis] if isinstance(size, _Axis) else size for size in self.plan)
        return self.function(shape, *args)


class _Axis:
    """In a plan: the size of that axis of the next source."""

    def __init__(self, axis: int) -> None:
        self.axis = axis


def _plan(size: Any) -> Any:
    if not isinstance(size, KerasTensor):
        return int(size)
    node = node_of(size)
    if getattr(node.operation, "function", None) is not _axis_size:
        raise ValueError(
            "A shape that is computed from the unknown sizes of a symbolic tensor: put the computation into a layer, "
            "or a Lambda, where the sizes are known."
        )
    return _Axis(node.args[1])


def _sources(shape: Any) -> Any:
    return (node_of(size).args[0] for size in shape if isinstance(size, KerasTensor))


def with_free(shape: Any) -> Any:
    """A target shape for ``reshape``: one size that only the graph knows becomes -1, the rest."""
    if isinstance(shape, Tensor):
        return tuple(shape.tolist())
    if isinstance(shape, int):
        return (shape,)
    unknown = [size is None or isinstance(size, KerasTensor) or getattr(size, "is_meta", False) for size in shape]
    if unknown.count(True) == 1 and -1 not in [size for size, free in zip(shape, unknown) if not free]:
        return tuple(-1 if free else int(size) for size, free in zip(shape, unknown))
    return tuple(size if isinstance(size, KerasTensor) else int(size) for size in shape)
