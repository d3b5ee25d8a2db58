"""Initializers that draw random numbers."""

import copy
import math
from typing import Annotated, Any

import numpy as np
import torch
from torch import Tensor

from torchkeras import random
from torchkeras._errors import brief
from torchkeras._fields import Field, Kind, fields
from torchkeras._serialization import deserialize_keras_object, serialize_keras_object
from torchkeras.initializers._initializer import Initializer
from torchkeras.random import SeedGenerator


def _seed(value: Any) -> Any:
    if isinstance(value, dict):
        value = deserialize_keras_object(value)
    if (
        value is None
        or isinstance(value, SeedGenerator)
        or (isinstance(value, (int, np.integer)) and not isinstance(value, bool))
    ):
        return value
    raise ValueError(
        "`seed` argument should be an instance of `keras.random.SeedGenerator()` or an integer. "
        f"Received: seed={brief(value)}"
    )


Seed = Annotated[Any, Kind(_seed, serialize_keras_object)]


class RandomInitializer(Initializer):
    """Base of random initializers: chooses a seed where none was given, and writes the given one."""

    _given_seed: Any = None

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "seed" and "seed" not in self.__dict__:
            self.__dict__["_given_seed"] = value
            value = random.make_default_seed() if value is None else value
        super().__setattr__(name, value)

    def _written(self, field: Field) -> Any:
        return serialize_keras_object(self._given_seed) if field.name == "seed" else super()._written(field)

    def __deepcopy__(self, memo: Any) -> "RandomInitializer":
        twin = type(self).__new__(type(self))
        twin.__dict__.update({name: copy.deepcopy(value, memo) for name, value in self.__dict__.items()})
        return twin


@fields
class RandomNormal(RandomInitializer):
    """Normally distributed numbers."""

    mean: float = 0.0
    stddev: float = 0.05
    seed: Seed = None

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        return random.normal(shape, self.mean, self.stddev, dtype, self.seed)


@fields
class TruncatedNormal(RandomInitializer):
    """Normally distributed numbers, none further than two standard deviations from the mean."""

    mean: float = 0.0
    stddev: float = 0.05
    seed: Seed = None

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        return random.truncated_normal(shape, self.mean, self.stddev, dtype, self.seed)


@fields
class RandomUniform(RandomInitializer):
    """Numbers spread evenly over ``[minval, maxval)``."""

    minval: float = -0.05
    maxval: float = 0.05
    seed: Seed = None

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        return random.uniform(shape, self.minval, self.maxval, dtype, self.seed)


def _positive(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
        raise ValueError(f"Argument `scale` must be positive float. Received: scale={brief(value)}")
    return value


def _one_of(name: str, *allowed: str) -> Kind:
    def convert(value: Any) -> str:
        found = value.lower() if isinstance(value, str) else value
        if found not in allowed:
            raise ValueError(f"Invalid `{name}` argument: {brief(value)}. Please use one of {', '.join(allowed)}.")
        return found

    return Kind(convert)


_Mode = Annotated[str, _one_of("mode", "fan_in", "fan_out", "fan_avg")]
# "normal" is Keras 2's word for a truncated one
_Distribution = Annotated[str, _one_of("distribution", "truncated_normal", "untruncated_normal", "uniform", "normal")]


@fields
class VarianceScaling(RandomInitializer):
    """Numbers of variance ``scale / n``, `n` the number of inputs or outputs of a unit, or the mean of both.

    Args:
        scale: see above.
        mode: what `n` is: ``"fan_in"``, ``"fan_out"`` or ``"fan_avg"``.
        distribution: ``"truncated_normal"``, ``"untruncated_normal"`` or ``"uniform"``.
        seed: an integer or a SeedGenerator.
        input_axes: the axes of the weight that count inputs; the last but one if not given.
        output_axes: the axes that count outputs; the last if not given.
    """

    scale: Annotated[float, Kind(_positive)] = 1.0
    mode: _Mode = "fan_in"
    distribution: _Distribution = "truncated_normal"
    seed: Seed = None
    input_axes: Any = None
    output_axes: Any = None

    def __post_init__(self) -> None:
        if self.distribution == "normal":
            self.distribution = "truncated_normal"

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        fan_in, fan_out = compute_fans(shape, self.input_axes, self.output_axes)
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, fan)
        if self.distribution == "uniform":
            limit = math.sqrt(3 * variance)
            return random.uniform(shape, -limit, limit, dtype, self.seed)
        if self.distribution == "untruncated_normal":
            return random.normal(shape, 0.0, math.sqrt(variance), dtype, self.seed)
        # 0.8796...: the standard deviation of a normal distribution cut at two of its own
        return random.truncated_normal(shape, 0.0, math.sqrt(variance) / 0.87962566103423978, dtype, self.seed)


