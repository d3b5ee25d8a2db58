"""Correlation, differences, integrals."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras.ops._op import floats, op, publish, tensor, tensors

# Own


@op
def corrcoef(x: Any) -> Tensor:
    """Pearson's correlations between the rows: ``(n, samples) -> (n, n)``."""
    x = floats(x)
    x = x - torch.mean(x, -1, keepdim=True)
    x = x / torch.linalg.vector_norm(x, dim=-1, keepdim=True)
    return torch.clamp(x @ x.mT, -1, 1) if x.ndim > 1 else torch.ones((), dtype=x.dtype, device=x.device)


@op
def correlate(x1: Any, x2: Any, mode: str = "valid") -> Tensor:
    """The sums of products of two 1-D tensors at each shift: ``"valid"``, ``"same"`` or ``"full"``."""
    if mode not in ("valid", "same", "full"):
        raise ValueError(f"correlate: `mode` must be 'valid', 'same' or 'full', got {mode!r}.")
    x1, x2 = tensors((x1, x2), floating=True)
    swapped = mode != "full" and len(x1) < len(x2)
    if swapped:
        x1, x2 = x2, x1
    margin = {"valid": 0, "same": None, "full": len(x2) - 1}[mode]
    before = (len(x2) // 2) if margin is None else margin
    after = (len(x2) - 1 - before) if margin is None else margin
    found = F.conv1d(F.pad(x1, (before, after))[None, None], x2[None, None].conj())[0, 0]
    return found.flip(0) if swapped else found


@op
def diff(a: Any, n: int = 1, axis: int = -1) -> Tensor:
    """The `n`-th differences of neighbours along `axis`."""
    return torch.diff(tensor(a), n, axis)


@op
def trapezoid(y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Tensor:
    """The integral of `y` along `axis` by the trapezoidal rule, at the places `x` or `dx` apart."""
    y = floats(y)
    return torch.trapezoid(y, dx=dx, dim=axis) if x is None else torch.trapezoid(y, tensor(x).to(y), dim=axis)


publish(globals())
