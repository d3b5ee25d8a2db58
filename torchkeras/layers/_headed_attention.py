"""What MultiHeadAttention and GroupQueryAttention share: projections to heads, attention, the projection back."""

import math
from typing import Any

import torch
from torch import Tensor

from torchkeras._symbolic import infer
from torchkeras.layers._attention_heads import Heads
from torchkeras.layers._einsum_dense import EinsumDense
from torchkeras.layers._nested import build_child
from torchkeras.random import SeedGenerator

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class HeadedAttention(Heads):
    """Attention in several heads. Shape comments: b batch (and free axes), t queries, s values, h heads, k features."""

    supports_masking = True
    attention_axes: tuple[int, ...] | None = None
    dropout: float
    use_bias: bool
    use_gate: bool
    seed: int | None
    sliding_window: int | None
    flash_attention: bool | None

    # Sizes, from the subclass.

    def _sizes(self) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
        """(heads, features) of query, key and value."""
        raise NotImplementedError

    def _output_sizes(self, query_shape: Any) -> tuple[int, ...]:
        """The last axes of the output."""
        return (query_shape[-1],)

    # Making it.

    def __post_init__(self) -> None:
        if self.sliding_window is not None and (not isinstance(self.sliding_window, int) or self.sliding_window < 1):
            raise ValueError(
                f"`sliding_window` must be `None` or a positive integer. Received: sliding_window={self.sliding_window}"
            )
        if self.flash_attention and self.dropout:
            raise ValueError(
                "Dropout is not supported when flash attention is enabled. Please set dropout to 0.0 to "
                "use flash attention."
            )
        # under these names in Keras, where subclasses read them
        self._flash_attention, self._sliding_window = self.flash_attention, self.sliding_window
        # the parts have it, as in Keras; on the whole it would count twice
        self._activity = self.activity_regularizer
        self.activity_regularizer = None

    def build(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> None:
        key_shape = value_shape if key_shape is None else key_shape
        _check_lengths(value_shape, key_shape)
        rank = len(query_shape)
        query, key, value = self._sizes()
        self._query_dense = self._projection("query", query_shape, query)
        self._key_dense = self._projection("key", key_shape, key)
        if self.use_gate:
            self._gate_dense = self._projection("gate", query_shape, (query[0], value[1]))
        self._value_dense = self._projection("value", value_shape, value)
        if self.dropout:
            self.seed_generator = SeedGenerator(self.seed)
        self._output_dense = self._way_back((*query_shape[:-1], query[0], value[1]), self._output_sizes(query_shape))
        self._scale = 1 / math.sqrt(query[1])
        self._plan_axes(rank)

    def _plan_axes(self, rank: int) -> None:
        """How the attention axes come to lie side by side: ``(b, ..., h, k) -> (b, free..., h, attention..., k)``."""
        axes = tuple(axis % rank for axis in self.attention_axes or range(1, rank - 1))
        if self.attention_axes is None and "attention_axes" in self.__fields__:
            self.attention_axes = axes  # Keras' config has them from now on
        free = tuple(axis for axis in range(1, rank - 1) if axis not in axes)
        self._count, self._free = len(axes), len(free)
        self._simple = rank == 3
        self._to_heads = (0, *free, rank - 1, *axes, rank)
        self._back = tuple(self._to_heads.index(axis) for axis in range(rank + 1))

    def _projection(self, name: str, shape: Any, sizes: tuple[int, int]) -> EinsumDense:
        rank = len(shape)
        kept, last, new = _LETTERS[: rank - 1], _LETTERS[rank - 1], _LETTERS[rank : rank + 2]
        output_shape = (*[None] * (rank - 2), *sizes)
        return self._dense(name, f"{kept}{last},{last}{new}->{kept}{new}", output_shape, new, shape)

    def _way_back(self, shape: Any, sizes: tuple[int, ...]) -> EinsumDense:
        rank = len(shape)
        kept, last = _LETTERS[: rank - 2], _LETTERS[rank - 2 : rank]
        new = _LETTERS[rank : rank + len(sizes)]
        output_shape = (*[None] * (rank - 3), *sizes)
        return self._dense("attention_output", f"{kept}{last},{last}{new}->{kept}{new}", output_shape, new, shape)

    def _dense(self, name: str, equation: str, output_shape: Any, bias_axes: str, shape: Any) -> EinsumDense:
        kinds = ("kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer")
        own = {kind: getattr(self, kind) for kind in (*kinds, "kernel_constraint", "bias_constraint")}
        for kind in ("kernel_initializer", "bias_initializer"):
            own[kind] = _again(own[kind])
        dense = EinsumDense(
            equation,
            output_shape,
            bias_axes=bias_axes if self.use_bias else None,
            activity_regularizer=self._activity,
            dtype=self.dtype_policy,
            name=name,
            **own,
        )
        build_child(dense, shape)
        return dense

    # Computing.

    def call(
        self,
        query: Tensor,
        value: Tensor,
        key: Tensor | None = None,
        query_mask: Tensor | None = None,
        value_mask: Tensor | None = None,
        key_mask: Tensor | None = None,
        attention_mask: Tensor | None = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
        use_causal_mask: bool = False,
    ) -> Any:
        key = value if key is None else key
        q, k, v = self._query_dense(query), self._key_dense(key), self._value_dense(value)  # (b, t or s, h, k)
        masks = (query_mask, value_mask, key_mask, attention_mask)
        mask = None  # without one torch may choose its fastest kernel
        plain = type(self)._compute_attention is Heads._compute_attention
        if self._sliding_window is not None or any(given is not None for given in masks) or not plain:
            mask = self._compute_attention_mask(query, value, *masks, use_causal_mask)
            use_causal_mask = False
        heads, scores = self._attend(q, k, v, mask, training, return_attention_scores, use_causal_mask)
        if self.use_gate:
            heads = heads * torch.sigmoid(self._gate_dense(query))
        outputs = self._output_dense(heads)
        return (outputs, scores) if return_attention_scores else outputs

    def _attend(
        self, q: Tensor, k: Tensor, v: Tensor, mask: Any, training: Any, scores: bool, use_causal_mask: bool
    ) -> Any:
        more = {"use_causal_mask": True} if use_causal_mask else {}
        return self._compute_attention(q, k, v, mask, training, scores, **more)

    # Shapes and configs.

    def compute_output_shape(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> Any:
        _check_lengths(value_shape, value_shape if key_shape is None else key_shape)
        return (*query_shape[:-1], *self._output_sizes(query_shape))

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("return_attention_scores") or (len(args) > 7 and args[7]):
            with self._modes(kwargs.get("training")):
                return infer(self.forward, args, kwargs)
        return super().compute_output_spec(*args, **kwargs)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["flash_attention"]
        field = self.__fields__["activity_regularizer"]
        config["activity_regularizer"] = field.kind.write(self._activity) if field.kind.write else self._activity
        return config


def _check_lengths(value_shape: Any, key_shape: Any) -> None:
    if tuple(value_shape[1:-1]) != tuple(key_shape[1:-1]):
        raise ValueError(
            "All dimensions of `value` and `key`, except the last one, must be equal. Received: "
            f"value_shape={tuple(value_shape)} and key_shape={tuple(key_shape)}"
        )


def _again(initializer: Any) -> Any:
    """A copy with a seed of its own: with one seed all projections would begin alike."""
    return (
        type(initializer).from_config(initializer.get_config()) if hasattr(initializer, "get_config") else initializer
    )
