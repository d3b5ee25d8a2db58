"""Attention and AdditiveAttention: weights of values by their likeness to queries, without projections."""

from typing import Annotated, Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras import _registry
from torchkeras._fields import Kind, Rate, fields
from torchkeras._shapes import is_shape
from torchkeras._symbolic import infer
from torchkeras.layers._attention_masks import both, causal
from torchkeras.layers._layer import Layer
from torchkeras.random import SeedGenerator, dropout

__all__ = ["AdditiveAttention", "Attention"]


def _mode(value: Any) -> str:
    if value not in ("dot", "concat"):
        raise ValueError(f"Invalid value for argument score_mode. Expected one of {{'dot', 'concat'}}, got {value!r}.")
    return value


class _Scored(Layer):
    """What the two share: ``(b, t, n), (b, s, m) -> (b, t, m)`` for ``[query, value]`` or ``[query, value, key]``."""

    supports_masking = True
    produces_mask = False
    dropout: float
    seed: int | None
    use_scale: bool

    def __post_init__(self) -> None:
        if self.dropout:
            self.seed_generator = SeedGenerator(self.seed)

    def _calculate_scores(self, query: Tensor, key: Tensor) -> Tensor:
        """The likeness of each query and key: ``(b, t, n), (b, s, n) -> (b, t, s)``."""
        raise NotImplementedError

    def call(
        self,
        inputs: Any,
        mask: Any = None,
        training: bool = False,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        self._check(inputs, mask)
        query, value = inputs[:2]
        key = inputs[2] if len(inputs) > 2 else value
        scores = self._calculate_scores(query, key)
        seen = self._calculate_score_mask(scores, mask[1] if mask else None, use_causal_mask)
        if seen is not None:
            # a query that may look at nothing looks at all values alike
            scores = scores.masked_fill(~seen, torch.finfo(scores.dtype).min)
        weights = scores.softmax(-1)
        if self.training and self.dropout:
            weights = dropout(weights, self.dropout, seed=None if self.seed is None else self.seed_generator)
        outputs = weights @ value
        if mask and mask[0] is not None:
            outputs = outputs * mask[0][..., None].to(outputs.dtype)
        return (outputs, weights) if return_attention_scores else outputs

    def _calculate_score_mask(self, scores: Tensor, v_mask: Tensor | None, use_causal_mask: bool) -> Tensor | None:
        """True where a query may look at a value: ``(b, t, s)`` or what broadcasts to it; None for everywhere."""
        seen = torch.as_tensor(v_mask).unsqueeze(-2).bool() if v_mask is not None else None  # (b, 1, s)
        if use_causal_mask:
            seen = both(seen, causal(scores.shape[-2], scores.shape[-1], scores.device)[None])
        return seen

    def _check(self, inputs: Any, mask: Any) -> None:
        title = f'{type(self).__name__} "{self.name}"'
        if not isinstance(inputs, (list, tuple)) or is_shape(inputs):
            raise ValueError(
                f"{title} layer must be called on a list of inputs, namely [query, value] or [query, value, key], "
                f"got one of shape {tuple(inputs if is_shape(inputs) else inputs.shape)}."
            )
        if len(inputs) not in (2, 3):
            raise ValueError(
                f"{title} layer accepts inputs list of length 2 or 3, namely [query, value] or [query, value, key]. "
                f"Received length: {len(inputs)}."
            )
        if mask is None:
            return
        if not isinstance(mask, (list, tuple)):
            raise ValueError(f"{title} layer mask must be a list, namely [query_mask, value_mask].")
        if not 2 <= len(mask) <= 3:
            raise ValueError(f"{title} layer accepts mask list of length 2 or 3. Received length: {len(mask)}.")

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        self._check(inputs, mask)
        return None if not mask or mask[0] is None else mask[0]

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape[0][:-1], input_shape[1][-1])

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("return_attention_scores"):
            with self._modes(kwargs.get("training")):
                return infer(self.forward, args, kwargs)
        self._check(args[0], kwargs.get("mask"))
        return super().compute_output_spec(*args, **kwargs)


@fields
class Attention(_Scored):
    """Dot-product attention (Luong et al. 2015): ``softmax(query @ key.T) @ value``.

    Args:
        use_scale: whether a weight, at first 1, scales the scores.
        score_mode: ``"dot"``, or ``"concat"`` for the sum of ``tanh(query + key)``.
        dropout: the share of attention weights that training zeroes.
        seed: of the dropout.
    """

    use_scale: bool = False
    score_mode: Annotated[str, Kind(_mode)] = "dot"
    dropout: Rate = 0.0
    seed: int | None = None

    def build(self, input_shape: Any) -> None:
        self._check(input_shape, None)
        self.scale = self.add_weight((), "ones", name="scale") if self.use_scale else None
        concat = self.score_mode == "concat"
        self.concat_score_weight = self.add_weight((), "ones", name="concat_score_weight") if concat else None

    def _calculate_scores(self, query: Tensor, key: Tensor) -> Tensor:
        query, key = torch.as_tensor(query), torch.as_tensor(key)
        if self.score_mode == "dot":
            scores = query @ key.mT
            return scores if self.scale is None else scores * self.scale.value
        sums = query[:, :, None] + key[:, None]  # (b, t, s, n)
        scores = torch.tanh(sums if self.scale is None else self.scale.value * sums).sum(-1)
        return self.concat_score_weight.value * scores  # type: ignore[union-attr]


@fields
class AdditiveAttention(_Scored):
    """Additive attention (Bahdanau et al. 2015): scores are the sum of ``tanh(query + key)``.

    Args:
        use_scale: whether a weight for each feature scales the terms.
        dropout: the share of attention weights that training zeroes.
        seed: of the dropout.
    """

    use_scale: bool = True
    dropout: Rate = 0.0
    seed: int | None = None

    def build(self, input_shape: Any) -> None:
        self._check(input_shape, None)
        size = (input_shape[0][-1],)
        self.scale = self.add_weight(size, "glorot_uniform", name="scale") if self.use_scale else None

    def _calculate_scores(self, query: Tensor, key: Tensor) -> Tensor:
        terms = torch.tanh(query[:, :, None] + key[:, None])  # (b, t, s, n)
        return terms.sum(-1) if self.scale is None else F.linear(terms, self.scale.value)


_registry.catalogue("layers", Attention, AdditiveAttention)
