"""Images in bytes."""

import io
from typing import Any

import torch
from torch import Tensor

from torchkeras._dtypes import to_torch_dtype
from torchkeras._pipeline import StringTensor
from torchkeras._tensorflow._rows import own, publish
from torchkeras._tensorflow._texts import bytes_of
from torchkeras.utils import _image_bytes


@own
def decode_image(
    contents: Any, channels: Any = None, dtype: Any = torch.uint8, expand_animations: bool = True
) -> Tensor:
    """An encoded image: ``-> (h, w, channels)``; a GIF gives all its images, ``(frames, h, w, 3)``.

    Args:
        contents: the content of a file.
        channels: 1, 3 or 4; None or 0 for as many as the image has.
        dtype: ``uint8``, or a floating-point one for values from 0 to 1.
        expand_animations: whether a GIF gives all its images, or the first one alone.

    Raises:
        ValueError: these bytes are no image.
    """
    data = bytes_of(contents)
    if expand_animations and _image_bytes.is_gif(data):
        image = _image_bytes.decode_frames(data)
    else:
        image = _image_bytes.decode(data, int(channels or 0))
    kind = to_torch_dtype(dtype)
    return image.to(kind) / 255 if kind.is_floating_point else image.to(kind)


@own
def decode_jpeg(
    contents: Any,
    channels: int = 0,
    ratio: int = 1,
    fancy_upscaling: bool = True,
    try_recover_truncated: bool = False,
    acceptable_fraction: float = 1,
    dct_method: str = "",
) -> Tensor:
    """A JPEG, or another image, as numbers: ``-> (h, w, channels)``, uint8; every `ratio`-th pixel."""
    image = _image_bytes.decode(bytes_of(contents), int(channels))
    return image[::ratio, ::ratio] if ratio != 1 else image


@own
def decode_png(contents: Any, channels: int = 0, dtype: Any = torch.uint8) -> Tensor:
    """A PNG, or another image, as numbers: ``-> (h, w, channels)``, uint8."""
    image = _image_bytes.decode(bytes_of(contents), int(channels))
    kind = to_torch_dtype(dtype)
    return image if kind is torch.uint8 else (image.to(torch.int32) * 257).to(kind)


@own
def decode_bmp(contents: Any, channels: int = 0) -> Tensor:
    """A BMP as numbers: ``-> (h, w, channels)``, uint8."""
    return _image_bytes.decode(bytes_of(contents), int(channels))


@own
def decode_gif(contents: Any) -> Tensor:
    """All images of a GIF: ``-> (frames, h, w, 3)``, uint8."""
    return _image_bytes.decode_frames(bytes_of(contents))


@own
def decode_and_crop_jpeg(contents: Any, crop_window: Any, channels: int = 0, **options: Any) -> Tensor:
    """A part of a JPEG: ``crop_window`` is ``(top, left, height, width)``."""
    top, left, height, width = (int(number) for number in crop_window)
    return _image_bytes.decode(bytes_of(contents), int(channels))[top : top + height, left : left + width]


@own
def encode_png(image: Any, compression: int = -1) -> StringTensor:
    """An image as PNG: uint8 ``(h, w, 1, 3 or 4) ->`` bytes."""
    return _encoded(image, "PNG")


@own
def encode_jpeg(image: Any, format: str = "", quality: int = 95, **options: Any) -> StringTensor:
    """An image as JPEG: uint8 ``(h, w, 1 or 3) ->`` bytes."""
    return _encoded(image, "JPEG", quality=int(quality))


def _encoded(image: Any, kind: str, **options: Any) -> StringTensor:
    from PIL import Image

    array = torch.as_tensor(image).detach().cpu().to(torch.uint8).numpy()
    buffer = io.BytesIO()
    Image.fromarray(array[..., 0] if array.shape[-1] == 1 else array).save(buffer, format=kind, **options)
    return StringTensor.of(buffer.getvalue())


@own
def is_jpeg(contents: Any) -> Tensor:
    """Whether the bytes begin as a JPEG does."""
    return torch.tensor(bytes_of(contents)[:3] == b"\xff\xd8\xff")


@own
def extract_jpeg_shape(contents: Any, output_type: Any = torch.int32) -> Tensor:
    """``(height, width, channels)`` of an encoded image."""
    return torch.tensor(tuple(_image_bytes.decode(bytes_of(contents)).shape), dtype=to_torch_dtype(output_type))


publish(globals())
