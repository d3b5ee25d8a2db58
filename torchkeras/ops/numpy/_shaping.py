"""The same elements in another shape or order."""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras._symbolic import KerasTensor
from torchkeras.ops._op import op, publish, tensor

# Not recorded


def ndim(x: Any) -> int:
    """The number of axes."""
    return x.ndim if isinstance(x, KerasTensor) else tensor(x).ndim


# axis -> dim


@op
def flip(x: Any, axis: Any = None) -> Tensor:
    """Reversed along `axis`, by default along all axes."""
    x = tensor(x)
    dims = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
    return torch.flip(x, tuple(dims))


@op
def fliplr(x: Any) -> Tensor:
    """Reversed along axis 1."""
    return torch.flip(tensor(x), (1,))


@op
def flipud(x: Any) -> Tensor:
    """Reversed along axis 0."""
    return torch.flip(tensor(x), (0,))


@op
def moveaxis(x: Any, source: Any, destination: Any) -> Tensor:
    """The axes `source` moved to the positions `destination`."""
    return torch.movedim(tensor(x), source, destination)


@op
def swapaxes(x: Any, axis1: int, axis2: int) -> Tensor:
    """Two axes exchanged."""
    return torch.transpose(tensor(x), axis1, axis2)


@op
def roll(x: Any, shift: Any, axis: Any = None) -> Tensor:
    """Elements shifted along `axis`, those beyond the end coming in at the start."""
    return torch.roll(tensor(x), shift, axis)


