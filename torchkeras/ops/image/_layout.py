"""What the image ops share: images as ``(batch, channels, height, width)``, and back."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras.ops._op import tensor
from torchkeras.ops.nn._convolution import channels_last


def as_batch(images: Any, data_format: str | None, owner: str) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
    """The images as a batch with channels first, and the function that undoes this for the result."""
    images, last = tensor(images), channels_last(data_format, owner)
    if images.ndim not in (3, 4):
        raise ValueError(
            f"{owner}: Invalid images rank: expected rank 3 (single image) or rank 4 (batch of images), got shape "
            f"{tuple(images.shape)}."
        )
    single = images.ndim == 3
    batch = images[None] if single else images

    def undo(result: Tensor) -> Tensor:
        result = torch.movedim(result, 1, -1) if last else result
        return result[0] if single else result

    return torch.movedim(batch, -1, 1) if last else batch, undo


def in_float(x: Tensor) -> Tensor:
    """Integers as float32, in which they are computed."""
    return x if x.dtype.is_floating_point else x.float()


def back_to(x: Tensor, dtype: torch.dtype) -> Tensor:
    """`x` in `dtype`: integers are rounded, and kept in their range."""
    if dtype.is_floating_point:
        return x.to(dtype)
    limits = torch.iinfo(dtype)
    return torch.clamp(torch.round(x), limits.min, limits.max).to(dtype)
