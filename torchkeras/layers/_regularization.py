"""Noise while training, and penalties on activations."""

import math
from typing import Annotated, Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras import _registry, random, regularizers
from torchkeras._errors import brief
from torchkeras._fields import Kind, Rate, fields
from torchkeras.layers._input_spec import InputSpec
from torchkeras.layers._layer import Layer
from torchkeras.layers._windows import standard_data_format
from torchkeras.random import SeedGenerator

__all__ = ["ActivityRegularization", "AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise"]
__all__ += ["SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"]


class _Noise(Layer):
    """What acts while training only. Without a seed the numbers are those of torch's global generator."""

    supports_masking = True
    seed: int | None

    def __post_init__(self) -> None:
        self._build_at_init()
        if self._active():
            self.seed_generator = SeedGenerator(self.seed)
        # reading a seed generator costs a sync, so only what was seeded asks it
        self._source = self.seed_generator if self._active() and self.seed is not None else None

    def _active(self) -> bool:
        return self.rate > 0

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        return self._noisy(inputs) if training and self._active() else inputs

    def _noisy(self, inputs: Tensor) -> Tensor:
        raise NotImplementedError

    def _normal(self, like: Tensor) -> Tensor:
        if self._source is None:
            return torch.randn_like(like)
        return random.noise(like.shape, self._source, like.dtype, like.device, normal=True)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


@fields
class Dropout(_Noise):
    """A share `rate` of the numbers becomes 0, the others grow by ``1 / (1 - rate)``; only while training.

    Any shape. Srivastava et al., 2014.

    Args:
        rate: the share, between 0 and 1.
        noise_shape: the shape of the random mask, which is then repeated; None in it is the input's size.
        seed: an integer makes the layer's own stream of numbers.
    """

    rate: Rate
    noise_shape: Annotated[Any, Kind(lambda value: _noise_shape(value))] = None
    seed: int | None = None

    def _noisy(self, inputs: Tensor) -> Tensor:
        shape = self._mask_shape(inputs)
        if self._source is not None:
            return random.dropout(inputs, self.rate, shape, seed=self._source)
        if shape is None:
            return F.dropout(inputs, self.rate)
        return inputs * F.dropout(torch.ones(shape, dtype=inputs.dtype, device=inputs.device), self.rate)

    def _mask_shape(self, inputs: Tensor) -> tuple[int, ...] | None:
        if self.noise_shape is None:
            return None
        if len(self.noise_shape) != inputs.ndim:
            raise ValueError(
                f'{type(self).__name__} "{self.name}": `noise_shape` {self.noise_shape} needs as many axes as the '
                f"input of shape {tuple(inputs.shape)}."
            )
        return tuple(
            size if wanted is None else wanted for wanted, size in zip(self.noise_shape, inputs.shape, strict=True)
        )


def _noise_shape(value: Any) -> tuple[int | None, ...] | None:
    if value is None:
        return None
    start = "Invalid value received for argument `{field}`. Expected"
    if not isinstance(value, list | tuple):
        raise ValueError(f"{start} a tuple or list of integers. Received: {{field}}={brief(value)}")
    if any(size is not None and not isinstance(size, int) for size in value):
        raise ValueError(f"{start} all elements to be integers or None. Received: {{field}}={brief(value)}")
    if any(size is not None and size < 1 for size in value):
        raise ValueError(f"{start} all dimensions to be positive integers or None. Received: {{field}}={brief(value)}")
    return tuple(value)


class _SpatialDropout(Dropout):
    """Dropout of whole channels."""

    data_format = "channels_last"

    def _mask_shape(self, inputs: Tensor) -> tuple[int, ...]:
        ones = (1,) * (inputs.ndim - 2)
        if self.data_format == "channels_last":
            return (inputs.shape[0], *ones, inputs.shape[-1])
        return (inputs.shape[0], inputs.shape[1], *ones)

    def get_config(self) -> dict[str, Any]:
        config = {"rate": self.rate, "seed": self.seed, "name": self.name, "dtype": self.dtype}
        return config if type(self) is SpatialDropout1D else {**config, "data_format": self.data_format}


