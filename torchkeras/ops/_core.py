"""Conversion, shapes, slices and scatters."""

import builtins
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras._dtypes import of, to_torch_dtype
from torchkeras._probing import is_probing, true_shape
from torchkeras._shapes import Shape
from torchkeras._structures import leaves
from torchkeras._symbolic import KerasTensor
from torchkeras._variable import Variable
from torchkeras.ops._op import op, publish, tensor

# Not recorded: what they give is no symbolic tensor.


def shape(x: Any) -> Shape:
    """The shape as a tuple: None for the unknown sizes of a symbolic tensor."""
    if isinstance(x, (KerasTensor, Variable)):
        return x.shape
    return tuple(tensor(x).shape)


def dtype(x: Any) -> str:
    """The dtype's name."""
    return of(x)


def is_tensor(x: Any) -> bool:
    """Whether `x` is a tensor: torch's, or a symbolic one."""
    return isinstance(x, (Tensor, KerasTensor))


def convert_to_numpy(x: Any) -> np.ndarray:
    """`x` as an array on the host."""
    if isinstance(x, KerasTensor):
        return np.asarray(x)  # raises what says that a symbolic tensor has no values
    if isinstance(x, Variable):
        return x.numpy()
    if not isinstance(x, Tensor):
        if any(isinstance(leaf, (Tensor, Variable)) for leaf in leaves(x)):
            return np.asarray([convert_to_numpy(item) for item in x])
        return np.asarray(x)
    x = x.detach().resolve_conj().resolve_neg().cpu()
    return (x.float() if x.dtype == torch.bfloat16 else x).numpy()  # NumPy has no bfloat16 of its own


# Own


@op
def convert_to_tensor(x: Any, dtype: Any = None, sparse: bool | None = None, ragged: bool | None = None) -> Tensor:
    """`x` as a tensor, in `dtype` if given; Python floats become ``floatx()``, integers int32."""
    if sparse or ragged:
        raise ValueError("convert_to_tensor: torchkeras has neither sparse nor ragged tensors.")
    return tensor(x, dtype)


@op
def cast(x: Any, dtype: Any) -> Tensor:
    """`x` in `dtype`."""
    return tensor(x).to(to_torch_dtype(dtype))


@op
def saturate_cast(x: Any, dtype: Any) -> Tensor:
    """`x` in `dtype`, numbers that it cannot hold replaced by its nearest one (a plain cast wraps around)."""
    x, wanted = tensor(x), to_torch_dtype(dtype)
    if wanted == torch.bool:
        return x.to(wanted)
    bounds = zip(_limits(wanted), _limits(x.dtype), strict=True)
    low, high = (_representable(min(bound, key=abs), x.dtype) for bound in bounds)
    return torch.clamp(x.to(torch.uint8) if x.dtype == torch.bool else x, low, high).to(wanted)


_DIGITS = {torch.float64: 53, torch.float32: 24, torch.float16: 11, torch.bfloat16: 8}


def _representable(limit: Any, dtype: torch.dtype) -> Any:
    """The number nearest to an integer `limit`, towards 0, that a float of `dtype` can hold."""
    shift = abs(limit).bit_length() - _DIGITS.get(dtype, 64) if isinstance(limit, int) else 0
    return limit if shift <= 0 else (abs(limit) >> shift << shift) * (1 if limit > 0 else -1)


def _limits(dtype: torch.dtype) -> tuple[Any, Any]:
    if dtype == torch.bool:
        return 0, 1
    info = torch.finfo(dtype) if dtype.is_floating_point else torch.iinfo(dtype)
    return info.min, info.max


@op
def stop_gradient(variable: Any) -> Tensor:
    """The same values, through which no gradient flows."""
    return tensor(variable).detach()


@op
def slice(inputs: Any, start_indices: Any, shape: Any) -> Tensor:
    """The part of `shape` that begins at `start_indices`; -1 reaches to the end of the axis."""
    x = tensor(inputs)
    if len(shape) != x.ndim:
        raise ValueError(
            f"slice: the number of dimensions in `inputs` must match the number of dimensions in `shape`, got "
            f"shapes {tuple(x.shape)} and {tuple(shape)}."
        )
    return x[_box(x, _starts(x, start_indices, shape), shape)]


