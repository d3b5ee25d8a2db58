"""CategoryEncoding: integers as one-hot, multi-hot or count vectors."""

from typing import Annotated, Any

import torch
from torch import Tensor

from torchkeras import _registry
from torchkeras._fields import Kind, fields
from torchkeras.layers._layer import Layer
from torchkeras.layers.preprocessing._encoding import ENCODINGS, encoded, encoded_shape, mode, refuse_sparse

__all__ = ["CategoryEncoding"]


def _tokens(value: Any) -> Any:
    if value is None:
        raise ValueError("num_tokens must be set to use this layer.")
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"`num_tokens` must be >= 1. Received: num_tokens={value!r}.")
    return value


@fields
class CategoryEncoding(Layer):
    """Integers ``0 ... num_tokens - 1`` as vectors: ``(b, n) -> (b, num_tokens)``, for "one_hot" ``(..., num_tokens)``.

    Args:
        num_tokens: the number of categories.
        output_mode: ``"multi_hot"`` (which ones occur), ``"count"`` (how often), ``"one_hot"`` (each one by itself).
        sparse: not supported on torch.
    """

    num_tokens: Annotated[int, Kind(_tokens)] = None  # type: ignore[assignment]
    output_mode: Annotated[str, mode(*ENCODINGS)] = "multi_hot"
    sparse: bool = False

    def __post_init__(self) -> None:
        refuse_sparse(self)

    def build(self, input_shape: Any) -> None:
        """Nothing to make; the shape stands in Keras' configs."""

    def call(self, inputs: Tensor, count_weights: Tensor | None = None) -> Tensor:
        if count_weights is not None and self.output_mode != "count":
            raise ValueError(
                "`count_weights` is not used when `output_mode` is not `'count'`. Received: count_weights of shape "
                f"{tuple(count_weights.shape)}."
            )
        if inputs.device.type == "cpu" and not torch.compiler.is_compiling():
            self._check_range(inputs)
        return encoded(inputs, self.output_mode, self.num_tokens, self._compute, count_weights)

    def _check_range(self, inputs: Tensor) -> None:
        if inputs.numel() and inputs.max() >= self.num_tokens:
            raise ValueError(
                f'CategoryEncoding "{self.name}": integers must be below num_tokens={self.num_tokens}, '
                f"got {inputs.max().item()}."
            )

    def compute_output_shape(self, input_shape: Any, count_weights_shape: Any = None) -> Any:
        return encoded_shape(input_shape, self.output_mode, self.num_tokens)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["sparse"]
        return config


_registry.catalogue("layers", CategoryEncoding)
