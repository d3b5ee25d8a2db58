"""Tensors beside NumPy as Keras' scripts know them: what has gradients can be looked at, and arithmetic keeps them.

torch refuses ``tensor.numpy()`` and ``np.asarray(tensor)`` of tensors that carry gradients, and ``array - tensor`` with
them. TensorFlow's tensors, for which most scripts were written, give their values, and ``array - tensor`` is a tensor.
"""

import warnings
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras import _settings

# The arithmetic that stays with torch, and keeps gradients. Every other function of NumPy gives arrays.
_ARITHMETIC: dict[Any, Callable[..., Any]] = {
    np.add: torch.add,
    np.subtract: torch.sub,
    np.multiply: torch.mul,
    np.true_divide: torch.true_divide,
    np.floor_divide: torch.floor_divide,
    np.remainder: torch.remainder,
    np.power: torch.pow,
    np.matmul: torch.matmul,
    np.equal: torch.eq,
    np.not_equal: torch.ne,
    np.less: torch.lt,
    np.less_equal: torch.le,
    np.greater: torch.gt,
    np.greater_equal: torch.ge,
    np.bitwise_and: torch.bitwise_and,
    np.bitwise_or: torch.bitwise_or,
    np.bitwise_xor: torch.bitwise_xor,
}


def values(tensor: Tensor) -> Any:
    """The values as an array, without gradients and on the host; of a scalar, a NumPy number."""
    plain = tensor.detach().cpu().resolve_conj().resolve_neg()
    array = _plain_numpy(plain.float() if plain.dtype is torch.bfloat16 else plain)
    return array[()] if array.ndim == 0 else array


def install() -> None:
    """Let torch's tensors answer NumPy so, from now on in this process."""
    Tensor.numpy = _numpy  # type: ignore[method-assign, assignment]
    Tensor.__array__ = _array  # type: ignore[method-assign]
    Tensor.__array_ufunc__ = _array_ufunc  # type: ignore[attr-defined]
    Tensor.__array_function__ = _array_function  # type: ignore[attr-defined]
    # `float(loss)` is how scripts write it
    warnings.filterwarnings("ignore", "Converting a tensor with requires_grad=True to a scalar", UserWarning)


_plain_numpy = Tensor.numpy


def _numpy(self: Tensor, *, force: bool = False) -> Any:
    return values(self)


def _array(self: Tensor, dtype: Any = None, copy: bool | None = None) -> Any:
    return np.array(values(self), dtype=dtype, copy=copy)


def _array_ufunc(self: Tensor, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
    """NumPy's arithmetic between arrays and tensors: on tensors, so that gradients go on."""
    function = _ARITHMETIC.get(ufunc) if method == "__call__" and not kwargs else None
    if function is None:
        return getattr(ufunc, method)(*map(_as_array, inputs), **kwargs)
    tensor = next(each for each in inputs if isinstance(each, Tensor))
    return function(*(_beside(each, tensor) for each in inputs))


def _array_function(self: Tensor, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
    return function(*_as_arrays(args), **{name: _as_array(value) for name, value in kwargs.items()})


def _as_array(value: Any) -> Any:
    if isinstance(value, Tensor):
        return values(value)
    return type(value)(_as_arrays(value)) if type(value) in (list, tuple) else value


def _as_arrays(items: Iterable[Any]) -> list[Any]:
    return [_as_array(item) for item in items]


def _beside(value: Any, tensor: Tensor) -> Tensor:
    """An operand of `tensor`, on its device; floats take its dtype, as a constant would."""
    if isinstance(value, Tensor):
        return value
    array = np.asarray(value)
    dtype = None
    if array.dtype.kind == "f":
        floating = tensor.is_floating_point() or tensor.is_complex()
        dtype = tensor.dtype if floating else getattr(torch, _settings.floatx)
    return torch.as_tensor(array, dtype=dtype, device=tensor.device)
