"""How TensorFlow's seeds become torch's: the global one, one of a call, and those of stateless functions."""

import random
from typing import Any

import torch

from torchkeras._tensorflow._rows import own
from torchkeras.ops._op import tensor
from torchkeras.random import SeedGenerator

# the seed given in a call -> what goes on from call to call
_OF_CALLS: dict[int, SeedGenerator] = {}


@own
def set_seed(seed: Any) -> None:
    """Begin the random numbers of this process anew. They are torch's: TensorFlow's own are others.

    Args:
        seed: an integer. NumPy's numbers stay as they are. Python's begin anew too, since initializers seed
            themselves from them, and TensorFlow's global seed repeats the weights of a model.
    """
    torch.manual_seed(int(seed))
    random.seed(int(seed))
    _OF_CALLS.clear()


def seed_for(seed: Any) -> Any:
    """The seed of one call: from call to call with the same one the numbers go on, as in TensorFlow."""
    if seed is None or isinstance(seed, SeedGenerator):
        return seed
    if int(seed) not in _OF_CALLS:
        _OF_CALLS[int(seed)] = SeedGenerator(int(seed))
    return _OF_CALLS[int(seed)]


def stateless(seed: Any) -> int:
    """One number for a pair of seeds: the same numbers each time."""
    first, second = (int(part) for part in tensor(seed).reshape(-1)[:2].tolist())
    return (first * 0x9E3779B1 + second * 0x85EBCA77 + 1) % (2**31 - 1)
