"""CategoryEncoding: integers as one-hot, multi-hot or count vectors."""

from typing import Annotated, Any

import torch
from torch import Tensor

from torchkeras import _registry
from torchkeras._fields import Kind, fields
from torchkeras.layers._layer import Layer

__all__ = ["CategoryEncoding"]

MODES = ("one_hot", "multi_hot", "count")


def _mode(value: Any) -> Any:
    if value not in MODES:
        raise ValueError(f"Unknown arg for output_mode: {value}. Expected one of {', '.join(map(repr, MODES))}.")
    return value


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
    output_mode: Annotated[str, Kind(_mode)] = "multi_hot"
    sparse: bool = False

    def __post_init__(self) -> None:
        if self.sparse:
            raise ValueError(f'CategoryEncoding "{self.name}": `sparse=True` is not supported on torch.')

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
        squeezed = self.output_mode == "one_hot" and inputs.ndim > 0 and inputs.shape[-1] == 1
        inputs = inputs.squeeze(-1) if squeezed else inputs.reshape(-1) if inputs.ndim == 0 else inputs
        # not `F.one_hot`, which looks at the values on the host and refuses negative ones
        hot = inputs.long()[..., None] == torch.arange(self.num_tokens, device=inputs.device)
        if self.output_mode == "one_hot":
            return hot.to(self._compute)
        if self.output_mode == "multi_hot":
            return hot.any(-2).to(self._compute)
        hot = hot.to(self._compute)
        return (hot if count_weights is None else hot * count_weights[..., None]).sum(-2)

    def _check_range(self, inputs: Tensor) -> None:
        if inputs.numel() and inputs.max() >= self.num_tokens:
            raise ValueError(
                f'CategoryEncoding "{self.name}": integers must be below num_tokens={self.num_tokens}, '
                f"got {inputs.max().item()}."
            )

    def compute_output_shape(self, input_shape: Any, count_weights_shape: Any = None) -> Any:
        if not input_shape:
            return (self.num_tokens,)
        if self.output_mode == "one_hot" and input_shape[-1] != 1:
            return (*input_shape, self.num_tokens)
        return (*input_shape[:-1], self.num_tokens)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["sparse"]
        return config


_registry.catalogue("layers", CategoryEncoding)
