"""Images as functions want them: in floating point, with axes in torch's order."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras.ops._op import tensor


def images(value: Any, name: str) -> Tensor:
    """An image or a batch of them as a tensor.

    Raises:
        ValueError: neither three nor four axes.
    """
    x = tensor(value)
    if x.ndim not in (3, 4):
        raise ValueError(f"tf.image.{name}: expected (h, w, c) or (b, h, w, c), got shape {tuple(x.shape)}.")
    return x


def as_float(x: Tensor) -> Tensor:
    """Values as float32: integers from 0 to their largest become 0 to 1."""
    return x if x.is_floating_point() else x.float() / torch.iinfo(x.dtype).max


def to_dtype(x: Tensor, dtype: torch.dtype, saturate: bool = False) -> Tensor:
    """Values in another dtype, in the range that it means: 0 to 1 in floating point, 0 to the largest integer else."""
    if x.dtype is dtype:
        return x
    if dtype.is_floating_point:
        return x.to(dtype) if x.is_floating_point() else x.to(dtype) / torch.iinfo(x.dtype).max
    most = torch.iinfo(dtype).max
    if x.is_floating_point():
        scaled = x * (most + 0.5)
        return (scaled.clamp(torch.iinfo(dtype).min, most) if saturate else scaled).to(dtype)
    of = torch.iinfo(x.dtype).max
    if of > most:
        scaled = x // ((of + 1) // (most + 1))
        return (scaled.clamp(max=most) if saturate else scaled).to(dtype)
    return x.to(dtype) * ((most + 1) // (of + 1))


def in_float(function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """What a function makes of the values in floating point, in the dtype that they came in."""
    return to_dtype(function(as_float(x)), x.dtype, saturate=True)


def batched(function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """What a function of ``(b, c, h, w)`` makes of images ``(..., h, w, c)``."""
    single = x.ndim == 3
    out = function((x[None] if single else x).permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
    return out[0] if single else out
