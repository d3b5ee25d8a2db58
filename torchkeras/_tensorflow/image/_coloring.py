"""Images in other colors and dtypes."""

from typing import Any

import torch

from torchkeras import ops
from torchkeras._tensorflow._dtypes import as_dtype
from torchkeras._tensorflow._rows import own_op, publish
from torchkeras._tensorflow.image._values import images, in_float, to_dtype
from torchkeras.ops._op import tensor

_YUV = ((0.299, -0.14714119, 0.61497538), (0.587, -0.28886916, -0.51496512), (0.114, 0.43601035, -0.10001026))
_YIQ = ((0.299, 0.59590059, 0.21153661), (0.587, -0.27455667, -0.52273617), (0.114, -0.32134392, 0.31119955))


@own_op
def convert_image_dtype(image: Any, dtype: Any, saturate: bool = False) -> Any:
    """Values in another dtype, scaled: 0 to 1 in floating point are 0 to the largest number of an integer dtype.

    Args:
        image: values of any shape.
        dtype: the dtype wanted.
        saturate: whether values beyond the range are clipped, rather than wrapped.
    """
    return to_dtype(tensor(image), as_dtype(dtype), saturate)


@own_op
def rgb_to_grayscale(images: Any) -> Any:
    """One channel of three: ``(..., 3) -> (..., 1)``."""
    weights = (0.2989, 0.587, 0.114)
    return in_float(lambda x: (x * torch.tensor(weights, dtype=x.dtype, device=x.device)).sum(-1, True), tensor(images))


@own_op
def grayscale_to_rgb(images: Any) -> Any:
    """The one channel three times: ``(..., 1) -> (..., 3)``."""
    x = tensor(images)
    return x.expand(*x.shape[:-1], 3)


@own_op
def rgb_to_hsv(images: Any) -> Any:
    """Hue, saturation and value of red, green and blue from 0 to 1."""
    return ops.image.rgb_to_hsv(images, data_format="channels_last")


@own_op
def hsv_to_rgb(images: Any) -> Any:
    """Red, green and blue of hue, saturation and value."""
    return ops.image.hsv_to_rgb(images, data_format="channels_last")


def _times(images: Any, matrix: Any, inverse: bool = False) -> Any:
    x = tensor(images)
    made = torch.tensor(matrix, dtype=torch.float64)
    return x @ (torch.linalg.inv(made) if inverse else made).to(x)


@own_op
def rgb_to_yuv(images: Any) -> Any:
    """Luma and two chroma of red, green and blue: PAL's."""
    return _times(images, _YUV)


@own_op
def yuv_to_rgb(images: Any) -> Any:
    """Red, green and blue of luma and two chroma: PAL's."""
    return _times(images, _YUV, inverse=True)


@own_op
def rgb_to_yiq(images: Any) -> Any:
    """Luma and two chroma of red, green and blue: NTSC's."""
    return _times(images, _YIQ)


@own_op
def yiq_to_rgb(images: Any) -> Any:
    """Red, green and blue of luma and two chroma: NTSC's."""
    return _times(images, _YIQ, inverse=True)


@own_op
def adjust_brightness(image: Any, delta: Any) -> Any:
    """With `delta`, a part of the whole range, added."""
    return in_float(lambda x: x + delta, tensor(image))


@own_op
def adjust_contrast(images: Any, contrast_factor: Any) -> Any:
    """With the distances from each channel's mean multiplied."""

    def adjusted(x: Any) -> Any:
        mean = x.mean((-3, -2), keepdim=True)
        return (x - mean) * contrast_factor + mean

    return in_float(adjusted, _images(images, "adjust_contrast"))


_images = images


@own_op
def adjust_gamma(image: Any, gamma: Any = 1, gain: Any = 1) -> Any:
    """``gain * image ** gamma``."""
    return in_float(lambda x: gain * x**gamma, tensor(image))


@own_op
def adjust_saturation(image: Any, saturation_factor: Any) -> Any:
    """With the saturation multiplied."""

    def adjusted(x: Any) -> Any:
        hue, saturation, value = ops.image.rgb_to_hsv(x, data_format="channels_last").unbind(-1)
        made = torch.stack([hue, (saturation * saturation_factor).clamp(0, 1), value], -1)
        return ops.image.hsv_to_rgb(made, data_format="channels_last")

    return in_float(adjusted, tensor(image))


@own_op
def adjust_hue(image: Any, delta: Any) -> Any:
    """With the hue turned by `delta` of a whole turn."""

    def adjusted(x: Any) -> Any:
        hue, saturation, value = ops.image.rgb_to_hsv(x, data_format="channels_last").unbind(-1)
        made = torch.stack([(hue + delta) % 1.0, saturation, value], -1)
        return ops.image.hsv_to_rgb(made, data_format="channels_last")

    return in_float(adjusted, tensor(image))


@own_op
def per_image_standardization(image: Any) -> Any:
    """Each image with mean 0 and deviation 1: float32. Those of one color become 0."""
    x = images(image, "per_image_standardization").float()
    count = x.shape[-3:].numel()
    deviation = x.std((-3, -2, -1), correction=0, keepdim=True).clamp(min=count**-0.5)
    return (x - x.mean((-3, -2, -1), keepdim=True)) / deviation


publish(globals())
