"""Integers as vectors: what the layers that number things share."""

from typing import Annotated, Any

import torch
from torch import Tensor

from torchkeras._fields import Kind

ENCODINGS = ("one_hot", "multi_hot", "count")


def mode(*allowed: str) -> Kind:
    """A :class:`Kind` for ``output_mode``."""

    def convert(value: Any) -> Any:
        if value not in allowed:
            raise ValueError(f"Unknown arg for output_mode: {value}. Expected one of {', '.join(map(repr, allowed))}.")
        return value

    return Kind(convert)


Mode = Annotated[str, mode("int", *ENCODINGS)]


def encoded(numbers: Tensor, output_mode: str, depth: int, dtype: torch.dtype, weights: Tensor | None = None) -> Tensor:
    """Integers ``0 ... depth - 1`` as vectors of `depth`; others leave no trace.

    ``"one_hot"``: ``(...) -> (..., depth)``, in place of a last axis of size 1. ``"multi_hot"`` (which ones occur) and
    ``"count"`` (how often, each time `weights`): ``(..., n) -> (..., depth)``.
    """
    squeezed = output_mode == "one_hot" and numbers.ndim > 0 and numbers.shape[-1] == 1
    numbers = numbers.squeeze(-1) if squeezed else numbers.reshape(-1) if numbers.ndim == 0 else numbers
    numbers = numbers.long()
    if output_mode == "one_hot":
        # not `F.one_hot`, which looks at the values on the host and refuses negative ones
        return (numbers[..., None] == torch.arange(depth, device=numbers.device)).to(dtype)
    places = torch.where((numbers >= 0) & (numbers < depth), numbers, depth)  # the last column is thrown away
    counts = torch.zeros(*numbers.shape[:-1], depth + 1, dtype=dtype, device=numbers.device)
    if output_mode == "multi_hot":
        return counts.scatter(-1, places, 1)[..., :depth]
    ones = torch.ones_like(places, dtype=dtype) if weights is None else weights.to(dtype).expand(places.shape)
    return counts.scatter_add(-1, places, ones)[..., :depth]


def encoded_shape(shape: Any, output_mode: str, depth: int) -> tuple[Any, ...]:
    """The shape that :func:`encoded` gives for numbers of `shape`."""
    if not shape:
        return (depth,)
    if output_mode == "one_hot" and shape[-1] != 1:
        return (*shape, depth)
    return (*shape[:-1], depth)


def refuse_sparse(layer: Any) -> None:
    """Say that there are no sparse vectors."""
    if layer.sparse:
        raise ValueError(f'{type(layer).__name__} "{layer.name}": `sparse=True` is not supported on torch.')
