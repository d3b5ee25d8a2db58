"""Random tensors and variables.

A seed starts a stream, as in TensorFlow: the same call draws other numbers each time, and a run can be repeated.
"""

from typing import Any

import torch
from torch import Tensor

from torchkeras import _settings, random
from torchkeras._dtypes import is_float_dtype
from torchkeras._eras.backend._creation import variable
from torchkeras._eras.backend._sizes import numbers
from torchkeras._eras.backend._spellings import renamed
from torchkeras.ops._op import op

_streams: dict[Any, random.SeedGenerator] = {}


def _stream(seed: Any) -> Any:
    """The stream that a number starts, the same one each time."""
    if not isinstance(seed, int):
        return seed
    if seed not in _streams:
        _streams[seed] = random.SeedGenerator(seed)
    return _streams[seed]


def restart() -> None:
    """Let every seed start its stream anew."""
    _streams.clear()


@renamed(std="stddev")
def random_normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Normally distributed numbers: ``-> shape``."""
    return _normal(shape, mean, stddev, dtype, seed)


@op
def _normal(shape: Any, mean: Any, stddev: Any, dtype: Any, seed: Any) -> Tensor:
    return random.normal(numbers(shape), mean, stddev, dtype, _stream(seed))


@renamed(std="stddev")
def truncated_normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Normally distributed numbers within two standard deviations: ``-> shape``."""
    return _truncated(shape, mean, stddev, dtype, seed)


@op
def _truncated(shape: Any, mean: Any, stddev: Any, dtype: Any, seed: Any) -> Tensor:
    return random.truncated_normal(numbers(shape), mean, stddev, dtype, _stream(seed))


@renamed(low="minval", high="maxval")
def random_uniform(shape: Any, minval: Any = 0.0, maxval: Any = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Numbers spread evenly over ``[minval, maxval)``; whole ones for an integer `dtype`: ``-> shape``."""
    return _uniform(shape, minval, maxval, dtype or _settings.floatx, seed)


@op
def _uniform(shape: Any, minval: Any, maxval: Any, dtype: Any, seed: Any) -> Tensor:
    if is_float_dtype(dtype):
        return random.uniform(numbers(shape), minval, maxval, dtype, _stream(seed))
    return random.randint(numbers(shape), minval, maxval, dtype, _stream(seed))


def random_bernoulli(shape: Any, p: Any = 0.0, dtype: Any = None, seed: Any = None) -> Any:
    """1 with probability `p`, else 0: ``-> shape``."""
    return _bernoulli(shape, p, dtype or _settings.floatx, seed)


random_binomial = random_bernoulli


@op
def _bernoulli(shape: Any, p: Any, dtype: Any, seed: Any) -> Tensor:
    draws = random.uniform(numbers(shape), seed=_stream(seed))
    return (draws < p).to(getattr(torch, dtype) if isinstance(dtype, str) else dtype)


def dropout(x: Any, level: float, noise_shape: Any = None, seed: Any = None) -> Any:
    """`x` with a share `level` of its numbers 0 and the rest scaled up, always: see :func:`in_train_phase`."""
    return random.dropout(x, level, noise_shape, _stream(seed))


def random_uniform_variable(
    shape: Any, low: float, high: float, dtype: Any = None, name: str | None = None, seed: Any = None
) -> Any:
    """A variable whose first values are spread evenly over ``[low, high)``."""
    return variable(random_uniform(shape, low, high, dtype, seed), dtype, name)


def random_normal_variable(
    shape: Any, mean: float, scale: float, dtype: Any = None, name: str | None = None, seed: Any = None
) -> Any:
    """A variable whose first values are normally distributed with standard deviation `scale`."""
    return variable(random_normal(shape, mean, scale, dtype, seed), dtype, name)


__all__ = ["dropout", "random_bernoulli", "random_binomial", "random_normal", "random_normal_variable"]
__all__ += ["random_uniform", "random_uniform_variable", "truncated_normal"]
