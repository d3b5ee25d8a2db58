"""Reading variables and changing them."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras import ops
from torchkeras._eras import _replaying
from torchkeras._eras.backend._function import GraphFunction
from torchkeras._eras.backend._phase import of_caller
from torchkeras._errors import brief
from torchkeras._symbolic import KerasTensor, record, symbols
from torchkeras._variable import Variable


def get_value(x: Any) -> Any:
    """The value of a variable or tensor as an array, or as a NumPy number if it has no axes."""
    if isinstance(x, KerasTensor):
        return eval(x)
    if not isinstance(x, (Variable, Tensor)):
        return x
    array = ops.convert_to_numpy(x)
    return array if array.ndim else array[()]


def batch_get_value(tensors: Iterable[Any]) -> list[Any]:
    """:func:`get_value` of each."""
    return [get_value(item) for item in tensors]


def set_value(x: Any, value: Any) -> None:
    """Store a new value in a variable: an array, tensor or number of the same shape."""
    if isinstance(x, Variable):
        x.assign(value)
    elif isinstance(x, torch.nn.Parameter):
        x.data.copy_(torch.as_tensor(np.asarray(value)))
    else:
        raise TypeError(
            f"K.set_value: expected a variable (`optimizer.learning_rate`, a weight of a layer), got {brief(x)}."
            " (A learning rate that follows a schedule cannot be set.)"
        )


def batch_set_value(tuples: Iterable[tuple[Any, Any]]) -> None:
    """:func:`set_value` of each pair (variable, value)."""
    for x, value in tuples:
        set_value(x, value)


def eval(x: Any) -> Any:
    """The value of a variable or tensor, or of a symbolic tensor that depends on no input, as an array."""
    return GraphFunction([], x)([]) if isinstance(x, KerasTensor) else get_value(ops.convert_to_tensor(x))


# With a symbolic value the change is recorded, and happens when `K.function` runs it.


def update(x: Any, new_x: Any) -> Any:
    """Store `new_x` in the variable `x`."""
    return _changed(_assign, x, new_x)


def update_add(x: Any, increment: Any) -> Any:
    """Add to the variable `x`."""
    return _changed(_assign_add, x, increment)


def update_sub(x: Any, decrement: Any) -> Any:
    """Subtract from the variable `x`."""
    return _changed(_assign_sub, x, decrement)


def moving_average_update(x: Any, value: Any, momentum: Any) -> Any:
    """Move the variable `x` towards `value`: ``x * momentum + value * (1 - momentum)``.

    In the call of a layer that does not train it stays: Keras 2 ran such updates with the train function alone.
    """
    if of_caller() == 0 and isinstance(x, Variable):
        return x.value
    return _changed(_assign, x, x * momentum + value * (1.0 - momentum))


def _changed(change: Any, x: Any, value: Any) -> Any:
    if not isinstance(x, Variable):
        raise TypeError(f"K.{change.__name__.replace('_assign', 'update')}: expected a variable, got {brief(x)}.")
    if symbols(value):
        return record(change, (x, value), {})
    if _replaying.current is not None:
        _replaying.current.pending.append(lambda: change(x, value))
        return x
    return change(x, value)


def _assign(x: Variable, value: Any) -> Any:
    return x.assign(value)


def _assign_add(x: Variable, value: Any) -> Any:
    return x.assign(ops.add(x, value))


def _assign_sub(x: Variable, value: Any) -> Any:
    return x.assign(ops.subtract(x, value))


__all__ = ["batch_get_value", "batch_set_value", "eval", "get_value", "moving_average_update", "set_value", "update"]
__all__ += ["update_add", "update_sub"]
