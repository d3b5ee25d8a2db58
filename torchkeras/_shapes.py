"""Shapes as users write them: tuples with ``None`` for an axis of unknown size."""

from collections.abc import Callable, Sequence
from typing import Any

Shape = tuple[int | None, ...]

# As what a layer's `build` or `compute_output_shape`, the first argument, gets the shape that is the second. The runner
# sets it: scripts of TensorFlow's days ask their shapes for more than tuples know.
handed: Callable[[Any, Shape], Any] = lambda method, shape: shape


def standardize(shape: Any) -> Shape:
    """A tuple of sizes out of any sequence of ints and ``None`` (a torch.Size, a list, numpy ints)."""
    if shape is None:
        raise ValueError("A shape was expected, got None.")
    if isinstance(shape, int):
        raise ValueError(f"A shape was expected, a tuple such as ({shape},); got the number {shape}.")
    try:
        sizes = tuple(None if size is None else size.__index__() for size in shape)
    except (TypeError, AttributeError):
        raise ValueError(f"A shape holds integers and None, got {shape!r}.") from None
    if any(size is not None and size < 0 for size in sizes):
        raise ValueError(f"A shape holds no negative size, got {sizes}.")
    return sizes


def is_shape(value: Any) -> bool:
    """Whether `value` is one shape (as opposed to a structure of several).

    >>> is_shape((None, 3)), is_shape([(None, 3), (None, 4)]), is_shape(())
    (True, False, True)
    """
    return isinstance(value, (tuple, list)) and all(size is None or isinstance(size, int) for size in value)


def count(shape: Sequence[int]) -> int:
    """The number of elements.

    >>> count((2, 3, 4)), count(())
    (24, 1)
    """
    total = 1
    for size in shape:
        total *= size
    return total


def normalize_tuple(value: Any, length: int, name: str, zero: bool = False) -> tuple[int, ...]:
    """`value` as a tuple of `length` positive integers; a single integer is repeated.

    >>> normalize_tuple(3, 2, "kernel_size"), normalize_tuple([1, 2], 2, "strides")
    ((3, 3), (1, 2))
    """
    wanted = f"`{name}`: expected a {'non-negative' if zero else 'positive'} integer or a tuple of {length} of them"
    sizes = tuple(value) if hasattr(value, "__len__") else (value,) * length
    if len(sizes) != length:
        raise ValueError(f"{wanted}, got {value!r} with {len(sizes)} of them.")
    if any(isinstance(size, bool) or not hasattr(size, "__index__") for size in sizes):
        raise ValueError(f"{wanted}, got {value!r}.")
    if any(size.__index__() < (0 if zero else 1) for size in sizes):
        raise ValueError(f"{wanted}, got {value!r}.")
    return tuple(size.__index__() for size in sizes)
