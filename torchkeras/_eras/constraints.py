"""What ``keras.constraints`` had until Keras 2."""

from typing import Any

import torch
from torch import Tensor

from torchkeras import constraints
from torchkeras._eras._marks import legacy, old_name
from torchkeras.ops._op import tensor

__all__ = ["RadialConstraint", "maxnorm", "minmaxnorm", "nonneg", "radial_constraint", "unitnorm"]


@old_name("constraints.maxnorm", "constraints.MaxNorm")
def maxnorm(max_value: float = 2, axis: Any = 0, m: float | None = None) -> Any:
    """:class:`MaxNorm`; Keras 1 calls the largest length `m`."""
    return constraints.MaxNorm(max_value if m is None else m, axis)


@old_name("constraints.nonneg", "constraints.NonNeg")
def nonneg() -> Any:
    """:class:`NonNeg`."""
    return constraints.NonNeg()


@old_name("constraints.unitnorm", "constraints.UnitNorm")
def unitnorm(axis: Any = 0) -> Any:
    """:class:`UnitNorm`."""
    return constraints.UnitNorm(axis)


@old_name("constraints.minmaxnorm", "constraints.MinMaxNorm")
def minmaxnorm(*args: Any, **kwargs: Any) -> Any:
    """:class:`MinMaxNorm`."""
    return constraints.MinMaxNorm(*args, **kwargs)


@legacy("constraints")
class RadialConstraint(constraints.Constraint):
    """Kernels of convolutions ``(h, w, c, filters)`` become the same in all directions from their middle.

    Each ring of places around the middle gets the value of one place on the diagonal, the one that Keras takes.
    """

    def __call__(self, w: Any) -> Tensor:
        w = tensor(w)
        if w.ndim != 4:
            raise ValueError(f"RadialConstraint: expected a kernel of rank 4, got shape {tuple(w.shape)}.")
        side = w.shape[0]
        if w.shape[1] != side:
            raise ValueError(f"RadialConstraint: expected a kernel as wide as high, got shape {tuple(w.shape)}.")
        places, half = torch.arange(side), side // 2
        to_edge = torch.minimum(places, side - 1 - places)
        ring = (side - 1) // 2 - torch.minimum(to_edge[:, None], to_edge[None, :])  # (h, w), 0 in the middle
        source = half - 1 + ring if side % 2 else torch.where(ring == 0, half - 1, half + ring)
        return w[source, source]


radial_constraint = RadialConstraint
