"""ReversibleEmbedding: vectors for integers, and scores of all integers for vectors."""

from typing import Any

import torch
from torch import Tensor

from torchkeras import _registry
from torchkeras._dtypes import to_torch_dtype
from torchkeras._fields import fields
from torchkeras._symbolic import KerasTensor
from torchkeras.layers._embedding import Embedding

__all__ = ["ReversibleEmbedding"]


@fields
class ReversibleEmbedding(Embedding):
    """:class:`Embedding`, and with ``reverse=True`` the way back: ``(..., output_dim) -> (..., input_dim)``.

    Press and Wolf, 2016, arXiv:1608.05859.

    Args:
        input_dim: the number of vectors; inputs are ``0 ... input_dim - 1``.
        output_dim: the size of a vector.
        tie_weights: whether the way back uses the same vectors, or weights of its own.
        embeddings_initializer: how the vectors begin.
        embeddings_regularizer: a function of the vectors, added to the loss.
        embeddings_constraint: a projection of the vectors after each step.
        mask_zero: whether 0 stands for "nothing here": the output then carries a mask.
        reverse_dtype: the dtype of the way back; the compute dtype by default.
        logit_soft_cap: on the way back a bound ``c``: ``tanh(x / c) * c``.
    """

    tie_weights: bool
    reverse_dtype: Any
    logit_soft_cap: Any

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        tie_weights: bool = True,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        reverse_dtype: Any = None,
        logit_soft_cap: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            input_dim,
            output_dim,
            embeddings_initializer=embeddings_initializer,
            embeddings_regularizer=embeddings_regularizer,
            embeddings_constraint=embeddings_constraint,
            mask_zero=mask_zero,
            **kwargs,
        )
        self._set_fields(tie_weights=tie_weights, reverse_dtype=reverse_dtype, logit_soft_cap=logit_soft_cap)

    def build(self, input_shape: Any = None) -> None:
        super().build(input_shape)
        if not self.tie_weights:
            self.reverse_embeddings = self.add_weight(
                (self.output_dim, self.input_dim), self.embeddings_initializer, name="reverse_embeddings"
            )

    def call(self, inputs: Tensor, reverse: bool = False) -> Tensor:
        if not reverse:
            return super().call(inputs)
        dtype = to_torch_dtype(self._reverse_dtype())
        weights = self.embeddings.tensor.T if self.tie_weights else self.reverse_embeddings.tensor
        scores = inputs.to(dtype) @ weights.to(dtype)
        return scores if self.logit_soft_cap is None else torch.tanh(scores / self.logit_soft_cap) * self.logit_soft_cap

    def _reverse_dtype(self) -> Any:
        return self.compute_dtype if self.reverse_dtype is None else self.reverse_dtype

    def compute_output_shape(self, input_shape: Any, reverse: bool = False) -> Any:
        return (*input_shape[:-1], self.input_dim) if reverse else super().compute_output_shape(input_shape)

    def compute_output_spec(self, inputs: KerasTensor, reverse: bool = False) -> KerasTensor:
        dtype = self._reverse_dtype() if reverse else self.compute_dtype
        return KerasTensor(self.compute_output_shape(inputs.shape, reverse), dtype)

    def compute_mask(self, inputs: Any, mask: Any = None, reverse: bool = False) -> Any:
        return mask if reverse else super().compute_mask(inputs, mask)


_registry.catalogue("layers", ReversibleEmbedding)