@op
def rot90(array: Any, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Tensor:
    """Turned `k` times by 90 degrees, from the first towards the second of `axes`."""
    array = tensor(array)
    if array.ndim < 2:
        raise ValueError(f"rot90: expected at least 2 axes, got a tensor of shape {tuple(array.shape)}.")
    if len(axes) != 2 or axes[0] % array.ndim == axes[1] % array.ndim:
        raise ValueError(f"rot90: `axes` must be two different axes, got {axes!r}.")
    return torch.rot90(array, k, tuple(axes))


# Own


@op
def reshape(x: Any, newshape: Any) -> Tensor:
    """The elements in a new shape; -1 (or one None) is found from the number of elements.

    None where another axis is -1 keeps the size of that axis of `x`: this is what ``ops.shape`` of a
    symbolic tensor gives for an unknown size.
    """
    x = tensor(x)
    return torch.reshape(x, _sizes(x.shape, (newshape,) if isinstance(newshape, int) else tuple(newshape)))


def _sizes(old: Sequence[int], new: tuple[Any, ...]) -> list[int]:
    if None not in new:
        return list(new)
    free = new.count(None) == 1 and -1 not in new
    return [(-1 if free else old[axis]) if size is None else size for axis, size in enumerate(new)]


@op
def transpose(x: Any, axes: Any = None) -> Tensor:
    """The axes in the order `axes`, by default reversed."""
    x = tensor(x)
    order = tuple(range(x.ndim))[::-1] if axes is None else tuple(axes)
    if sorted(axis % x.ndim if x.ndim else axis for axis in order) != list(range(x.ndim)):
        raise ValueError(f"transpose: expected a valid permutation of the {x.ndim} axes, got axes={list(order)}.")
    return torch.permute(x, order)


@op
def squeeze(x: Any, axis: Any = None) -> Tensor:
    """Without the axes of size 1, or without those of them named by `axis`."""
    x = tensor(x)
    if axis is None:
        return torch.squeeze(x)
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    for dim in axes:
        if x.shape[dim] != 1:
            raise ValueError(f"squeeze: axis {dim} of shape {tuple(x.shape)} has size {x.shape[dim]}, not 1.")
    return torch.squeeze(x, axes)


@op
def expand_dims(x: Any, axis: Any) -> Tensor:
    """With a new axis of size 1 at each position of `axis` in the result."""
    x = tensor(x)
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    ndim = x.ndim + len(axes)
    for dim in sorted(dim % ndim if -ndim <= dim < ndim else _out_of_range(dim, ndim) for dim in axes):
        x = x.unsqueeze(dim)
    return x


def _out_of_range(axis: int, ndim: int) -> int:
    raise ValueError(f"expand_dims: axis {axis} is out of range for a result with {ndim} axes.")


@op
def ravel(x: Any) -> Tensor:
    """All elements in one axis."""
    return torch.reshape(tensor(x), (-1,))


@op
def broadcast_to(x: Any, shape: Any) -> Tensor:
    """`x` repeated, without copying, to `shape`; None keeps the size of `x`."""
    x = tensor(x)
    return torch.broadcast_to(x, tuple(-1 if size is None else size for size in shape))


@op
def repeat(x: Any, repeats: Any, axis: int | None = None) -> Tensor:
    """Each element along `axis` (or of the flattened tensor) `repeats` times in a row."""
    if not isinstance(repeats, int):
        repeats = tensor(repeats).to(torch.int64)
        repeats = repeats.reshape(-1) if repeats.numel() > 1 else int(repeats)
    return torch.repeat_interleave(tensor(x), repeats, dim=axis)


@op
def tile(x: Any, repeats: Any) -> Tensor:
    """`x` laid out `repeats` times along each axis."""
    if isinstance(repeats, Tensor):
        repeats = repeats.tolist()
    return torch.tile(tensor(x), (repeats,) if isinstance(repeats, int) else tuple(int(count) for count in repeats))


@op
def size(x: Any) -> Tensor:
    """The number of elements, an int32 scalar."""
    x = tensor(x)
    return torch.full((), x.numel(), dtype=torch.int32, device=x.device)


_MODES = {
    "constant": "constant",
    "reflect": "reflect",
    "symmetric": "symmetric",
    "edge": "replicate",
    "wrap": "circular",
}


@op
def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Tensor:
    """`x` made larger at the borders.

    Args:
        x: a tensor.
        pad_width: elements before and after, for each axis: ``((before, after), ...)``; one pair or
            one integer for all.
        mode: ``"constant"``, ``"reflect"``, ``"symmetric"``, ``"edge"`` or ``"wrap"``.
        constant_values: the number for ``"constant"``, 0 by default.
    """
    x = tensor(x)
    if mode not in _MODES:
        raise ValueError(f"pad: `mode` must be one of {', '.join(map(repr, _MODES))}, got {mode!r}.")
    if constant_values is not None and mode != "constant":
        raise ValueError(
            f"Argument `constant_values` can only be provided when `mode == 'constant'`. Got mode={mode!r}."
        )
    widths = _widths(pad_width, x.ndim)
    if mode != "constant":
        return _mirrored(x, widths, mode)
    value = (
        constant_values
        if constant_values is None or isinstance(constant_values, (int, float))
        else float(constant_values)
    )
    flat = [width for pair in reversed(widths) for width in pair]
    if x.dtype == torch.bool:  # torch pads no booleans
        return F.pad(x.to(torch.uint8), flat, value=value or 0).bool()
    return F.pad(x, flat, value=value)


def _widths(pad_width: Any, ndim: int) -> list[tuple[int, int]]:
    if isinstance(pad_width, Tensor):
        pad_width = pad_width.tolist()
    if isinstance(pad_width, int):
        return [(pad_width, pad_width)] * ndim
    pairs = [(pair, pair) if isinstance(pair, int) else tuple(pair) for pair in pad_width]
    if len(pad_width) == 2 and all(isinstance(width, int) for width in pad_width):
        pairs = [tuple(pad_width)]
    pairs = [pair if len(pair) == 2 else (pair[0], pair[0]) for pair in pairs]
    if len(pairs) not in (1, ndim):
        raise ValueError(f"pad: `pad_width` must have one pair for each of the {ndim} axes, got {pad_width!r}.")
    return pairs * ndim if len(pairs) == 1 else pairs


def _mirrored(x: Tensor, widths: list[tuple[int, int]], mode: str) -> Tensor:
    """By index along each axis: torch's own modes leave out ``symmetric`` and pad the last axes only."""
    for axis, (before, after) in enumerate(widths):
        if before or after:
            size = x.shape[axis]
            x = x.index_select(axis, _positions(torch.arange(-before, size + after, device=x.device), size, mode))
    return x


def _positions(index: Tensor, size: int, mode: str) -> Tensor:
    if mode == "edge":
        return index.clamp(0, size - 1)
    if mode == "wrap":
        return index % size
    if mode == "symmetric":
        index = index % (2 * size)
        return torch.where(index < size, index, 2 * size - 1 - index)
    period = max(2 * (size - 1), 1)
    index = index % period
    return torch.where(index < size, index, period - index)


publish(globals(), "ndim")
