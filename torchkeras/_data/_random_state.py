"""A look at the data that leaves every random number where it was."""

import contextlib
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch


@contextlib.contextmanager
def random_state_kept(loader: Any = None) -> Iterator[None]:
    """Within this, draws from the global generators of Python, NumPy and torch, and a loader's own, do not count."""
    own = [(generator, generator.get_state()) for generator in generators(loader)]
    python, numpy, host = random.getstate(), np.random.get_state(), torch.get_rng_state()
    devices = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
        torch.set_rng_state(host)
        if devices:
            torch.cuda.set_rng_state_all(devices)
        for generator, state in own:
            generator.set_state(state)


def generators(loader: Any) -> list[torch.Generator]:
    """The generators that a ``DataLoader`` and its samplers were given."""
    sampler = getattr(loader, "sampler", None)
    inner = getattr(getattr(loader, "batch_sampler", None), "sampler", None)
    found = [getattr(holder, "generator", None) for holder in (loader, sampler, inner)]
    return list({id(each): each for each in found if isinstance(each, torch.Generator)}.values())
