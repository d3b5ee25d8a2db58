"""The states of random generators, as plain values and tensors, and how to put them back."""

import contextlib
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from torchkeras import _ranks


def random_states() -> dict[str, Any]:
    """Those of Python, NumPy, torch on the host and torch on every CUDA device in use."""
    version, words, gauss = random.getstate()
    name, key, place, has_gauss, cached = np.random.get_state(legacy=True)
    return {
        "python": {"version": version, "words": np.array(words, "uint32"), "gauss": gauss},
        "numpy": {"name": name, "key": key, "place": place, "has_gauss": has_gauss, "cached": cached},
        "torch": torch.get_rng_state(),
        "rank": _ranks.own_random,
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else [],
    }


def set_random_states(states: dict[str, Any]) -> None:
    """Put back what :func:`random_states` gave; devices that are not there any more are left out."""
    python, numpy = states["python"], states["numpy"]
    random.setstate((python["version"], tuple(map(int, python["words"])), python["gauss"]))
    np.random.set_state((numpy["name"], numpy["key"], numpy["place"], numpy["has_gauss"], numpy["cached"]))
    torch.set_rng_state(states["torch"])
    _ranks.own_random = states["rank"]
    for index, state in enumerate(states["cuda"][: torch.cuda.device_count()]):
        torch.cuda.set_rng_state(state, index)


def loader_states(loader: Any) -> list[torch.Tensor]:
    """The states of the generators that a ``DataLoader`` and its samplers were given."""
    return [generator.get_state() for generator in generators(loader)]


def set_loader_states(loader: Any, states: list[torch.Tensor]) -> None:
    """Put back what :func:`loader_states` gave."""
    for generator, state in zip(generators(loader), states):
        generator.set_state(state)


def generators(loader: Any) -> list[torch.Generator]:
    """The generators that a ``DataLoader`` and its samplers, or the steps of a pipeline, were given."""
    if hasattr(loader, "_generators"):
        return list(loader._generators)
    sampler = getattr(loader, "sampler", None)
    inner = getattr(getattr(loader, "batch_sampler", None), "sampler", None)
    found = [getattr(holder, "generator", None) for holder in (loader, sampler, inner)]
    return list({id(each): each for each in found if isinstance(each, torch.Generator)}.values())


@contextlib.contextmanager
def random_state_kept(loader: Any = None) -> Iterator[None]:
    """Within this, draws from the global generators of Python, NumPy and torch, and a loader's own, do not count."""
    states, own = random_states(), loader_states(loader)
    try:
        yield
    finally:
        set_random_states(states)
        set_loader_states(loader, own)