@op
def slice_update(inputs: Any, start_indices: Any, updates: Any) -> Tensor:
    """`inputs` with the part that begins at `start_indices` replaced by `updates` (a new tensor)."""
    x, updates = tensor(inputs), tensor(updates)
    box = _box(x, _starts(x, start_indices, updates.shape), updates.shape)
    out = x.clone()
    out[box] = updates.to(x.dtype)
    return out


def _starts(x: Tensor, start_indices: Any, sizes: Any) -> list[int]:
    """Python integers, moved so that the part lies inside, as XLA does."""
    if isinstance(start_indices, Tensor) and start_indices.device.type == "meta":
        return [0] * x.ndim  # only the shape is asked for
    if isinstance(start_indices, Tensor):
        start_indices = start_indices.tolist()
    starts = [int(start) for start in start_indices]
    return [
        max(0, min(start, total - max(size, 0))) for start, total, size in zip(starts, x.shape, sizes, strict=False)
    ]


def _box(x: Tensor, starts: list[int], sizes: Any) -> tuple[Any, ...]:
    ends = [None if size == -1 else start + int(size) for start, size in zip(starts, sizes, strict=False)]
    return tuple(builtins.slice(start, end) for start, end in zip(starts, ends, strict=True))


@op
def scatter(indices: Any, values: Any, shape: Any) -> Tensor:
    """Zeros of `shape` with `values` added at `indices`: ``(..., k)`` index tuples into the first k axes."""
    values = tensor(values)
    zeros = torch.zeros(tuple(shape), dtype=values.dtype, device=values.device)
    return _put(zeros, tensor(indices), values, accumulate=True)


_REDUCTIONS = {"add": "sum", "max": "amax", "min": "amin", "mul": "prod"}


@op
def scatter_update(inputs: Any, indices: Any, updates: Any, reduction: str | None = None) -> Tensor:
    """`inputs` with `updates` at `indices` (a new tensor).

    Args:
        inputs: a tensor.
        indices: ``(n, k)`` index tuples into the first k axes.
        updates: ``(n, ...)``.
        reduction: how old and new values join: None replaces, else ``"add"``, ``"max"``, ``"min"`` or ``"mul"``.
    """
    x, indices = tensor(inputs), tensor(indices).to(torch.int64)
    updates = tensor(updates).to(x.dtype)
    if reduction is None or reduction == "add":
        return _put(x.clone(), indices, updates, accumulate=reduction == "add")
    if reduction not in _REDUCTIONS:
        raise ValueError(f"scatter_update: `reduction` must be None, 'add', 'max', 'min' or 'mul', got {reduction!r}.")
    depth = indices.shape[-1]
    rows = _row_numbers(indices.reshape(-1, depth), x.shape[:depth])
    flat = x.reshape(-1, *x.shape[depth:])
    index = rows.reshape(-1, *[1] * (flat.ndim - 1)).expand(-1, *flat.shape[1:])
    updates = updates.broadcast_to(*indices.shape[:-1], *x.shape[depth:]).reshape(index.shape)
    return flat.scatter_reduce(0, index, updates, _REDUCTIONS[reduction]).reshape(x.shape)


def _put(x: Tensor, indices: Tensor, values: Tensor, accumulate: bool) -> Tensor:
    index = tuple(indices.to(torch.int64).movedim(-1, 0))
    return x.index_put(index, values, accumulate=accumulate)


def _row_numbers(indices: Tensor, sizes: Any) -> Tensor:
    rows = torch.zeros_like(indices[:, 0])
    for axis, size in enumerate(sizes):
        rows = rows * size + indices[:, axis] % size
    return rows


@op
def unstack(x: Any, num: int | None = None, axis: int = 0) -> list[Tensor]:
    """The slices along `axis`, without it."""
    x = tensor(x)
    if num is not None and num != x.shape[axis]:
        if not is_probing():
            raise ValueError(f"unstack: axis {axis} of shape {tuple(x.shape)} has {x.shape[axis]} slices, not {num}.")
        x = x.narrow(axis, 0, 1).expand(*[num if dim == axis % x.ndim else -1 for dim in range(x.ndim)])
    elif None in [true_shape(x.shape)[axis]]:
        raise ValueError(f"Cannot infer argument `num` from shape {true_shape(x.shape)}: give it.")
    return list(torch.unbind(x, axis))


publish(globals(), "convert_to_numpy", "dtype", "is_tensor", "shape")
