"""Filters over neighbouring pixels."""

import functools
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras._shapes import normalize_tuple
from torchkeras.ops._op import op, publish, tensors
from torchkeras.ops.image._layout import as_batch, in_float

# Own


def _window(size: int, sigma: float, like: Tensor) -> Tensor:
    """`size` weights of a normal distribution, of sum 1."""
    offsets = torch.arange(size, dtype=like.dtype, device=like.device) - (size - 1) / 2
    weights = torch.exp(-(offsets**2) / (2 * sigma**2))
    return weights / weights.sum()


def _filtered(x: Tensor, kernels: Tensor, padding: Any = 0) -> Tensor:
    """Each channel with each of the ``(n, h, w)`` kernels: ``(b, c, h, w) -> (b, c, n, h', w')``."""
    batch, channels = x.shape[:2]
    found = F.conv2d(x.reshape(-1, 1, *x.shape[2:]), kernels[:, None], padding=padding)
    return found.reshape(batch, channels, *found.shape[1:])


@op
def gaussian_blur(
    images: Any, kernel_size: Any = (3, 3), sigma: Any = (1.0, 1.0), data_format: str | None = None
) -> Tensor:
    """The mean of the neighbours, weighted by a normal distribution; outside the image is 0.

    Args:
        images: one image or a batch.
        kernel_size: height and width of the neighbourhood, in pixels.
        sigma: the standard deviations along height and width, in pixels.
        data_format: ``"channels_last"`` or ``"channels_first"``.
    """
    images, undo = as_batch(images, data_format, "gaussian_blur")
    x = in_float(images)
    sizes = normalize_tuple(kernel_size, 2, "kernel_size")
    spread = (sigma, sigma) if isinstance(sigma, int | float) else tuple(float(item) for item in sigma)
    kernel = torch.outer(*[_window(size, width, x) for size, width in zip(sizes, spread, strict=True)])
    pads = [amount for size in reversed(sizes) for amount in ((size - 1) // 2, size // 2)]
    return undo(_filtered(F.pad(x, pads), kernel[None])[:, :, 0].to(images.dtype))


@op
def sobel_edges(images: Any, data_format: str | None = None) -> Tensor:
    """The changes along height and width, as a new last axis of size 2; outside the image is 0."""
    images, undo = as_batch(images, data_format, "sobel_edges")
    x = in_float(images)
    down = torch.tensor([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], dtype=x.dtype, device=x.device)
    edges = _filtered(x, torch.stack([down, down.T]), padding=1)  # (b, c, 2, h, w)
    return torch.stack([undo(edges[:, :, axis]) for axis in range(2)], -1)


@op
def ssim(
    image1: Any,
    image2: Any,
    max_val: float = 1.0,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    data_format: str | None = None,
) -> Tensor:
    """The structural similarity of images, at most 1 (Wang et al., 2004): a number for each image of a batch.

    Args:
        image1: one image or a batch.
        image2: as many.
        max_val: the largest possible value of a pixel.
        filter_size: height and width of the neighbourhoods compared, in pixels.
        filter_sigma: the standard deviation of their weights.
        k1, k2: keep the fractions finite.
        data_format: ``"channels_last"`` or ``"channels_first"``.
    """
    first, _ = as_batch(image1, data_format, "ssim")
    second, _ = as_batch(image2, data_format, "ssim")
    if first.shape != second.shape:
        raise ValueError(f"ssim: the shapes differ: {tuple(first.shape)} and {tuple(second.shape)}.")
    x, y = tensors((in_float(first), in_float(second)))
    line = _window(filter_size, filter_sigma, x)
    mean = functools.partial(_filtered, kernels=torch.outer(line, line)[None])
    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    mx, my = mean(x), mean(y)
    luminance = (2 * mx * my + c1) / (mx**2 + my**2 + c1)
    covariance, variances = mean(x * y) - mx * my, mean(x * x) - mx**2 + mean(y * y) - my**2
    similarity = luminance * (2 * covariance + c2) / (variances + c2)
    found = torch.mean(similarity, (1, 2, 3, 4))
    return found[0] if getattr(image1, "ndim", 4) == 3 else found


publish(globals())
