"""``tf.random``: random tensors, and in random order. The numbers are torch's, not TensorFlow's."""

import builtins
import types
from typing import Any

import torch
from torch import Tensor

from torchkeras import _settings, random
from torchkeras._dtypes import standardize_dtype
from torchkeras._tensorflow import _refused, _sizes
from torchkeras._tensorflow._dtypes import as_dtype
from torchkeras._tensorflow._generator import Generator as Generator
from torchkeras._tensorflow._generator import get_global_generator as get_global_generator
from torchkeras._tensorflow._generator import set_global_generator as set_global_generator
from torchkeras._tensorflow._moving import moving
from torchkeras._tensorflow._random_seeds import seed_for, stateless
from torchkeras._tensorflow._random_seeds import set_seed as set_seed
from torchkeras._tensorflow._rows import own, own_op, publish
from torchkeras.ops._op import tensor

# Own


@own
def normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = torch.float32, seed: Any = None) -> Tensor:
    """Normally distributed numbers: ``-> shape``."""
    return _sizes.shaped(random.normal, shape, mean, stddev, as_dtype(dtype), seed_for(seed))


@own
def truncated_normal(
    shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = torch.float32, seed: Any = None
) -> Tensor:
    """:func:`normal`, with what lies beyond two standard deviations drawn anew."""
    return _sizes.shaped(random.truncated_normal, shape, mean, stddev, as_dtype(dtype), seed_for(seed))


@own
def uniform(shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = torch.float32, seed: Any = None) -> Tensor:
    """Numbers spread evenly over ``[minval, maxval)``, by default up to 1; of an integer dtype, whole numbers."""
    return _sizes.shaped(_uniform, shape, minval, maxval, as_dtype(dtype), seed_for(seed))


def _uniform(shape: Any, low: Any, high: Any, dtype: Any, seed: Any) -> Tensor:
    if dtype.is_floating_point:
        return random.uniform(shape, low, 1.0 if high is None else high, dtype, seed)
    if high is None:
        raise ValueError(f"random.uniform: of the integer dtype {standardize_dtype(dtype)} it needs `maxval`.")
    return random.randint(shape, low, high, dtype, seed)


@own
def gamma(shape: Any, alpha: Any, beta: Any = None, dtype: Any = torch.float32, seed: Any = None) -> Tensor:
    """Numbers of gamma distributions for each `alpha` and rate `beta` (1): ``-> (*shape, *alpha.shape)``."""
    alpha = tensor(alpha, as_dtype(dtype))
    rate = tensor(1.0 if beta is None else beta, as_dtype(dtype))
    size = (*_sizes.static(shape), *torch.broadcast_shapes(alpha.shape, rate.shape))
    return random.gamma(size, alpha, as_dtype(dtype), seed_for(seed)) / rate


@own
def poisson(shape: Any, lam: Any, dtype: Any = torch.float32, seed: Any = None) -> Tensor:
    """Numbers of Poisson distributions for each mean `lam`: ``-> (*shape, *lam.shape)``."""
    rate = tensor(lam, torch.float32)
    source = random.generator(seed_for(seed), rate.device) if seed is not None else None
    return torch.poisson(rate.expand(*_sizes.static(shape), *rate.shape), source).to(as_dtype(dtype))


@own
def categorical(logits: Any, num_samples: Any, dtype: Any = None, seed: Any = None) -> Tensor:
    """Class numbers, drawn with the probabilities ``softmax(logits)``: ``(b, classes) -> (b, num_samples)``."""
    wanted = torch.int64 if dtype is None else as_dtype(dtype)
    return random.categorical(logits, int(num_samples), wanted, seed_for(seed))


multinomial = categorical


@moving
@own_op
def shuffle(value: Any, seed: Any = None) -> Tensor:
    """The slices along the first axis in random order."""
    return random.shuffle(value, 0, seed_for(seed))


# With a seed that gives the same numbers each time.


@own
def stateless_normal(
    shape: Any, seed: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = torch.float32, alg: Any = None
) -> Tensor:
    """:func:`normal`, the same each time for a pair of seeds."""
    return _sizes.shaped(random.normal, shape, mean, stddev, as_dtype(dtype), stateless(seed))


@own
def stateless_truncated_normal(
    shape: Any, seed: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = torch.float32, alg: Any = None
) -> Tensor:
    """:func:`truncated_normal`, the same each time for a pair of seeds."""
    return _sizes.shaped(random.truncated_normal, shape, mean, stddev, as_dtype(dtype), stateless(seed))


@own
def stateless_uniform(
    shape: Any, seed: Any, minval: Any = 0, maxval: Any = None, dtype: Any = torch.float32, alg: Any = None
) -> Tensor:
    """:func:`uniform`, the same each time for a pair of seeds."""
    return _sizes.shaped(_uniform, shape, minval, maxval, as_dtype(dtype), stateless(seed))


@own
def stateless_categorical(logits: Any, num_samples: Any, seed: Any, dtype: Any = torch.int64) -> Tensor:
    """:func:`categorical`, the same each time for a pair of seeds."""
    return random.categorical(logits, int(num_samples), as_dtype(dtype), stateless(seed))


@own
def split(seed: Any, num: int = 2, alg: Any = None) -> Tensor:
    """`num` new pairs of seeds out of one: ``(2,) -> (num, 2)``."""
    source = torch.Generator().manual_seed(stateless(seed))
    return torch.randint(-(2**31), 2**31 - 1, (int(num), 2), generator=source, dtype=torch.int32)


@own
def fold_in(seed: Any, data: Any, alg: Any = None) -> Tensor:
    """A new pair of seeds out of one and a number."""
    return split([stateless(seed), int(data)], 1)[0]


@own
def log_uniform_candidate_sampler(
    true_classes: Any, num_true: int, num_sampled: int, unique: bool, range_max: int, seed: Any = None, name: Any = None
) -> builtins.tuple[Tensor, Tensor, Tensor]:
    """Classes drawn by the log-uniform (Zipf) distribution, as word2vec takes its negative samples.

    Returns:
        The classes ``(num_sampled,)``, and how often one expects the true ones and the drawn ones.
    """
    classes = torch.arange(range_max, dtype=torch.float64)
    shares = (torch.log((classes + 2) / (classes + 1)) / torch.log(torch.tensor(range_max + 1.0))).float()
    source = None if seed is None else random.generator(seed_for(seed), shares.device)
    drawn = torch.multinomial(shares, int(num_sampled), replacement=not unique, generator=source)
    expected = 1 - (1 - shares) ** num_sampled if unique else shares * num_sampled
    found = drawn, expected[tensor(true_classes).long().cpu()], expected[drawn]
    return found[0].to(_settings.device()), found[1].to(_settings.device()), found[2].to(_settings.device())


experimental = types.SimpleNamespace(
    Generator=Generator, get_global_generator=get_global_generator, set_global_generator=set_global_generator
)

publish(globals(), "Generator", "experimental", "get_global_generator", "set_global_generator", "set_seed")
__getattr__ = _refused.lookup("tf.random", globals())
