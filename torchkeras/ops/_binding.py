"""Python's operators on symbolic tensors and variables: the ops, so that graphs record Keras' names."""

from typing import Any

from torch import Tensor

from torchkeras import _symbolic
from torchkeras._symbolic import KerasTensor
from torchkeras._variable import Variable
from torchkeras.ops import numpy
from torchkeras.ops._op import Op

UNARY = {
    "abs": numpy.absolute,
    "invert": numpy.logical_not,
    "neg": numpy.negative,
    "round": numpy.round,
}
BINARY = {
    "add": numpy.add,
    "and": numpy.logical_and,
    "div": numpy.true_divide,
    "floordiv": numpy.floor_divide,
    "matmul": numpy.matmul,
    "mod": numpy.mod,
    "mul": numpy.multiply,
    "or": numpy.logical_or,
    "pow": numpy.power,
    "sub": numpy.subtract,
    "truediv": numpy.true_divide,
    "xor": numpy.logical_xor,
}
COMPARISONS = {
    "ge": numpy.greater_equal,
    "gt": numpy.greater,
    "le": numpy.less_equal,
    "lt": numpy.less,
    "ne": numpy.not_equal,
}


# what torch calls some of these
_TORCH_NAMES = {
    "eq": numpy.equal,
    "floor_divide": numpy.floor_divide,
    "remainder": numpy.mod,
    "true_divide": numpy.true_divide,
}


def bind() -> None:
    """Give the operators to :class:`KerasTensor` and :class:`Variable`."""
    for owner in (KerasTensor, Variable):
        for name, function in {**UNARY, **BINARY, **COMPARISONS}.items():
            setattr(owner, f"__{name}__", function)
        for name, function in BINARY.items():
            setattr(owner, f"__r{name}__", _reflected(function))
    # a symbolic tensor stays equal to itself alone: graphs compare them
    Variable.__eq__ = numpy.equal  # type: ignore[method-assign]
    Variable.__invert__ = numpy.bitwise_invert  # type: ignore[operator]
    Variable.__pos__ = lambda self: self.value  # type: ignore[operator]
    KerasTensor.__getitem__ = numpy.get_item  # type: ignore[misc]
    _take_over_torch()


def _reflected(function: Op) -> Op:
    def reflected(self: Any, other: Any) -> Any:
        return function(other, self)

    return reflected


def _take_over_torch() -> None:
    """``tensor + symbol`` reaches us as a torch function: it is recorded as what Keras would have recorded."""
    for name, function in {**UNARY, **BINARY, **COMPARISONS}.items():
        for spelling in (name, f"__{name}__"):
            _enter(spelling, function)
        _enter(f"__r{name}__", _reflected(function))

    for name, function in _TORCH_NAMES.items():
        _enter(name, function)


def _enter(name: str, function: Op) -> None:
    if hasattr(Tensor, name):
        _symbolic.AS_OP.setdefault(getattr(Tensor, name), function)
