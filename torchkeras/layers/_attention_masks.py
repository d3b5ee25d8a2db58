"""Masks of attention: bool tensors that broadcast to ``(b, heads, t, s)``, True where query t may look at value s."""

import torch
from torch import Tensor


def causal(queries: int, values: int, device: torch.device) -> Tensor:
    """``(t, s)``: no look ahead."""
    return torch.ones(queries, values, dtype=torch.bool, device=device).tril()


def window(queries: int, values: int, size: int, device: torch.device) -> Tensor:
    """``(t, s)``: not further than `size` - 1 steps, to both sides."""
    return torch.ones(queries, values, dtype=torch.bool, device=device).tril(size - 1).triu(1 - size)


def both(one: Tensor | None, other: Tensor | None) -> Tensor | None:
    """True where both are; None lets everything pass."""
    if one is None or other is None:
        return other if one is None else one
    return one & other


def additive(mask: Tensor, dtype: torch.dtype) -> Tensor:
    """0 where `mask`, else the lowest number: a query that may look at nothing then looks at all values alike."""
    return torch.zeros_like(mask, dtype=dtype).masked_fill(~mask, torch.finfo(dtype).min)
