"""Structures of tensors, taken apart into slices along an axis and put together again."""

from typing import Any

import torch

from torchkeras._structures import leaves, map_leaves
from torchkeras.ops._op import tensor


def slices(value: Any, axis: int = 0) -> list[Any]:
    """The slices of a tensor along `axis`; of a structure of tensors, structures of slices."""
    count = tensor(next(leaves(value))).shape[axis]
    return [_slice(value, axis, index) for index in range(count)]


def _slice(value: Any, axis: int, index: int) -> Any:
    return map_leaves(lambda leaf: tensor(leaf).select(axis, index), value)


def stacked(items: list[Any], axis: int = 0) -> Any:
    """One structure of tensors with a new axis out of many alike."""
    columns = zip(*map(leaves, items), strict=True)
    found = iter([torch.stack([tensor(item) for item in column], axis) for column in columns])
    return map_leaves(lambda _: next(found), items[0])
