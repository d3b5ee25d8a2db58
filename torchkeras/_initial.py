"""The first value of a variable, out of what its maker gave: numbers, a tensor, a function or a name."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras import _registry, _settings
from torchkeras._dtypes import standardize_dtype, to_torch_dtype
from torchkeras._errors import brief, unknown
from torchkeras._shapes import Shape, standardize


def initial_value(initializer: Any, shape: Any, dtype: Any) -> Tensor:
    device = _settings.device()
    if isinstance(initializer, str):
        initializer = _named_initializer(initializer)
    if callable(initializer) and not isinstance(initializer, Tensor):
        return _called(initializer, shape, dtype)
    if isinstance(initializer, Tensor):
        wanted_dtype = initializer.dtype if dtype is None else to_torch_dtype(dtype)
        return initializer.detach().to(device=device, dtype=wanted_dtype, copy=True)
    array = np.asarray(initializer)
    if array.dtype == object or array.dtype.kind in "US":
        raise ValueError(f"Variable: expected numbers as initial value, got {brief(initializer)}.")
    if dtype is None and isinstance(initializer, (np.ndarray, np.generic)):
        dtype = array.dtype
    elif dtype is None:
        narrow = {"float64": _settings.floatx, "int64": "int32" if _fits(array) else "int64"}
        dtype = narrow.get(array.dtype.name, array.dtype)
    return torch.as_tensor(np.array(array), device=device).to(to_torch_dtype(dtype))


def _fits(array: np.ndarray) -> bool:
    """Whether 32 bits hold all of these integers."""
    return array.dtype == np.int64 and bool(np.all(np.abs(array) < 2**31))


def _called(initializer: Callable[..., Any], shape: Any, dtype: Any) -> Tensor:
    if shape is None:
        raise ValueError(
            "When creating a Variable from an initializer, the `shape` argument should be specified. Got "
            f"initializer={brief(initializer)} and shape=None."
        )
    wanted: Shape = standardize(shape)
    name = standardize_dtype(dtype)
    if _settings.device().type == "meta":
        return torch.empty(wanted, dtype=to_torch_dtype(name), device="meta")  # type: ignore[arg-type]
    value = initializer(wanted, dtype=name)
    return torch.as_tensor(value, device=_settings.device()).detach().to(to_torch_dtype(name))


def _named_initializer(name: str) -> Callable[..., Any]:
    """From the registry: the initializers themselves are a level above."""
    known = _registry.names("initializers")
    found = known.get(name) or {key.lower(): item for key, item in known.items()}.get(name.lower())
    if found is None:
        raise unknown("initializer", name, known)
    return found() if isinstance(found, type) else found
