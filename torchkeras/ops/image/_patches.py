"""Patches of images and volumes."""

from typing import Any

import torch
from torch import Tensor

from torchkeras._shapes import normalize_tuple
from torchkeras.ops._op import op, publish, tensor
from torchkeras.ops.nn._convolution import channels_first, channels_last, check_padding, pad_spatial, same_padding

# Own


@op
def extract_patches(
    images: Any,
    size: Any,
    strides: Any = None,
    dilation_rate: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """Windows as vectors: ``(b, h, w, c) -> (b, h', w', kh * kw * c)``; with a `size` of three, of volumes.

    Args:
        images: one image (or volume), or a batch.
        size: height and width of a patch, in pixels.
        strides: from patch to patch; `size` by default.
        dilation_rate: the distance of the pixels within a patch.
        padding: ``"valid"``, or ``"same"``: zeros outside the image.
        data_format: ``"channels_last"`` or ``"channels_first"``.
    """
    n = 2 if isinstance(size, int) else len(size)
    return _patches(n, images, size, strides, dilation_rate, padding, data_format)


def extract_patches_3d(
    volumes: Any,
    size: Any,
    strides: Any = None,
    dilation_rate: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """:func:`extract_patches` of volumes: ``(b, d, h, w, c) -> (b, d', h', w', kd * kh * kw * c)``."""
    return extract_patches(volumes, normalize_tuple(size, 3, "size"), strides, dilation_rate, padding, data_format)


def _patches(
    n: int, images: Any, size: Any, strides: Any, dilation_rate: Any, padding: str, data_format: str | None
) -> Tensor:
    owner = "extract_patches"
    x, last = tensor(images), channels_last(data_format, owner)
    single = x.ndim == n + 1
    x = x[None] if single else x
    if x.ndim != n + 2:
        raise ValueError(f"{owner}: expected {n} axes of sizes between batch and channels, got shape {tuple(x.shape)}.")
    sizes, rates = normalize_tuple(size, n, "size"), normalize_tuple(dilation_rate, n, "dilation_rate")
    steps = sizes if strides is None else normalize_tuple(strides, n, "strides")
    reach = [(width - 1) * rate + 1 for width, rate in zip(sizes, rates, strict=True)]
    x = channels_first(x) if last else x
    if check_padding(padding, owner) == "same":
        x = pad_spatial(x, same_padding(x.shape[2:], reach, steps))
    for axis in range(n):  # (b, c, h', w', kh, kw)
        x = x.unfold(axis + 2, reach[axis], steps[axis])[..., :: rates[axis]]
    x = torch.movedim(x, 1, -1).flatten(n + 1)
    x = x if last else torch.movedim(x, -1, 1)
    return x[0] if single else x


publish(globals(), "extract_patches_3d")
