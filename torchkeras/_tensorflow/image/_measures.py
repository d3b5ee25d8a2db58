"""What can be measured of images, and of two of them."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras._tensorflow._rows import own_op, publish
from torchkeras._tensorflow.image._values import as_float, batched, images
from torchkeras.ops._op import tensor


def _in_range(x: Tensor, max_val: Any) -> tuple[Tensor, float]:
    """Values in floating point, with the largest one meant."""
    most = float(max_val)
    return as_float(x), most if x.is_floating_point() else most / torch.iinfo(x.dtype).max


@own_op
def psnr(a: Any, b: Any, max_val: Any) -> Any:
    """The peak signal-to-noise ratio of two images in decibels: ``(..., h, w, c) -> (...)``."""
    first, most = _in_range(tensor(a), max_val)
    second, _ = _in_range(tensor(b), max_val)
    error = (first - second).square().mean((-3, -2, -1))
    return 20 * torch.log10(torch.tensor(most, dtype=error.dtype, device=error.device)) - 10 * torch.log10(error)


@own_op
def ssim(
    img1: Any,
    img2: Any,
    max_val: Any,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    return_index_map: bool = False,
) -> Any:
    """The structural similarity of two images (Wang et al., 2004): ``(..., h, w, c) -> (...)``, 1 for the same.

    Raises:
        ValueError: the images are smaller than the filter.
    """
    found, _ = _similarity(img1, img2, max_val, filter_size, filter_sigma, k1, k2)
    return found.mean(1) if return_index_map else found.mean((-3, -2, -1))


def _similarity(
    img1: Any, img2: Any, max_val: Any, size: int, sigma: float, k1: float, k2: float
) -> tuple[Tensor, Tensor]:
    """Luminance times contrast, and contrast alone, at each place: ``(b, c, h', w')``."""
    first, most = _in_range(images(img1, "ssim"), max_val)
    second, _ = _in_range(images(img2, "ssim"), max_val)
    x, y = ((each if each.ndim == 4 else each[None]).permute(0, 3, 1, 2) for each in (first, second))
    if min(x.shape[-2:]) < size:
        raise ValueError(f"ssim: expected images of at least {size} x {size}, got {tuple(x.shape[-2:])}.")
    places = torch.arange(size, dtype=x.dtype, device=x.device) - (size - 1) / 2
    line = torch.softmax(-places.square() / (2 * sigma**2), 0)
    kernel = (line[:, None] * line).expand(x.shape[1], 1, size, size)

    def smooth(values: Tensor) -> Tensor:
        return F.conv2d(values, kernel, groups=x.shape[1])

    c1, c2 = (k1 * most) ** 2, (k2 * most) ** 2
    mean_x, mean_y = smooth(x), smooth(y)
    product = mean_x * mean_y * 2
    squares = mean_x.square() + mean_y.square()
    contrast = (2 * smooth(x * y) - product + c2) / (smooth(x.square() + y.square()) - squares + c2)
    made = (product + c1) / (squares + c1) * contrast
    return (made, contrast) if first.ndim == 4 else (made[0], contrast[0])


@own_op
def ssim_multiscale(
    img1: Any,
    img2: Any,
    max_val: Any,
    power_factors: Any = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333),
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
) -> Any:
    """The structural similarity over several scales, each half of the one before: ``(..., h, w, c) -> (...)``."""
    x, most = _in_range(images(img1, "ssim_multiscale"), max_val)
    y, _ = _in_range(images(img2, "ssim_multiscale"), max_val)
    parts = []
    for scale, power in enumerate(power_factors):
        if scale:
            x, y = (batched(_halved, each) for each in (x, y))
        found, contrast = _similarity(x, y, most, filter_size, filter_sigma, k1, k2)
        last = scale == len(power_factors) - 1
        parts.append((found if last else contrast).mean((-2, -1)).relu() ** power)
    return torch.stack(parts).prod(0).mean(-1)


def _halved(x: Tensor) -> Tensor:
    odd_height, odd_width = x.shape[-2] % 2, x.shape[-1] % 2
    return F.avg_pool2d(F.pad(x, (0, odd_width, 0, odd_height), mode="replicate"), 2)


@own_op
def total_variation(images: Any) -> Any:
    """The sum of the differences of neighbours: ``(..., h, w, c) -> (...)``."""
    x = _images(images, "total_variation")
    down = (x[..., 1:, :, :] - x[..., :-1, :, :]).abs().sum((-3, -2, -1))
    across = (x[..., 1:, :] - x[..., :-1, :]).abs().sum((-3, -2, -1))
    return down + across


_images = images


@own_op
def image_gradients(image: Any) -> Any:
    """Differences to the pixel below and to the one at the right, zero at the last: two ``(b, h, w, c)``."""
    x = images(image, "image_gradients")
    down = F.pad(x[..., 1:, :, :] - x[..., :-1, :, :], (0, 0, 0, 0, 0, 1))
    across = F.pad(x[..., 1:, :] - x[..., :-1, :], (0, 0, 0, 1))
    return down, across


@own_op
def sobel_edges(image: Any) -> Any:
    """Sobel's derivatives down and across: ``(b, h, w, c) -> (b, h, w, c, 2)``."""
    x = images(image, "sobel_edges").permute(0, 3, 1, 2)
    across = torch.tensor([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]], dtype=x.dtype, device=x.device)
    kernels = torch.stack([across.T, across])[:, None].repeat(x.shape[1], 1, 1, 1)
    found = F.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), kernels, groups=x.shape[1])
    return found.unflatten(1, (x.shape[1], 2)).permute(0, 3, 4, 1, 2)


publish(globals())
