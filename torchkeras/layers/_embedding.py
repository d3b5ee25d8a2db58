"""Embedding and Masking: the layers that make masks."""

from typing import Any

import torch
from torch import Tensor, nn

from torchkeras import _registry, ops
from torchkeras._errors import deprecated
from torchkeras._fields import Fields, PositiveInt, fields
from torchkeras.constraints import ConstraintField
from torchkeras.initializers import InitializerField
from torchkeras.layers._layer import Layer
from torchkeras.layers._torch_layer import TorchLayer, Weight
from torchkeras.regularizers import RegularizerField

__all__ = ["Embedding", "Masking"]


@fields
class Embedding(TorchLayer):
    """A vector for each integer: ``(...) -> (..., output_dim)``.

    Args:
        input_dim: the number of vectors; inputs are ``0 ... input_dim - 1``.
        output_dim: the size of a vector.
        embeddings_initializer: how the vectors begin.
        embeddings_regularizer: a function of the vectors, added to the loss.
        embeddings_constraint: a projection of the vectors after each step.
        mask_zero: whether 0 stands for "nothing here": the output then carries a mask.
        weights: the vectors, ``(input_dim, output_dim)``, or a list with them.

    Raises:
        IndexError: on the CPU, if an input is out of range.
    """

    input_dim: PositiveInt
    output_dim: PositiveInt
    embeddings_initializer: InitializerField
    embeddings_regularizer: RegularizerField
    embeddings_constraint: ConstraintField
    mask_zero: bool
    quantization_config: Any

    torch_module = nn.Embedding
    produces_mask = False  # unless an instance says so
    embeddings = Weight("weight")

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        length = kwargs.pop("input_length", None)
        super().__init__(**kwargs)
        for name, size in (("input_dim", input_dim), ("output_dim", output_dim)):
            if isinstance(size, bool) or not hasattr(size, "__index__") or size < 1:
                raise ValueError(
                    f'Embedding "{self.name}": `{name}` must be a positive integer. Received: {name}={size!r} '
                    f"(of type {type(size).__name__})."
                )
        self._set_fields(
            input_dim=input_dim,
            output_dim=output_dim,
            embeddings_initializer=embeddings_initializer,
            embeddings_regularizer=embeddings_regularizer,
            embeddings_constraint=embeddings_constraint,
            mask_zero=mask_zero,
            quantization_config=quantization_config,
        )
        self.produces_mask = self.supports_masking = bool(mask_zero)
        self._given = weights[0] if isinstance(weights, (list, tuple)) and len(weights) == 1 else weights
        if length is not None:
            self._take_length(length)
        if self._given is not None:
            self.build(None)

    def _set_fields(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, self.__fields__[name].read(self, value))

    def _take_length(self, length: Any) -> None:
        deprecated(
            f'Embedding "{self.name}": `input_length` is Keras 2\'s; today `keras.Input(shape=(length,))` says it.'
        )
        self._input_shape_argument = (None, *(length if isinstance(length, (list, tuple)) else (length,)))

    def torch_args(self, input_shape: Any) -> dict[str, Any]:
        # a weight that is there already: torch would draw one, which on the meta device takes a second of imports
        weight = torch.empty(self.input_dim, self.output_dim, device="meta")
        return {"num_embeddings": self.input_dim, "embedding_dim": self.output_dim, "_weight": weight}

    def build(self, input_shape: Any = None) -> None:
        super().build(input_shape)
        if self._given is not None:
            self.embeddings.assign(self._given)
            self._given = None

    def call(self, inputs: Tensor) -> Tensor:
        if inputs.is_floating_point():
            inputs = inputs.int()
        try:
            outputs = self.module(inputs)
        except IndexError:
            self.check_indices(inputs)
            raise
        return outputs if outputs.dtype is self._compute else outputs.to(self._compute)

    def check_indices(self, inputs: Tensor) -> None:
        """Raise IndexError if `inputs` hold an index without a vector; ``fit`` asks before the first step."""
        low, high = (int(bound.item()) for bound in inputs.aminmax())
        if low < 0 or high >= self.input_dim:
            raise IndexError(
                f'Embedding "{self.name}": indices must lie in 0 ... {self.input_dim - 1} '
                f"(input_dim={self.input_dim}), got {low if low < 0 else high}. Give `input_dim` the number of "
                "different indices, the greatest one plus 1."
            )

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return ops.not_equal(inputs, 0) if self.mask_zero else None

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape, self.output_dim)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, **self._base_config(), "activity_regularizer": None, **Fields.get_config(self)}


@fields
class Masking(Layer):
    """Skip steps in which every feature equals `mask_value`: ``(b, t, ...) -> (b, t, ...)``, with a mask.

    Args:
        mask_value: the value; what is masked becomes 0.
    """

    mask_value: Any = 0.0

    supports_masking = True

    def __post_init__(self) -> None:
        self._build_at_init()

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return ops.any(ops.not_equal(inputs, self.mask_value), axis=-1)

    def call(self, inputs: Tensor) -> Tensor:
        mask = (inputs != self.mask_value).any(-1, keepdim=True)
        return inputs * mask.to(inputs.dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


_registry.catalogue("layers", Embedding, Masking)
