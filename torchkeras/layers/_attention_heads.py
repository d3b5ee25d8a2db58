"""Attention in several heads: what is between the projections.

Shapes: b batch, t queries, s values, h heads, k features.
"""

import functools
import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras.layers._attention_masks import additive, both, causal, window
from torchkeras.layers._layer import Layer
from torchkeras.random import SeedGenerator, dropout


class Heads(Layer):
    """Scores and weighted sums, over one axis or several.

    Axes that are not attended over ("free" ones) act as batch axes.
    """

    dropout: float
    seed: int | None
    seed_generator: SeedGenerator
    _sliding_window: int | None
    _flash_attention: bool | None
    _scale: float
    _simple: bool  # (b, t, h, k): one attention axis and no free one
    _free: int
    _count: int  # of attention axes
    _to_heads: tuple[int, ...]
    _back: tuple[int, ...]

    def _compute_attention(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        attention_mask: Tensor | None = None,
        training: bool | None = None,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """What is between the projections, for subclasses to replace: ``(b, t, h, k), ... -> (b, t, h, k), scores``."""
        query, key, value = (torch.as_tensor(x) for x in (query, key, value))
        q, k, v = self._heads(query), self._heads(key), self._heads(value)  # (b, h, t or s, k)
        mask = None if attention_mask is None else _widened(torch.as_tensor(attention_mask).bool(), self._free + 4)
        by_hand = return_attention_scores or (training and self.dropout and self.seed is not None)
        if by_hand:
            heads, scores = self._by_hand(q, k, v, mask, use_causal_mask, training)
        else:
            heads, scores = self._fused(q, k, v, mask, use_causal_mask, training), None
        return self._joined(heads, query), None if scores is None else self._scores(scores, query, value)

    def _heads(self, x: Tensor) -> Tensor:
        if self._simple:
            return x.transpose(1, 2)
        return x.permute(self._to_heads).flatten(2 + self._free, 1 + self._free + self._count)

    def _joined(self, heads: Tensor, query: Tensor) -> Tensor:
        if self._simple:
            return heads.transpose(1, 2)
        sizes = [query.shape[axis] for axis in self._to_heads[2 + self._free : -1]]
        return heads.unflatten(-2, sizes).permute(self._back)

    def _scores(self, scores: Tensor, query: Tensor, value: Tensor) -> Tensor:
        if self._simple:
            return scores
        axes = self._to_heads[2 + self._free : -1]
        sizes = [query.shape[axis] for axis in axes], [value.shape[axis] for axis in axes]
        return scores.unflatten(-1, sizes[1]).unflatten(-1 - self._count, sizes[0])

    def _compute_attention_mask(
        self,
        query: Tensor,
        value: Tensor,
        query_mask: Tensor | None = None,
        value_mask: Tensor | None = None,
        key_mask: Tensor | None = None,
        attention_mask: Tensor | None = None,
        use_causal_mask: bool = False,
    ) -> Tensor | None:
        """All masks as one, ``(b, t, s)`` or what broadcasts to it."""
        axes = self._to_heads[2 + self._free : -1]
        t, s = [math.prod([x.shape[axis] for axis in axes]) for x in (query, value)]  # no generators: dynamo
        masks = [self._along(mask).unsqueeze(-2) for mask in (value_mask, key_mask) if mask is not None]
        if query_mask is not None:
            masks.append(self._along(query_mask).unsqueeze(-1))
        if attention_mask is not None:
            masks.append(self._folded(attention_mask.bool(), t, s))
        if use_causal_mask:
            masks.append(causal(t, s, query.device)[None])
        if self._sliding_window is not None:
            masks.append(window(t, s, self._sliding_window, query.device)[None])
        rank = max([mask.ndim for mask in masks], default=0)
        return functools.reduce(both, (_widened(mask, rank) for mask in masks), None)

    def _along(self, mask: Tensor) -> Tensor:
        mask = mask.bool().flatten(1)
        return mask.reshape(mask.shape[0], *[1] * self._free, mask.shape[1])

    def _folded(self, given: Tensor, t: int, s: int) -> Tensor:
        """An ``attention_mask`` with all query axes as one, and all value axes."""
        n = self._count
        return given.reshape(*given.shape[: -2 * n], t, s) if n > 1 and given.ndim >= 2 * n else given

    def _fused(
        self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, use_causal_mask: bool, training: Any
    ) -> Tensor:
        if mask is not None and use_causal_mask:
            mask, use_causal_mask = both(mask, causal(q.shape[-2], k.shape[-2], q.device)), False
        bias = None if mask is None else additive(mask, q.dtype)
        rate = self.dropout if training else 0.0
        grouped = q.shape[-3] != k.shape[-3]
        return F.scaled_dot_product_attention(
            q, k, v, bias, rate, is_causal=use_causal_mask, scale=self._scale, enable_gqa=grouped
        )

    def _by_hand(
        self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, use_causal_mask: bool, training: Any
    ) -> tuple[Tensor, Tensor]:
        if self._flash_attention:
            raise ValueError(
                "Returning attention scores is not supported when flash attention is enabled. Please disable flash "
                "attention to access attention scores."
            )
        if use_causal_mask:
            mask = both(mask, causal(q.shape[-2], k.shape[-2], q.device))
        if q.shape[-3] != k.shape[-3]:
            repeats = q.shape[-3] // k.shape[-3]
            k, v = k.repeat_interleave(repeats, -3), v.repeat_interleave(repeats, -3)
        scores = (q * self._scale) @ k.mT
        if mask is None:
            scores = scores.softmax(-1)
        else:
            # a query that may look at nothing gets zeros
            scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(-1).masked_fill(~mask, 0)
        kept = scores
        if training and self.dropout:
            kept = dropout(scores, self.dropout, seed=None if self.seed is None else self.seed_generator)
        return kept @ v, scores


def _widened(mask: Tensor, rank: int) -> Tensor:
    """`mask` with axes of size 1 before the last two, for heads or axes that are not attended over."""
    while 2 < mask.ndim < rank:
        mask = mask.unsqueeze(-3)
    return mask
