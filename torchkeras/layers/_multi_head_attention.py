"""MultiHeadAttention and GroupQueryAttention."""

from typing import Annotated, Any

from torch import Tensor

from torchkeras import _registry
from torchkeras._fields import Kind, Rate, fields
from torchkeras.constraints import ConstraintField
from torchkeras.initializers import InitializerField
from torchkeras.layers._einsum_dense import EinsumDense
from torchkeras.layers._headed_attention import HeadedAttention
from torchkeras.regularizers import RegularizerField

__all__ = ["GroupQueryAttention", "MultiHeadAttention"]


def _size(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(
            f"Invalid value received for argument `{{field}}`. Expected a positive integer, got {value!r}."
        )
    return value


def _size_or_none(value: Any) -> Any:
    return None if value is None else _size(value)


def _tuple_or_none(value: Any) -> Any:
    return tuple(value) if isinstance(value, (list, tuple)) else None if value is None else (value,)


def _output(value: Any) -> Any:
    if not (value is None or isinstance(value, (int, list, tuple))):
        raise ValueError(f"Invalid `output_shape`: {value!r}. Expected an integer, a tuple or a list of them, or None.")
    return _tuple_or_none(value)


SizeOrNone = Annotated[int | None, Kind(_size_or_none)]
Size = Annotated[int, Kind(_size)]
Axes = Annotated[Any, Kind(_tuple_or_none)]


@fields
class MultiHeadAttention(HeadedAttention):
    """Attention in `num_heads` parts (Vaswani et al. 2017): ``(b, t, n), (b, s, m) -> (b, t, n)``.

    Call it with ``query, value, key=None`` and optionally ``attention_mask`` (``(b, t, s)``, True where to look),
    ``use_causal_mask``, ``return_attention_scores`` (then also ``(b, heads, t, s)`` is returned). Masks of value and
    key come along with these. Without scores it runs torch's fused attention.

    Args:
        num_heads: the number of heads.
        key_dim: the size of query and key in each head.
        value_dim: the size of value in each head; `key_dim` if not given.
        dropout: the share of attention weights that training zeroes.
        use_bias: whether the projections have biases.
        output_shape: the last axes of the output; the query's last one if not given.
        attention_axes: the axes over which to attend; all but batch and features if not given.
        sliding_window: how many steps, itself included, a query looks to each side.
        flash_attention: True refuses what torch's flash kernel cannot do; torch chooses the kernel anyway.
        kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer: of each projection.
        activity_regularizer, kernel_constraint, bias_constraint: of each projection as well.
        use_gate: whether the heads are multiplied by a sigmoid of another projection of the query.
        seed: of the dropout.

    >>> import torch
    >>> MultiHeadAttention(num_heads=2, key_dim=8)(torch.ones(3, 5, 4), torch.ones(3, 7, 4)).shape
    torch.Size([3, 5, 4])
    """

    num_heads: Size
    key_dim: Size
    value_dim: SizeOrNone = None
    dropout: Rate = 0.0
    use_bias: bool = True
    output_shape: Annotated[Any, Kind(_output)] = None
    attention_axes: Axes = None
    sliding_window: Any = None
    flash_attention: Any = None
    kernel_initializer: InitializerField = "glorot_uniform"
    bias_initializer: InitializerField = "zeros"
    kernel_regularizer: RegularizerField = None
    bias_regularizer: RegularizerField = None
    activity_regularizer: RegularizerField = None
    kernel_constraint: ConstraintField = None
    bias_constraint: ConstraintField = None
    use_gate: bool = False
    seed: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.value_dim = self.value_dim or self.key_dim

    _stored_names = {f"_{name}_dense": f"{name}_dense" for name in ("query", "key", "value", "output")}

    @property
    def query_dense(self) -> EinsumDense:
        """The projection of the query."""
        return self._query_dense

    @property
    def key_dense(self) -> EinsumDense:
        """The projection of the key."""
        return self._key_dense

    @property
    def value_dense(self) -> EinsumDense:
        """The projection of the value."""
        return self._value_dense

    @property
    def output_dense(self) -> EinsumDense:
        """The projection of all heads to the output."""
        return self._output_dense

    def _sizes(self) -> Any:
        key = (self.num_heads, self.key_dim)
        return key, key, (self.num_heads, self.value_dim)

    def _output_sizes(self, query_shape: Any) -> tuple[int, ...]:
        return self.output_shape or (query_shape[-1],)


@fields
class GroupQueryAttention(HeadedAttention):
    """Attention whose queries have more heads than keys and values (Ainslie et al. 2023): ``(b, t, n) -> (b, t, n)``.

    Called like :class:`MultiHeadAttention`.

    Args:
        head_dim: the size of each head.
        num_query_heads: the number of heads of the query, a multiple of the next.
        num_key_value_heads: the number of heads of key and value.
        dropout, use_bias, sliding_window, flash_attention, use_gate, seed and the rest: as in MultiHeadAttention.
    """

    head_dim: Size
    num_query_heads: Size
    num_key_value_heads: Size
    dropout: Rate = 0.0
    use_bias: bool = True
    sliding_window: Any = None
    flash_attention: Any = None
    kernel_initializer: InitializerField = "glorot_uniform"
    bias_initializer: InitializerField = "zeros"
    kernel_regularizer: RegularizerField = None
    bias_regularizer: RegularizerField = None
    activity_regularizer: RegularizerField = None
    kernel_constraint: ConstraintField = None
    bias_constraint: ConstraintField = None
    use_gate: bool = False
    seed: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.num_query_heads % self.num_key_value_heads:
            raise ValueError(
                f"`num_query_heads` must be divisible by `num_key_value_heads`, got {self.num_query_heads} and "
                f"{self.num_key_value_heads}."
            )

    def compute_output_shape(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> Any:
        if query_shape[-1] != value_shape[-1]:
            raise ValueError(
                "The last dimension of `query_shape` and `value_shape` must be equal. Received: "
                f"query_shape={tuple(query_shape)} and value_shape={tuple(value_shape)}"
            )
        return super().compute_output_shape(query_shape, value_shape, key_shape)

    def _attend(
        self, q: Tensor, k: Tensor, v: Tensor, mask: Any, training: Any, scores: bool, use_causal_mask: bool
    ) -> Any:
        more = {
            name: True for name, on in (("return_attention_scores", scores), ("use_causal_mask", use_causal_mask)) if on
        }
        return self._compute_attention(q, k, v, attention_mask=mask, training=training, **more)

    def _sizes(self) -> Any:
        pair = (self.num_key_value_heads, self.head_dim)
        return (self.num_query_heads, self.head_dim), pair, pair


_registry.catalogue("layers", MultiHeadAttention, GroupQueryAttention)
# the name from which Keras makes automatic layer names
GroupQueryAttention.__name__ = GroupQueryAttention.__qualname__ = "GroupedQueryAttention"