def compute_fans(shape: Any, input_axes: Any = None, output_axes: Any = None) -> tuple[int, int]:
    """How many numbers flow into a unit and out of it, for a weight ``(*window, inputs, outputs)``."""
    sizes = tuple(shape)
    if input_axes is None or output_axes is None:  # one alone says nothing
        if len(sizes) < 2:
            return (sizes[0], sizes[0]) if sizes else (1, 1)
        input_axes, output_axes = -2, -1
    ins, outs = _axes(input_axes, len(sizes)), _axes(output_axes, len(sizes))
    window = math.prod(size for axis, size in enumerate(sizes) if axis not in ins + outs)
    return window * math.prod(sizes[axis] for axis in ins), window * math.prod(sizes[axis] for axis in outs)


def _axes(axes: Any, rank: int) -> tuple[int, ...]:
    return tuple(axis % rank for axis in (axes if isinstance(axes, (list, tuple)) else (axes,)))


class _Fixed(VarianceScaling):
    """Variance scaling of fixed scale, mode and distribution: only the seed and the axes are arguments."""

    _scale: float
    _mode: str
    _distribution: str

    def __init__(self, seed: Any = None, input_axes: Any = None, output_axes: Any = None) -> None:
        super().__init__(self._scale, self._mode, self._distribution, seed, input_axes, output_axes)


_Fixed.__fields__ = {name: _Fixed.__fields__[name] for name in ("seed", "input_axes", "output_axes")}


class GlorotUniform(_Fixed):
    """Uniform, variance ``2 / (inputs + outputs)``. Glorot & Bengio, 2010."""

    _scale, _mode, _distribution = 1.0, "fan_avg", "uniform"


class GlorotNormal(_Fixed):
    """Truncated normal, variance ``2 / (inputs + outputs)``. Glorot & Bengio, 2010."""

    _scale, _mode, _distribution = 1.0, "fan_avg", "truncated_normal"


class HeUniform(_Fixed):
    """Uniform, variance ``2 / inputs``. He et al., 2015, arXiv:1502.01852."""

    _scale, _mode, _distribution = 2.0, "fan_in", "uniform"


class HeNormal(_Fixed):
    """Truncated normal, variance ``2 / inputs``. He et al., 2015, arXiv:1502.01852."""

    _scale, _mode, _distribution = 2.0, "fan_in", "truncated_normal"


class LecunUniform(_Fixed):
    """Uniform, variance ``1 / inputs``. LeCun et al., 1998, Efficient BackProp."""

    _scale, _mode, _distribution = 1.0, "fan_in", "uniform"


class LecunNormal(_Fixed):
    """Truncated normal, variance ``1 / inputs``. LeCun et al., 1998, Efficient BackProp."""

    _scale, _mode, _distribution = 1.0, "fan_in", "truncated_normal"


@fields
class Orthogonal(RandomInitializer):
    """``gain`` times a matrix of orthonormal rows or columns. Saxe et al., 2013, arXiv:1312.6120.

    Of a weight with more than two axes, all before the last count as one.

    Raises:
        ValueError: the shape has fewer than two axes.
    """

    gain: float = 1.0
    seed: Seed = None

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        if len(shape) < 2:
            raise ValueError(
                "The tensor to initialize must be at least two-dimensional. "
                f"Received: shape={tuple(shape)} of rank {len(shape)}."
            )
        rows, columns = math.prod(shape[:-1]), shape[-1]
        draws = random.normal((max(rows, columns), min(rows, columns)), seed=self.seed, dtype=dtype)
        if draws.device.type == "meta":
            return draws.new_empty(tuple(shape))
        # torch has no QR for 16-bit numbers
        q, r = torch.linalg.qr(draws if draws.dtype in (torch.float32, torch.float64) else draws.float())
        q = q * torch.sign(torch.diagonal(r))  # makes the distribution uniform
        return self.gain * (q if rows >= columns else q.T).reshape(tuple(shape)).to(draws.dtype)
