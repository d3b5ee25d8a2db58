"""Window functions: ``n -> (n,)``, symmetric (torch's are periodic by default)."""

from typing import Any

import torch
from torch import Tensor

from torchkeras import _settings
from torchkeras._dtypes import to_torch_dtype
from torchkeras.ops._op import Op, op, publish


def _window(function: Op) -> Op:
    def compute(x: Any) -> Tensor:
        return function(int(x), periodic=False, dtype=to_torch_dtype(None), device=_settings.device())

    compute.__doc__ = f"``torch.{function.__name__}`` with `x` points, symmetric."
    return op(compute)


# Renames

bartlett = _window(torch.bartlett_window)
blackman = _window(torch.blackman_window)
hamming = _window(torch.hamming_window)
hanning = _window(torch.hann_window)

# Own


@op
def kaiser(x: Any, beta: float) -> Tensor:
    """The Kaiser window of `x` points; the larger `beta`, the narrower."""
    return torch.kaiser_window(int(x), False, float(beta), dtype=to_torch_dtype(None), device=_settings.device())


publish(globals())
