"""The one wrapper of ``keras.ops``: convert, record if symbolic, call.

A leaf module of ``ops`` writes rows (``absolute = unary(torch.abs)``) and functions (``@op``), and
ends with ``publish(globals())``, which names them after their bindings.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras import _settings
from torchkeras._dtypes import result_type, to_torch_dtype
from torchkeras._errors import brief
from torchkeras._symbolic import KerasTensor, any_symbolic, record, symbols
from torchkeras._variable import Variable

Op = Callable[..., Any]

# name -> public op, for the tests that walk the catalogue and for the graph's configs
OPS: dict[str, Op] = {}


def convert(value: Any) -> Any:
    """A tensor out of a variable or an array, also inside a list; everything else unchanged.

    NumPy's float64 arrays stay float64; its float64 scalars are Python floats, as Keras has it.
    """
    kind = type(value)
    if kind is Tensor or kind in _PLAIN:
        return value
    if isinstance(value, Variable):
        return value.value
    if isinstance(value, (np.ndarray, np.generic)) and not isinstance(value, float):
        return _from_array(value)
    if kind in (list, tuple) and any(isinstance(item, (Variable, np.ndarray)) for item in value):
        return kind(convert(item) for item in value)
    return value


_PLAIN = (int, float, bool, str, type(None), KerasTensor)


def tensor(value: Any, dtype: Any = None) -> Tensor:
    """`value` as a tensor on the default device, in `dtype` if given (the first line of most own ops)."""
    if isinstance(value, Variable):
        value = value.value
    if isinstance(value, Tensor):
        return value if dtype is None else value.to(to_torch_dtype(dtype))
    if isinstance(value, np.ndarray):
        value = _from_array(value)
        return value if dtype is None else value.to(to_torch_dtype(dtype))
    if dtype is None and isinstance(value, float):
        dtype = _settings.floatx
    elif dtype is None and isinstance(value, int) and not isinstance(value, bool):
        dtype = "int32" if -(2**31) <= value < 2**31 else "int64"
    elif dtype is None and isinstance(value, (list, tuple, range)):
        return _from_sequence(value)
    try:
        wanted = None if dtype is None else to_torch_dtype(dtype)
        return torch.as_tensor(value, dtype=wanted, device=_settings.device())
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"Expected numbers that form a tensor, got {brief(value)}: {error}") from None


def _from_array(array: Any) -> Tensor:
    if array.dtype.name == "bfloat16":  # of ml_dtypes: NumPy has none of its own
        bits = torch.as_tensor(np.asarray(array).view(np.int16), device=_settings.device())
        return bits.view(torch.bfloat16)
    return torch.as_tensor(array, device=_settings.device())


def _from_sequence(values: Any) -> Tensor:
    kinds = {type(item) for item in values}
    if kinds == {int}:
        return torch.tensor(values, dtype=_of_integers(values), device=_settings.device())
    if any(isinstance(item, (Tensor, Variable)) for item in values):
        return torch.stack(tensors(values))
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ValueError(f"Expected numbers that form a tensor, got {brief(values)}: {error}") from None
    if array.dtype == object or array.dtype.kind in "US":
        raise ValueError(f"Expected numbers that form a tensor, got {brief(values)}.")
    if array.dtype.name == "float64":
        return torch.as_tensor(array, dtype=to_torch_dtype(_settings.floatx), device=_settings.device())
    if array.dtype.name == "int64":
        return torch.as_tensor(array, dtype=_of_integers(array.ravel().tolist()), device=_settings.device())
    return torch.as_tensor(array, device=_settings.device())


def _of_integers(values: Any) -> torch.dtype:
    """int32, or int64 where that is too narrow."""
    return torch.int32 if all(-(2**31) <= value < 2**31 for value in values) else torch.int64


# Which dtype an operation computes in.


_JOINED: dict[Any, torch.dtype] = {}  # not functools.cache, through which torch.compile does not see


def joined(*dtypes: Any) -> torch.dtype:
    """The dtype that holds all of these; ``int`` and ``float`` themselves are weak."""
    key = (_settings.floatx, dtypes)
    found = _JOINED.get(key)
    if found is None:
        found = _JOINED[key] = to_torch_dtype(result_type(*dtypes))
    return found


def promote(*values: Any, floating: bool = False) -> tuple[Any, ...]:
    """`values` in their common dtype, a floating one if asked for; Python numbers stay numbers beside a tensor."""
    items = [value if isinstance(value, (Tensor, int, float, complex)) else tensor(value) for value in values]
    dtype = joined(*[item.dtype if isinstance(item, Tensor) else type(item) for item in items])
    if floating and not (dtype.is_floating_point or dtype.is_complex):
        dtype = to_torch_dtype(_settings.floatx)
    if not any(isinstance(item, Tensor) for item in items):
        items[0] = tensor(items[0])
    return tuple(item.to(dtype) if isinstance(item, Tensor) else item for item in items)


def tensors(values: Any, floating: bool = False) -> tuple[Tensor, ...]:
    """`values` as tensors of their common dtype, a floating one if asked for."""
    first = values[0]
    if type(first) is Tensor and (not floating or first.dtype.is_floating_point):
        for value in values:
            if type(value) is not Tensor or value.dtype is not first.dtype:
                break
        else:
            return tuple(values)
    items = [value if isinstance(value, Tensor) else convert(value) for value in values]
    items = [item if isinstance(item, (Tensor, int, float)) else tensor(item) for item in items]
    dtype = joined(*[item.dtype if isinstance(item, Tensor) else type(item) for item in items])
    if floating and not (dtype.is_floating_point or dtype.is_complex):
        dtype = to_torch_dtype(_settings.floatx)
    device = next((item.device for item in items if isinstance(item, Tensor)), None) or _settings.device()
    # a fill kernel on the device: a number never has to be copied there
    return tuple(
        item.to(dtype) if isinstance(item, Tensor) else torch.full((), item, dtype=dtype, device=device)
        for item in items
    )


def floats(value: Any) -> Tensor:
    """`value` as a tensor of a floating (or complex) dtype: integers become ``floatx()``."""
    value = tensor(value)
    if value.dtype.is_floating_point or value.dtype.is_complex:
        return value
    return value.to(to_torch_dtype(_settings.floatx))


# The wrapper and its two kinds of rows.


def op(function: Op) -> Op:
    """Make `function` one of ``keras.ops``.

    The result takes variables, arrays and Python numbers beside tensors, and on symbolic tensors it
    records itself in the graph.
    """

    @functools.wraps(function)
    def public(*args: Any, **kwargs: Any) -> Any:
        for value in (*args, *kwargs.values()) if kwargs else args:
            if type(value) not in _READY and not _all_ready(value):
                break
        else:
            return function(*args, **kwargs)
        if any_symbolic(args, kwargs):
            return _recorded(public, args, kwargs)
        return function(*map(convert, args), **{key: convert(value) for key, value in kwargs.items()})

    public.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    public._published = None  # type: ignore[attr-defined]
    del public.__wrapped__
    return public


# what functions take as it is; nearly all calls have nothing else
_READY = (Tensor, int, float, bool, str, type(None))


def _all_ready(value: Any) -> bool:
    """Whether `value` is a tuple or list of nothing else."""
    if type(value) is not tuple and type(value) is not list:
        return False
    for item in value:  # noqa: SIM110 - this is faster than all()
        if type(item) not in _READY:
            return False
    return True


def _recorded(function: Op, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    try:
        return record(function, args, kwargs)
    except (RuntimeError, IndexError) as error:
        shapes = ", ".join(str(symbol.shape) for symbol in symbols(args, kwargs))
        raise ValueError(f"{function.__name__}: cannot be computed for tensors of shape {shapes}: {error}") from error


def unary(function: Op, floating: bool = False) -> Op:
    """The op that is `function` of one tensor; with `floating`, integers become ``floatx()`` first."""
    prepare = floats if floating else tensor

    def compute(x: Any) -> Tensor:
        return function(prepare(x))

    compute.__doc__ = f"``torch.{function.__name__}`` of each element: any shape -> the same shape."
    return op(compute)


def binary(function: Op, floating: bool = False, numbers: bool = False) -> Op:
    """The op that is `function` of two tensors brought to one dtype.

    Args:
        function: a function of two tensors.
        floating: whether integers become ``floatx()``.
        numbers: whether `function` takes a Python number for one of its arguments.
    """

    def compute(x1: Any, x2: Any) -> Tensor:
        same = type(x1) is Tensor and type(x2) is Tensor and x1.dtype is x2.dtype
        if same and (not floating or x1.dtype.is_floating_point):
            return function(x1, x2)
        if numbers:
            if isinstance(x1, Tensor) and x1.dtype.is_floating_point and type(x2) in (int, float):
                return function(x1, x2)  # a number does not change the dtype
            return function(*promote(x1, x2, floating=floating))
        return function(*tensors((x1, x2), floating))

    compute.__doc__ = f"``{function.__name__}`` of each two elements: two shapes -> the shape to which they broadcast."
    return op(compute)


def publish(namespace: dict[str, Any], *functions: str) -> None:
    """Name the ops of a module after their bindings; enter them into :data:`OPS` and its ``__all__``.

    The plain `functions` get into ``__all__`` as well.
    (Assigned here, so that type checkers, which cannot run this, take every public name for exported.)
    Of several bindings of one op the first is its name, the others are aliases.
    """
    module, found = namespace["__name__"], []
    for name, item in namespace.items():
        if name.startswith("_") or not hasattr(item, "_published") or item._published not in (None, module):
            continue
        if item._published is None:
            item.__name__ = item.__qualname__ = name
            item.__module__ = item._published = module
        OPS[name] = item
        found.append(name)
    namespace["__all__"] = [*found, *functions]
