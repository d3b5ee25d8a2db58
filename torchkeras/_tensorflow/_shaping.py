"""Other shapes for the same elements: reshaping, joining, parting, repeating, turning around."""

import builtins
from typing import Any

import torch

from torchkeras import ops
from torchkeras._symbolic import any_symbolic
from torchkeras._tensorflow import _sizes
from torchkeras._tensorflow._moving import moving
from torchkeras._tensorflow._rows import own, own_op, publish, row
from torchkeras._tensorflow._tensor_shape import TensorShape
from torchkeras.ops._op import tensor

# Renames

expand_dims = moving(row(ops.expand_dims, "input axis", dim="axis"))
stack = moving(row(ops.stack, "values axis"))
unstack = moving(row(ops.unstack, "value num axis"))
repeat = moving(row(ops.repeat, "input repeats axis"))

# Own


@moving
@own
def concat(values: Any, axis: Any = 0) -> Any:
    """The tensors one after the other along `axis`."""
    if isinstance(values, list | tuple) and any(type(item) is list for item in values):
        values = [_beside(item, values) for item in values]
    return ops.concatenate(values, int(axis))


def _beside(item: Any, values: Any) -> Any:
    """Whole numbers beside a shape go to the host, where it is: ``tf.concat([tf.shape(x)[:-1], [units]], 0)``."""
    if type(item) is list and all(type(number) is int for number in item):
        for other in values:
            if isinstance(other, torch.Tensor) and other.device.type == "cpu" and not other.is_floating_point():
                return torch.tensor(item, dtype=other.dtype, device="cpu")
    return item


@moving
@own
def reshape(tensor: Any, shape: Any) -> Any:
    """The elements in another shape, in which one size may be -1."""
    wanted = _sizes.with_free(shape)
    return _sizes.shaped(_reshaped, wanted, tensor) if any_symbolic((wanted,)) else ops.reshape(tensor, wanted)


def _reshaped(shape: Any, x: Any) -> Any:
    return ops.reshape(x, shape)


@moving
@own
def transpose(a: Any, perm: Any = None, conjugate: bool = False) -> Any:
    """The axes in the order `perm`, by default backwards."""
    turned = ops.transpose(a, None if perm is None else _sizes.static(perm))
    return ops.conj(turned) if conjugate else turned


@moving
@own
def squeeze(input: Any, axis: Any = None, squeeze_dims: Any = None) -> Any:
    """Without the axes of size 1, or without those named."""
    axis = squeeze_dims if axis is None else axis
    if axis is None or isinstance(axis, int):
        return ops.squeeze(input, axis)
    axes = [index % len(input.shape) for index in axis]
    for index in sorted(axes, reverse=True):
        input = ops.squeeze(input, index)
    return input if axes else ops.squeeze(input)


@moving
@own
def split(value: Any, num_or_size_splits: Any, axis: int = 0, num: Any = None) -> Any:
    """As many equal parts along `axis`, or parts of the given sizes, one of which may be -1."""
    if isinstance(num_or_size_splits, int):
        return ops.split(value, num_or_size_splits, axis)
    sizes = builtins.list(_sizes.static(num_or_size_splits))
    if not sizes:
        return []
    if -1 in sizes:
        place = sizes.index(-1)
        sizes[place] = value.shape[axis] - sum(sizes) - 1
    ends = [sum(sizes[: index + 1]) for index in builtins.range(len(sizes) - 1)]
    return ops.split(value, ends, axis)


@moving
@own
def tile(input: Any, multiples: Any) -> Any:
    """`input` repeated along each axis: ``(b, n) -> (b * m0, n * m1)``."""
    return _sizes.shaped(_tiled, multiples, input)


def _tiled(multiples: Any, x: Any) -> Any:
    return ops.tile(x, multiples)


@own
def pad(tensor: Any, paddings: Any, mode: str = "CONSTANT", constant_values: Any = 0) -> Any:
    """More elements before and after along each axis: constant ones, or those at the edge mirrored."""
    widths = [_sizes.static(pair) for pair in paddings]
    if mode.lower() == "constant":
        return ops.pad(tensor, widths, "constant", constant_values)
    return ops.pad(tensor, widths, mode.lower())


@moving
@own
def broadcast_to(input: Any, shape: Any) -> Any:
    """`input` repeated along axes of size 1 and new leading ones: ``-> shape``."""
    return _sizes.shaped(_broadcast, shape, input)


def _broadcast(shape: Any, x: Any) -> Any:
    return ops.broadcast_to(x, shape)


@moving
@own
def roll(input: Any, shift: Any, axis: Any) -> Any:
    """The elements moved by `shift` places along `axis`, those that leave at one end back at the other."""
    return ops.roll(input, _sizes.static(shift), _sizes.static(axis))


@moving
@own
def reverse(tensor: Any, axis: Any) -> Any:
    """Backwards along the axes in the list `axis`."""
    return ops.flip(tensor, _sizes.static(axis))


@own_op
def reverse_sequence(
    input: Any, seq_lengths: Any, seq_axis: Any = None, batch_axis: Any = None, seq_dim: Any = None, batch_dim: Any = 0
) -> Any:
    """The first `seq_lengths` elements of each entry backwards along `seq_axis`, the rest as it is."""
    x = tensor(input)
    along, batch = (seq_dim if seq_axis is None else seq_axis), (batch_dim if batch_axis is None else batch_axis)
    moved = x.movedim((batch, along), (0, 1))
    lengths = tensor(seq_lengths).to(x.device)[:, None]
    places = torch.arange(moved.shape[1], device=x.device)[None]
    index = torch.where(places < lengths, lengths - 1 - places, places)
    rows = torch.arange(len(moved), device=x.device)[:, None]
    return moved[rows, index].movedim((0, 1), (batch, along))


@own
def ensure_shape(x: Any, shape: Any) -> Any:
    """`x`, if its shape goes with `shape`.

    Raises:
        ValueError: it does not.
    """
    if not TensorShape(shape).is_compatible_with(x.shape):
        raise ValueError(f"ensure_shape: the tensor has shape {tuple(x.shape)}, expected was {TensorShape(shape)}.")
    return x


@own
def broadcast_static_shape(shape_x: Any, shape_y: Any) -> TensorShape:
    """The shape to which two shapes broadcast."""
    return TensorShape(torch.broadcast_shapes(_sizes.static(shape_x), _sizes.static(shape_y)))


@own
def broadcast_dynamic_shape(shape_x: Any, shape_y: Any) -> Any:
    """The shape to which two shapes broadcast, as a vector of int32."""
    found = torch.broadcast_shapes(_sizes.static(shape_x), _sizes.static(shape_y))
    return torch.tensor(found, dtype=torch.int32, device="cpu")


@own
def parallel_stack(values: Any) -> Any:
    """:func:`stack` along a new first axis."""
    return ops.stack(values, 0)


publish(globals())
