"""``rearrange``: axes named by a pattern."""

import re
from typing import Any

from torch import Tensor

from torchkeras.ops._op import op, publish
from torchkeras.ops._op import tensor as _tensor

# Own


@op
def rearrange(tensor: Any, pattern: str, **axes_lengths: int) -> Tensor:
    """The elements in the order that a pattern says: ``rearrange(x, "b (h s) w -> b h (s w)", s=2)``.

    Args:
        tensor: a tensor.
        pattern: the axes before and after the arrow; axes in parentheses are one axis together.
        axes_lengths: sizes of axes within parentheses that do not follow from the shape.
    """
    x = _tensor(tensor)
    before, _, after = pattern.partition("->")
    groups, wanted = _groups(before), _groups(after)
    if sorted(name for group in groups for name in group) != sorted(name for group in wanted for name in group):
        raise ValueError(f"rearrange: both sides of {pattern!r} must name the same axes.")
    if len(groups) != x.ndim:
        raise ValueError(f"rearrange: {pattern!r} names {len(groups)} axes, got shape {tuple(x.shape)}.")
    sizes: dict[str, int] = {}
    for size, group in zip(x.shape, groups, strict=True):
        sizes |= _sizes(size, group, axes_lengths, pattern)
    names = list(sizes)
    order = [names.index(name) for group in wanted for name in group]
    x = x.reshape([sizes[name] for name in names]).permute(order)
    return x.reshape([_product(sizes[name] for name in group) for group in wanted])


def _groups(side: str) -> list[list[str]]:
    """``"b (h s) w"`` -> ``[["b"], ["h", "s"], ["w"]]``."""
    found = re.findall(r"\(([^)]*)\)|(\w+)", side)
    return [inside.split() if not name else [name] for inside, name in found]


def _sizes(size: int, group: list[str], known: dict[str, int], pattern: str) -> dict[str, int]:
    open_names = [name for name in group if name not in known]
    product = _product(known[name] for name in group if name in known)
    if len(open_names) > 1:
        raise ValueError(f"rearrange: give the sizes of all but one of {group} in {pattern!r}.")
    if size % product or (not open_names and size != product):
        raise ValueError(f"rearrange: an axis of size {size} cannot be {group} in {pattern!r} with {known}.")
    return {name: known.get(name, size // product) for name in group}


def _product(numbers: Any) -> int:
    total = 1
    for number in numbers:
        total *= number
    return total


publish(globals())
