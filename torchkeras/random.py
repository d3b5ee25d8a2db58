"""Random numbers: ``keras.random``.

Without a seed they come from torch's global generator, which ``keras.utils.set_random_seed`` seeds. An
integer gives the same numbers at every call, and the numbers that Keras gives on torch's CPU; a
:class:`SeedGenerator` gives other numbers at every call.
"""

import random as _python_random
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras import _drawing, _ranks, _registry, _settings
from torchkeras._dtypes import is_float_dtype, is_int_dtype, standardize_dtype, to_torch_dtype
from torchkeras._errors import brief
from torchkeras._variable import Variable
from torchkeras.ops._op import op, tensor

__all__ = ["SeedGenerator", "beta", "binomial", "categorical", "dropout", "gamma", "normal", "randint", "shuffle"]
__all__ += ["truncated_normal", "uniform"]


def make_default_seed() -> int:
    """A new seed from Python's generator, as every initializer without a seed takes one."""
    return _python_random.randint(1, int(1e9))


def set_seed(seed: int) -> None:
    """Seed Python's, NumPy's and torch's generators."""
    _python_random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


class SeedGenerator:
    """A stream of seeds, the state of which is a variable, so that it is saved with a model.

    Args:
        seed: where the stream starts; a random place if not given.
        name: the name; automatic if not given.
    """

    def __init__(self, seed: int | None = None, name: str | None = None, **kwargs: Any) -> None:
        for extra in kwargs:
            raise ValueError(f"SeedGenerator: Unrecognized keyword arguments: {extra}={brief(kwargs[extra])}.")
        self.name = name or _registry.auto_name("seed_generator")
        seed = make_default_seed() if seed is None else seed
        if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
            raise ValueError(f"Argument `seed` must be an integer. Received: seed={brief(seed)}")
        self.seed = int(seed)
        start = np.array([_folded(self.seed), 0], dtype=np.uint32).view(np.int32)
        self.state = Variable(start, trainable=False, name="seed_generator_state")
        self.state._tensor = torch.from_numpy(start)  # on the host, where it is read: no draw waits for the device
        self.state.path = f"{self.name}/seed_generator_state"

    def next(self, ordered: bool = True) -> Tensor:
        """The next seed, two integers; the stream moves on by one."""
        with torch.no_grad():
            state = self.state.tensor
            seed = state.clone()
            state[1] += 1
        return seed

    def get_config(self) -> dict[str, Any]:
        return {"seed": self.seed, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "SeedGenerator":
        return cls(**config)


def reset() -> None:
    """What ``clear_session`` resets here: nothing, as torch's own generator is the global one."""


def _folded(seed: int) -> int:
    return seed % 2**32  # Keras keeps 32 bits of a seed


def generator(seed: Any, device: torch.device) -> torch.Generator | None:
    """Torch's generator for a seed: an integer, a pair of them, a SeedGenerator, or None for the global one."""
    if seed is None or device.type == "meta":
        return None
    if isinstance(seed, SeedGenerator):
        seed = seed.next()
        if _ranks.share is not None:  # the ranks have streams of one seed, and draw for other rows
            seed[0] += 1_000_003 * _ranks.rank()
    if isinstance(seed, Variable):
        seed = seed.value
    if isinstance(seed, (Tensor, np.ndarray, list, tuple)):
        seed = int(np.sum(seed.tolist() if hasattr(seed, "tolist") else seed))
    elif isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise ValueError(
            "Argument `seed` must be either an integer, a pair of integers or an instance of `SeedGenerator`. "
            f"Received: seed={brief(seed)} (of type {type(seed)})"
        )
    return torch.Generator(device).manual_seed(_folded(int(seed)))


def noise(shape: Any, seed: Any, dtype: torch.dtype, device: torch.device, normal: bool = False) -> Tensor:
    """Numbers spread evenly over [0, 1), or normal ones; `seed` as for :func:`generator`. Also in compiled graphs."""
    if torch.compiler.is_compiling() and isinstance(seed, SeedGenerator):
        drawn: Tensor = _drawing.in_graph(seed.state.tensor, shape, normal, dtype, device)
        return drawn
    out = torch.empty(shape, dtype=dtype, device=device)
    source = generator(seed, device)
    return out.normal_(generator=source) if normal else out.uniform_(generator=source)


def _float(dtype: Any, name: str) -> torch.dtype:
    found = standardize_dtype(dtype)
    if not is_float_dtype(found):
        raise ValueError(f"`keras.random.{name}` requires a floating point `dtype`. Received: dtype={dtype}")
    return to_torch_dtype(found)


def _empty(shape: Any, dtype: torch.dtype) -> Tensor:
    return torch.empty(tuple(int(size) for size in shape), dtype=dtype, device=_settings.device())


def _like(value: Any, out: Tensor) -> Tensor:
    return tensor(value).to(out.device, out.dtype)


def _scale(value: Any, out: Tensor) -> Any:
    return value if isinstance(value, (float, int)) else _like(value, out)


def normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Normally distributed numbers of the given mean and standard deviation: ``-> shape``."""
    out = _empty(shape, _float(dtype, "normal"))
    out.normal_(generator=generator(seed, out.device))
    return out.mul_(_scale(stddev, out)).add_(_scale(mean, out))


def uniform(shape: Any, minval: Any = 0.0, maxval: Any = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Numbers spread evenly over ``[minval, maxval)``: ``-> shape``."""
    out = _empty(shape, _float(dtype, "uniform"))
    out.uniform_(generator=generator(seed, out.device))
    low, high = _scale(minval, out), _scale(maxval, out)
    return out.mul_(high - low).add_(low)


def truncated_normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Like :func:`normal`, with what lies beyond two standard deviations drawn anew: ``-> shape``."""
    wanted = _float(dtype, "truncated_normal")
    # four draws for each number; the first good one is taken
    draws = normal((*shape, 4), dtype=standardize_dtype(wanted), seed=seed)
    chosen = draws[..., 0].contiguous()
    if not draws.is_meta:
        _redraw(chosen.view(-1), draws.view(-1, 4))
    return chosen.mul_(_scale(stddev, chosen)).add_(_scale(mean, chosen))


def _redraw(chosen: Tensor, draws: Tensor) -> None:
    """Replace in place the few numbers beyond two deviations by the next draw that is not."""
    far = (chosen.abs() >= 2).nonzero().squeeze(1)
    others = draws[far]
    good = (others.abs() < 2).max(-1, keepdim=True).indices
    chosen[far] = others.gather(-1, good).squeeze(-1)


def randint(shape: Any, minval: Any, maxval: Any, dtype: Any = "int32", seed: Any = None) -> Tensor:
    """Integers spread evenly over ``minval ... maxval - 1``: ``-> shape``."""
    name = standardize_dtype(dtype)
    if not is_int_dtype(name):
        raise ValueError(f"`keras.random.randint` requires an integer `dtype`. Received: dtype={dtype}")
    device = _settings.device()
    size = tuple(int(n) for n in shape)
    draws = torch.randint(int(minval), int(maxval), size, generator=generator(seed, device), device=device)
    return draws.to(to_torch_dtype(name))


def categorical(logits: Any, num_samples: int, dtype: Any = "int32", seed: Any = None) -> Tensor:
    """Class numbers, drawn with the probabilities ``softmax(logits)``: ``(b, classes) -> (b, num_samples)``."""
    logits = tensor(logits)
    if logits.ndim != 2:
        raise ValueError(
            f"`logits` should be a 2-D tensor with shape [batch_size, num_classes]. Received: logits={brief(logits)}"
        )
    probabilities = torch.softmax(logits, -1)
    draws = torch.multinomial(probabilities, num_samples, replacement=True, generator=generator(seed, logits.device))
    return draws.to(to_torch_dtype(dtype))


def gamma(shape: Any, alpha: Any, dtype: Any = None, seed: Any = None) -> Tensor:
    """Numbers of the gamma distribution with shape parameter `alpha` and rate 1: ``-> shape``."""
    out = _empty(shape, _float(dtype, "gamma"))
    return _gamma(_like(alpha, out).expand(out.shape), generator(seed, out.device))


def _gamma(alpha: Tensor, source: torch.Generator | None) -> Tensor:
    # torch has a kernel for it but no function that takes a generator
    return torch._standard_gamma(_computable(alpha), generator=source).to(alpha.dtype)


def _computable(x: Tensor) -> Tensor:
    """`x` in a dtype for which torch has the rarer kernels: not 16 bits."""
    return (x if x.dtype in (torch.float32, torch.float64) else x.float()).contiguous()


def beta(shape: Any, alpha: Any, beta: Any, dtype: Any = None, seed: Any = None) -> Tensor:
    """Numbers of the beta distribution: ``-> shape``."""
    out = _empty(shape, _float(dtype, "beta"))
    pairs = torch.stack([_like(value, out).expand(out.shape) for value in (alpha, beta)], -1)
    # torch has a kernel for the distribution of several shares, but no function that takes a generator
    shares = torch._sample_dirichlet(_computable(pairs), generator=generator(seed, out.device))
    return shares[..., 0].to(out.dtype)


def binomial(shape: Any, counts: Any, probabilities: Any, dtype: Any = None, seed: Any = None) -> Tensor:
    """How many of `counts` tries succeed, each with the given probability: ``-> shape``."""
    out = _empty(shape, _float(dtype, "binomial"))
    tries, chance = (_computable(_like(value, out).expand(out.shape)) for value in (counts, probabilities))
    return torch.binomial(tries, chance, generator=generator(seed, out.device)).to(out.dtype)


@op
def dropout(inputs: Any, rate: float, noise_shape: Any = None, seed: Any = None) -> Any:
    """`inputs` with a share `rate` of the numbers 0 and the rest scaled up, so that the sum stays the same on average.

    `noise_shape` is the shape of the random mask; a size of 1 or None there repeats it, or is the size of `inputs`.
    """
    inputs = tensor(inputs)
    if noise_shape is None and seed is None:
        return F.dropout(inputs, rate)
    sizes = inputs.shape if noise_shape is None else [n or size for n, size in zip(noise_shape, inputs.shape)]
    draws = noise(tuple(sizes), seed, torch.get_default_dtype(), inputs.device)
    return inputs * (draws < 1 - rate) * (1 / (1 - rate) if rate < 1 else 0.0)


@op
def shuffle(x: Any, axis: int = 0, seed: Any = None) -> Any:
    """`x` with the slices along `axis` in random order: ``(…) -> (…)``.

    The axes before `axis` count as a batch: each of its entries gets an order of its own.
    """
    x = tensor(x)
    axis = axis % x.ndim
    draws = torch.rand(x.shape[: axis + 1], generator=generator(seed, x.device), device=x.device)
    order = draws.argsort(axis)
    return x.gather(axis, order.view(order.shape + (1,) * (x.ndim - axis - 1)).expand(x.shape))


_registry.catalogue("random", SeedGenerator)
