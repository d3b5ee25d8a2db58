"""Random features, and images of random sizes, which Keras 2 had in ``layers.experimental``."""

import math
from collections.abc import Callable
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor

from torchkeras import initializers, ops
from torchkeras._eras._marks import legacy
from torchkeras._errors import brief
from torchkeras._fields import Kind, PositiveInt, fields
from torchkeras._probing import is_probing
from torchkeras.layers import InputSpec, Layer
from torchkeras.random import SeedGenerator, uniform

__all__ = ["RandomFourierFeatures", "RandomHeight", "RandomWidth"]


def _kernel(value: Any) -> Any:
    if isinstance(value, str) and value.lower() in ("gaussian", "laplacian"):
        return value.lower()
    return initializers.get(value)


def _write(value: Any) -> Any:
    return value if isinstance(value, str) else initializers.serialize(value)


def _scale(value: Any) -> float | None:
    if value is not None and not value > 0:
        raise ValueError(f"expected a positive number, got {brief(value)}.")
    return value


@legacy("layers")
@fields
class RandomFourierFeatures(Layer):
    """``cos(x @ kernel / scale + bias)`` with random weights: dot products approximate a kernel; ``(b, n) -> (b, m)``.

    Rahimi & Recht, 2007 (https://people.eecs.berkeley.edu/~brecht/papers/07.rah.rec.nips.pdf).

    Args:
        output_dim: the number of features.
        kernel_initializer: ``"gaussian"``, ``"laplacian"``, or an initializer of the random directions.
        scale: the length scale; by default ``sqrt(n / 2)`` for the Gaussian kernel, 1 for others.
        trainable: whether the scale is trained.
    """

    output_dim: PositiveInt
    kernel_initializer: Annotated[Any, Kind(_kernel, _write)] = "gaussian"
    scale: Annotated[float | None, Kind(_scale)] = None
    trainable: Annotated[bool, Kind(inherited=True)] = False
    name: Annotated[Any, Kind(inherited=True)] = None

    def __post_init__(self) -> None:
        self.input_spec = InputSpec(ndim=2)

    def build(self, input_shape: Any) -> None:
        size = input_shape[-1]
        frozen: dict[str, Any] = {"trainable": False, "dtype": "float32"}
        draw = _DRAWS.get(self.kernel_initializer, self.kernel_initializer)
        self.unscaled_kernel = self.add_weight((size, self.output_dim), draw, name="unscaled_kernel", **frozen)
        self.bias = self.add_weight((self.output_dim,), _phase, name="bias", **frozen)
        gaussian = self.kernel_initializer == "gaussian"
        scale = self.scale if self.scale is not None else math.sqrt(size / 2) if gaussian else 1.0
        begin = initializers.Constant(scale)
        self.kernel_scale = self.add_weight((1,), begin, constraint="non_neg", name="kernel_scale")

    def call(self, inputs: Tensor) -> Tensor:
        kernel = self.unscaled_kernel.value / self.kernel_scale.value
        return torch.cos(inputs @ kernel.to(inputs.dtype) + self.bias.value.to(inputs.dtype))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (input_shape[0], self.output_dim)


def _phase(shape: Any, dtype: Any = None) -> Tensor:
    return uniform(shape, 0.0, 2 * math.pi, dtype=dtype)


def _cauchy(shape: Any, dtype: Any = None) -> Tensor:
    """The Laplacian kernel's directions: the quantile function of Cauchy's distribution at uniform numbers."""
    return torch.tan(math.pi * (uniform(shape, dtype=dtype) - 0.5))


_DRAWS: dict[Any, Callable[..., Tensor]] = {
    "gaussian": initializers.RandomNormal(stddev=1.0),
    "laplacian": _cauchy,
}


def _range(value: Any) -> tuple[float, float]:
    lower, upper = value if isinstance(value, (tuple, list)) else (-value, value)
    if upper < lower or lower < -1:
        raise ValueError(f"expected a number or a pair (lower, upper) of at least -1, got {brief(value)}.")
    return (lower, upper)


@fields
class _RandomSize(Layer):
    """In training one axis of the images is resized by a random factor; else they stay as they are."""

    factor: Annotated[Any, Kind(_range)]
    interpolation: str = "bilinear"
    seed: int | None = None

    axis: ClassVar[int]

    def __post_init__(self) -> None:
        self.seed_generator = SeedGenerator(self.seed)

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        if not training or is_probing():
            return inputs
        lower, upper = self.factor
        factor = 1 + float(uniform((), lower, upper, seed=self.seed_generator))
        size = list(inputs.shape[-3:-1])
        size[self.axis + 3] = max(int(size[self.axis + 3] * factor), 1)
        return ops.image.resize(inputs, tuple(size), self.interpolation, data_format="channels_last")

    def compute_output_shape(self, input_shape: Any) -> Any:
        shape = list(input_shape)
        shape[self.axis] = None
        return tuple(shape)

    def compute_output_spec(self, inputs: Any, training: Any = None) -> Any:
        return type(inputs)(self.compute_output_shape(inputs.shape), inputs.dtype)


@legacy("layers")
class RandomHeight(_RandomSize):
    """Images of a random height in training: ``(b, h, w, c) -> (b, h', w, c)``.

    Args:
        factor: by which part of itself the height grows at most, or a pair (lower, upper).
        interpolation: as for ``keras.ops.image.resize``.
        seed: a seed of the random numbers.
    """

    axis = -3


@legacy("layers")
class RandomWidth(_RandomSize):
    """Images of a random width in training: ``(b, h, w, c) -> (b, h, w', c)``; arguments as for the height."""

    axis = -2
