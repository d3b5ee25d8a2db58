"""Attention."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras.ops._op import op, publish, tensor, tensors

# Own


@op
def dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    bias: Any = None,
    mask: Any = None,
    scale: float | None = None,
    is_causal: bool = False,
    flash_attention: bool | None = None,
    attn_logits_soft_cap: float | None = None,
) -> Tensor:
    """``softmax(query @ key^T * scale + bias) @ value``, by torch's fused kernel.

    Args:
        query: ``(batch, t, heads, dim)``.
        key: ``(batch, s, key_heads, dim)``; `heads` is a multiple of `key_heads`.
        value: ``(batch, s, key_heads, dim)``.
        bias: added to the scores ``(batch, heads, t, s)``.
        mask: True where a position may be seen, broadcast to the scores.
        scale: by default ``1 / sqrt(dim)``.
        is_causal: whether later positions are hidden.
        flash_attention: ignored: torch chooses its kernel.
        attn_logits_soft_cap: scores are squeezed to ``cap * tanh(scores / cap)``.

    Returns:
        ``(batch, t, heads, dim)``.
    """
    query, key, value = tensors((query, key, value), floating=True)
    for name, item in (("query", query), ("key", key), ("value", value)):
        if item.ndim != 4:
            raise ValueError(
                f"dot_product_attention: `{name}` must be (batch, length, heads, dim), got shape {tuple(item.shape)}."
            )
    query, key, value = (item.transpose(1, 2) for item in (query, key, value))  # (b, heads, t, dim)
    grouped = query.shape[1] != key.shape[1]
    if attn_logits_soft_cap is None and (bias is None or mask is None):
        extra = _additive(mask, bias, query)
        if extra is not None and is_causal:
            extra, is_causal = _with_causal(extra, query, key), False
        found = F.scaled_dot_product_attention(
            query, key, value, extra, is_causal=is_causal, scale=scale, enable_gqa=grouped
        )
        return found.transpose(1, 2)
    return _capped(query, key, value, bias, mask, scale, is_causal, attn_logits_soft_cap).transpose(1, 2)


def _additive(mask: Any, bias: Any, query: Tensor) -> Tensor | None:
    if mask is not None:
        return tensor(mask).bool()
    return None if bias is None else tensor(bias, query.dtype)


def _causal(query: Tensor, key: Tensor) -> Tensor:
    return torch.ones(query.shape[2], key.shape[2], dtype=torch.bool, device=query.device).tril()


def _with_causal(extra: Tensor, query: Tensor, key: Tensor) -> Tensor:
    seen = _causal(query, key)
    return extra & seen if extra.dtype == torch.bool else extra.masked_fill(~seen, -torch.inf)


def _capped(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    bias: Any,
    mask: Any,
    scale: float | None,
    causal: bool,
    cap: float | None,
) -> Tensor:
    """The same, written out, for what the fused kernel does not know."""
    groups = query.shape[1] // key.shape[1]
    key, value = key.repeat_interleave(groups, 1), value.repeat_interleave(groups, 1)
    scores = query @ key.transpose(-1, -2) * (query.shape[-1] ** -0.5 if scale is None else scale)
    if cap is not None:
        scores = cap * torch.tanh(scores / cap)
    if bias is not None:
        scores = scores + tensor(bias, scores.dtype)
    if mask is not None:
        scores = scores.masked_fill(~tensor(mask).bool(), torch.finfo(scores.dtype).min)
    if causal:
        scores = scores.masked_fill(~_causal(query, key), torch.finfo(scores.dtype).min)
    return torch.softmax(scores, -1) @ value


publish(globals())
