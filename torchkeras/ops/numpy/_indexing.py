"""Elements by index or condition."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras._probing import is_probing, unknown_size
from torchkeras.ops._op import convert, op, publish, tensor, tensors

# Own


@op
def get_item(x: Any, key: Any) -> Tensor:
    """``x[key]``: integers, slices, None, Ellipsis, boolean masks and index tensors, as in NumPy."""
    x = tensor(x)
    if isinstance(key, list):
        key = tensor(key) if not any(isinstance(part, (slice, type(None))) for part in key) else tuple(key)
    key = tuple(_key(part) for part in key) if isinstance(key, tuple) else _key(key)
    if _steps_back(key):
        x, key = _forwards(x, key if isinstance(key, tuple) else (key,))
    return x[key]


def _key(part: Any) -> Any:
    # NumPy's integers would become tensors, without values where only a shape is asked for
    return int(part) if isinstance(part, np.integer) else convert(part)


def _steps_back(key: Any) -> bool:
    parts = key if isinstance(key, tuple) else (key,)
    return any(isinstance(part, slice) and part.step is not None and part.step < 0 for part in parts)


def _forwards(x: Tensor, key: tuple[Any, ...]) -> tuple[Tensor, tuple[Any, ...]]:
    """The same selection without negative steps, which torch refuses: by index tensors along their axes."""
    used = sum(part is not None and part is not Ellipsis for part in key)
    out: list[Any] = []
    axis = 0
    for part in key:
        if isinstance(part, slice) and part.step is not None and part.step < 0:
            index = torch.tensor(list(range(*part.indices(x.shape[axis]))), dtype=torch.int64, device=x.device)
            x, part = x.index_select(axis, index), slice(None)
        axis += x.ndim - used if part is Ellipsis else part is not None
        out.append(part)
    return x, tuple(out)


def _wrapped(indices: Any, size: int) -> Tensor:
    """Indices as int64, negative ones counted from the end."""
    indices = tensor(indices).to(torch.int64)
    return torch.where(indices < 0, indices + size, indices)


@op
def take(x: Any, indices: Any, axis: int | None = None) -> Tensor:
    """The elements at `indices` along `axis` (or of the flattened tensor): the axis becomes the axes of `indices`."""
    x = tensor(x)
    if axis is None:
        x, axis = x.reshape(-1), 0
    axis %= x.ndim
    indices = _wrapped(indices, x.shape[axis])
    indices = indices if indices.is_meta else indices.to(x.device)  # symbolic indices into a tensor
    found = torch.index_select(x, axis, indices.reshape(-1))
    return found.reshape((*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :]))


@op
def take_along_axis(x: Any, indices: Any, axis: int | None = None) -> Tensor:
    """The element at each index along `axis`; `x` and `indices` broadcast elsewhere."""
    x = tensor(x)
    if axis is None:
        return torch.take_along_dim(x.reshape(-1), _wrapped(indices, x.numel()).reshape(-1), 0)
    return torch.take_along_dim(x, _wrapped(indices, x.shape[axis]), axis)


@op
def where(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """`x1` where `condition` holds, else `x2`; without these, the indices of what holds, one tensor an axis."""
    condition = tensor(condition).bool()
    if x1 is None and x2 is None:
        return _places(condition)
    if x1 is None or x2 is None:
        raise ValueError("`x1` and `x2` either both should be `None`, or both should have non-None value.")
    return torch.where(condition, *tensors((x1, x2)))


@op
def nonzero(x: Any) -> tuple[Tensor, ...]:
    """The indices of the elements that are not 0: one int32 tensor an axis."""
    return _places(tensor(x))


def _places(x: Tensor) -> tuple[Tensor, ...]:
    if is_probing():
        return tuple(x.new_empty(unknown_size(), dtype=torch.int32) for _ in range(x.ndim))
    return tuple(index.to(torch.int32) for index in torch.nonzero(x, as_tuple=True))


@op
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Tensor:
    """For each element the choice that goes with the first condition that holds, else `default`."""
    choices = tensors([*choicelist, default])
    result = choices[-1]
    for condition, choice in reversed(list(zip(condlist, choices[:-1], strict=True))):
        result = torch.where(tensor(condition).bool(), choice, result)
    return result


@op
def unravel_index(indices: Any, shape: Any) -> tuple[Tensor, ...]:
    """Indices into a flattened tensor as one index an axis of `shape`."""
    indices = tensor(indices)
    if None in shape:
        raise ValueError(f"unravel_index: `shape` must be known, got {tuple(shape)}.")
    found = torch.unravel_index(indices.to(torch.int64), tuple(shape))
    return tuple(index.to(indices.dtype) for index in found)


publish(globals())
