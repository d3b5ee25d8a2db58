"""SpectralNormalization: a layer whose kernel is kept at a largest singular value of 1."""

from typing import Annotated, Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras import _registry, initializers
from torchkeras._fields import Kind, fields
from torchkeras.layers._wrappers import LayerField, Wrapper

__all__ = ["SpectralNormalization"]


def _iterations(value: int) -> int:
    if not isinstance(value, int) or value < 1:
        raise ValueError(f"`{{field}}` should be greater than zero. Received: `{{field}}={value}`")
    return value


@fields
class SpectralNormalization(Wrapper):
    """The layer inside, with its kernel divided by an estimate of its largest singular value at each training call.

    Miyato et al., 2018, arXiv:1802.05957.

    Args:
        layer: a layer with a ``kernel`` or ``embeddings``.
        power_iterations: how many steps the estimate makes each time.
    """

    layer: LayerField
    power_iterations: Annotated[int, Kind(_iterations)] = 1

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        kernel = getattr(self.layer, "kernel", None)
        kernel = kernel if kernel is not None else getattr(self.layer, "embeddings", None)
        if kernel is None:
            raise ValueError(f"{type(self.layer).__name__} object has no attribute 'kernel' nor 'embeddings'")
        self.kernel = kernel
        start = initializers.TruncatedNormal(stddev=0.02)
        self.vector_u = self.add_weight((1, kernel.shape[-1]), start, trainable=False, name="vector_u")

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        if training:
            self._normalize()
        return self.layer(inputs)

    @torch.no_grad()
    def _normalize(self) -> None:
        kernel = self.kernel.value
        weights = kernel.reshape(-1, kernel.shape[-1])  # (inputs, outputs)
        u = self.vector_u.value
        for _ in range(self.power_iterations):
            v = F.normalize(u @ weights.T, eps=1e-6)
            u = F.normalize(v @ weights, eps=1e-6)
        sigma = v @ weights @ u.T
        self.vector_u.assign(u)
        self.kernel.assign(kernel / sigma.reshape(()))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return self.layer.compute_output_shape(input_shape)


_registry.catalogue("layers", SpectralNormalization)