class SpatialDropout1D(_SpatialDropout):
    """:class:`Dropout` of whole channels of ``(b, t, c)``. Tompson et al., 2014, arXiv:1411.4280."""

    def __init__(self, rate: float, seed: int | None = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(rate=rate, seed=seed, name=name, dtype=dtype)
        self.input_spec = InputSpec(ndim=3)


class SpatialDropout2D(_SpatialDropout):
    """:class:`Dropout` of whole channels of ``(b, h, w, c)``. Tompson et al., 2014, arXiv:1411.4280."""

    def __init__(
        self, rate: float, data_format: Any = None, seed: int | None = None, name: str | None = None, dtype: Any = None
    ) -> None:
        super().__init__(rate=rate, seed=seed, name=name, dtype=dtype)
        self.data_format = standard_data_format(data_format)
        self.input_spec = InputSpec(ndim=4)


class SpatialDropout3D(_SpatialDropout):
    """:class:`Dropout` of whole channels of ``(b, d, h, w, c)``. Tompson et al., 2014, arXiv:1411.4280."""

    def __init__(
        self, rate: float, data_format: Any = None, seed: int | None = None, name: str | None = None, dtype: Any = None
    ) -> None:
        super().__init__(rate=rate, seed=seed, name=name, dtype=dtype)
        self.data_format = standard_data_format(data_format)
        self.input_spec = InputSpec(ndim=5)


def _stddev(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0:
        raise ValueError(f"expected a number of at least 0, got {brief(value)}.")
    return value


@fields
class GaussianNoise(_Noise):
    """``x + N(0, stddev)`` while training, any shape."""

    stddev: Annotated[float, Kind(_stddev)]
    seed: int | None = None

    def _active(self) -> bool:
        return self.stddev > 0

    def _noisy(self, inputs: Tensor) -> Tensor:
        return inputs + self._normal(inputs) * self.stddev


@fields
class GaussianDropout(_Noise):
    """``x * N(1, sqrt(rate / (1 - rate)))`` while training, any shape. Srivastava et al., 2014."""

    rate: Rate
    seed: int | None = None

    def _noisy(self, inputs: Tensor) -> Tensor:
        return inputs * (1 + self._normal(inputs) * math.sqrt(self.rate / (1 - self.rate)))


# the value that SELU takes far to the left, and with it the mean and variance to restore
_ALPHA_P = -1.7580993408473766


@fields
class AlphaDropout(Dropout):
    """Dropout for SELU networks: mean and variance stay the same. Klambauer et al., 2017, arXiv:1706.02515.

    Args:
        rate: the share of numbers set to SELU's negative limit.
        noise_shape: the shape of the random mask, which is then repeated.
        seed: an integer makes the layer's own stream of numbers.
    """

    def _noisy(self, inputs: Tensor) -> Tensor:
        shape = self._mask_shape(inputs) or tuple(inputs.shape)
        kept = random.noise(shape, self._source, inputs.dtype, inputs.device) >= self.rate
        scale = ((1 - self.rate) * (1 + self.rate * _ALPHA_P**2)) ** -0.5
        return torch.where(kept, inputs, _ALPHA_P) * scale - scale * _ALPHA_P * self.rate


class ActivityRegularization(Layer):
    """The input itself; adds ``l1 * sum(|x|) + l2 * sum(x²)``, divided by the batch size, to the loss.

    Args:
        l1, l2: the factors.
    """

    supports_masking = True

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any) -> None:
        super().__init__(activity_regularizer=regularizers.L1L2(l1=l1, l2=l2), **kwargs)
        self.l1, self.l2 = l1, l2
        self._build_at_init()

    def call(self, inputs: Tensor) -> Tensor:
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        config = {"name": self.name, **self._base_config(), "l1": self.l1, "l2": self.l2}
        config.pop("activity_regularizer")
        return config


_registry.catalogue("layers", Dropout, SpatialDropout1D, SpatialDropout2D, SpatialDropout3D)
_registry.catalogue("layers", GaussianNoise, GaussianDropout, AlphaDropout, ActivityRegularization)
