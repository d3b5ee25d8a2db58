"""``tf.random.Generator``: random numbers from a state of one's own."""

from typing import Any

import torch
from torch import Tensor

from torchkeras import random
from torchkeras._tensorflow import _sizes
from torchkeras._tensorflow._dtypes import as_dtype
from torchkeras.random import SeedGenerator, make_default_seed


class Generator:
    """Random numbers from a state of its own; :meth:`from_seed` makes one."""

    def __init__(self, copy_from: "Generator | None" = None, state: Any = None, alg: Any = None) -> None:
        seed = make_default_seed() if state is None else int(torch.as_tensor(state).reshape(-1)[0])
        self._seeds: SeedGenerator = SeedGenerator(seed if copy_from is None else copy_from._seeds.seed)
        if copy_from is not None:
            self._seeds.state.assign(copy_from._seeds.state)

    @classmethod
    def from_seed(cls, seed: Any, alg: Any = None) -> "Generator":
        """One that begins at an integer."""
        return cls(state=seed)

    @classmethod
    def from_non_deterministic_state(cls, alg: Any = None) -> "Generator":
        """One that begins at a random place."""
        return cls()

    @property
    def state(self) -> Any:
        """Where it is, as a variable."""
        return self._seeds.state

    def reset_from_seed(self, seed: Any) -> None:
        """Begin anew at `seed`."""
        self._seeds = SeedGenerator(int(seed))

    def normal(
        self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = torch.float32, name: Any = None
    ) -> Tensor:
        """Normally distributed numbers: ``-> shape``."""
        return random.normal(_sizes.static(shape), mean, stddev, as_dtype(dtype), self._seeds)

    def truncated_normal(
        self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = torch.float32, name: Any = None
    ) -> Tensor:
        """:meth:`normal`, with what lies beyond two standard deviations drawn anew."""
        return random.truncated_normal(_sizes.static(shape), mean, stddev, as_dtype(dtype), self._seeds)

    def uniform(
        self, shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = torch.float32, name: Any = None
    ) -> Tensor:
        """Numbers spread evenly over ``[minval, maxval)``; of an integer dtype, whole numbers."""
        wanted = as_dtype(dtype)
        if wanted.is_floating_point:
            return random.uniform(_sizes.static(shape), minval, 1.0 if maxval is None else maxval, wanted, self._seeds)
        return random.randint(_sizes.static(shape), minval, maxval, wanted, self._seeds)

    def make_seeds(self, count: int = 1) -> Tensor:
        """Pairs of seeds for stateless functions: ``-> (2, count)``."""
        return torch.stack([self._seeds.next().long() for _ in range(int(count))], 1)

    def split(self, count: int = 1) -> list["Generator"]:
        """New generators, each with numbers of its own."""
        return [Generator(state=seed) for seed in random.randint((int(count),), 0, 2**31 - 1, "int64", self._seeds)]


_global: list[Generator] = []


def get_global_generator() -> Generator:
    """The generator of this process."""
    if not _global:
        _global.append(Generator())
    return _global[0]


def set_global_generator(generator: Generator) -> None:
    """Let :func:`get_global_generator` give another one."""
    _global[:] = [generator]
