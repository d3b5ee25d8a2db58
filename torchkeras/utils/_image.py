"""Images between files, Pillow and arrays. Pillow loads on first use."""

import io
import os
import warnings
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from torchkeras import _settings
from torchkeras._errors import brief, unknown

INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")
_COLOR_MODES = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}
_TORCH_MODES = {"nearest": "nearest-exact", "bilinear": "bilinear", "bicubic": "bicubic"}


def _pillow() -> Any:
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError("Reading and writing images needs Pillow: `pip install pillow`.") from error
    return Image


def _data_format(data_format: str | None) -> str:
    data_format = _settings.image_data_format if data_format is None else data_format.lower()
    if data_format not in _settings.IMAGE_DATA_FORMATS:
        raise ValueError(
            "The `data_format` argument must be one of {'channels_first', 'channels_last'}. "
            f"Received: data_format={data_format}"
        )
    return data_format


def array_to_img(x: Any, data_format: str | None = None, scale: bool = True, dtype: Any = None) -> Any:
    """An image array as Pillow image: ``(h, w, c) -> Image``, with 1, 3 or 4 channels.

    Args:
        x: array or tensor.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default that of the settings.
        scale: stretch the values to 0..255; otherwise they are taken as they are.
        dtype: the type to compute in; by default `floatx()`.

    Raises:
        ValueError: `x` is no single image, or has another number of channels.
    """
    image = _pillow()
    data_format = _data_format(data_format)
    x = x.detach().cpu().numpy() if isinstance(x, torch.Tensor) else x
    x = np.array(x, dtype=dtype or _settings.floatx)
    if x.ndim != 3:
        raise ValueError(f"Expected image array to have rank 3 (single image). Got array with shape: {x.shape}")
    if data_format == "channels_first":
        x = x.transpose(1, 2, 0)
    if scale:
        x = x - x.min()
        largest = x.max()
        x = (x / largest if largest != 0 else x) * 255
    return _from_channels(image, x)


def _from_channels(image: Any, x: np.ndarray) -> Any:
    channels = x.shape[2]
    if channels == 1:
        if x.max() > 255:  # 32-bit integers hold what 8 bits cannot
            return image.fromarray(x[:, :, 0].astype("int32"))
        return image.fromarray(x[:, :, 0].astype("uint8"))
    if channels in (3, 4):
        return image.fromarray(x.astype("uint8"))
    raise ValueError(f"Unsupported channel number: {channels}; expected 1, 3 or 4.")


def img_to_array(img: Any, data_format: str | None = None, dtype: Any = None) -> np.ndarray:
    """A Pillow image, or an array, as array of three axes: ``Image -> (h, w, c)``.

    Args:
        img: the image.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default that of the settings.
        dtype: of the array; by default `floatx()`.

    Raises:
        ValueError: the image has neither two nor three axes.
    """
    data_format = _data_format(data_format)
    x = np.asarray(img, dtype=dtype or _settings.floatx)
    if x.ndim == 3:
        # An array is taken to be in `data_format` already; Pillow gives channels last.
        return x.transpose(2, 0, 1) if data_format == "channels_first" else x
    if x.ndim == 2:
        return x[None] if data_format == "channels_first" else x[..., None]
    raise ValueError(f"Unsupported image shape: {x.shape}")


def save_img(
    path: Any,
    x: Any,
    data_format: str | None = None,
    file_format: str | None = None,
    scale: bool = True,
    **kwargs: Any,
) -> None:
    """Write an image array to a file.

    Args:
        path: path or file object.
        x: array or tensor.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default that of the settings.
        file_format: ``"png"``, ...; by default what the path's suffix says.
        scale: stretch the values to 0..255.
        **kwargs: handed to ``PIL.Image.Image.save``.
    """
    image = array_to_img(x, data_format=data_format, scale=scale)
    named = file_format or os.path.splitext(str(path))[1].lstrip(".")
    if image.mode == "RGBA" and named.lower() in ("jpg", "jpeg"):
        warnings.warn("The JPG format does not support RGBA images, converting to RGB.", stacklevel=2)
        image = image.convert("RGB")
    image.save(path, format="jpeg" if file_format == "jpg" else file_format, **kwargs)


def load_img(
    path: Any,
    color_mode: str = "rgb",
    target_size: tuple[int, int] | None = None,
    interpolation: str = "nearest",
    keep_aspect_ratio: bool = False,
) -> Any:
    """Read an image file as Pillow image.

    Args:
        path: path, or an `io.BytesIO` with the file's content.
        color_mode: ``"grayscale"``, ``"rgb"`` or ``"rgba"``; 16 and 32-bit gray images stay as they are.
        target_size: ``(height, width)`` to resize to.
        interpolation: ``"nearest"``, ``"bilinear"``, ``"bicubic"``, ``"hamming"``, ``"box"`` or ``"lanczos"``.
        keep_aspect_ratio: cut the middle out to the target's proportions before resizing.

    Raises:
        ValueError: an unknown `color_mode` or `interpolation`.
        TypeError: `path` is neither a path nor `io.BytesIO`.
    """
    image = _open(path)
    if color_mode not in _COLOR_MODES:
        raise ValueError('color_mode must be "grayscale", "rgb", or "rgba"')
    mode = _COLOR_MODES[color_mode]
    keeps = ("L", "I;16", "I") if color_mode == "grayscale" else (mode,)
    if image.mode not in keeps:
        image = image.convert(mode)
    if target_size is None or image.size == (target_size[1], target_size[0]):
        return image
    if interpolation not in INTERPOLATIONS:
        raise ValueError(
            f"Invalid interpolation method {interpolation} specified. Supported methods are {', '.join(INTERPOLATIONS)}"
        )
    box = _middle(image.size, (target_size[1], target_size[0])) if keep_aspect_ratio else None
    resample = getattr(_pillow().Resampling, interpolation.upper())
    return image.resize((target_size[1], target_size[0]), resample, box=box)


def _open(path: Any) -> Any:
    if isinstance(path, io.BytesIO):
        return _pillow().open(path)
    if not isinstance(path, (str, bytes, os.PathLike)):
        raise TypeError(f"path should be path-like or io.BytesIO, not {type(path)}")
    with open(path, "rb") as file:  # Pillow reads late, and would leave the file open
        return _pillow().open(io.BytesIO(file.read()))


def _middle(size: tuple[int, int], target: tuple[int, int]) -> tuple[int, int, int, int]:
    """The largest box of `target`'s proportions in the middle of ``(width, height)``."""
    (width, height), (target_width, target_height) = size, target
    box_height = min(height, int(width * target_height / target_width))
    box_width = min(width, int(height * target_width / target_height))
    left, top = (width - box_width) // 2, (height - box_height) // 2
    return left, top, left + box_width, top + box_height


def smart_resize(
    x: Any,
    size: tuple[int, int],
    interpolation: str = "bilinear",
    data_format: str = "channels_last",
    **kwargs: Any,
) -> Any:
    """Resize images without distorting them, by cutting the middle out first: ``(..., h, w, c) -> (..., h', w', c)``.

    Args:
        x: one image or a batch, array or tensor.
        size: ``(height, width)`` to resize to.
        interpolation: ``"nearest"``, ``"bilinear"`` or ``"bicubic"``.
        data_format: ``"channels_last"`` or ``"channels_first"``.
        **kwargs: ``backend_module`` is accepted and ignored.

    Raises:
        ValueError: `x` has not three or four axes, `size` not two numbers; an unknown `interpolation`.
    """
    kwargs.pop("backend_module", None)
    if kwargs:
        raise TypeError(f"smart_resize got an unexpected argument {next(iter(kwargs))!r}.")
    if not isinstance(size, (tuple, list)) or len(size) != 2:
        raise ValueError(f"Expected `size` to be a tuple of 2 integers, but got: {size}.")
    if interpolation not in _TORCH_MODES:
        raise unknown("interpolation", interpolation, _TORCH_MODES)
    if np.ndim(x) not in (3, 4):
        raise ValueError(
            "Expected an image array with shape `(height, width, channels)`, or "
            f"`(batch_size, height, width, channels)`, but got input with incorrect rank: {brief(x)}."
        )
    first = _data_format(data_format) == "channels_first"
    images = torch.as_tensor(x)
    images = images if first else images.movedim(-1, -3)
    out = _cut_and_resize(images, size, _TORCH_MODES[interpolation])
    out = out if first else out.movedim(-3, -1)
    return out.numpy() if isinstance(x, np.ndarray) else out


def _cut_and_resize(images: torch.Tensor, size: tuple[int, int], mode: str) -> torch.Tensor:
    """``(..., c, h, w) -> (..., c, h', w')``."""
    height, width = images.shape[-2:]
    left, top, right, bottom = _middle((width, height), (size[1], size[0]))
    cut = images[..., top:bottom, left:right]
    batch = cut if cut.ndim == 4 else cut[None]
    floating = batch if batch.is_floating_point() else batch.float()
    out = F.interpolate(floating, size=tuple(size), mode=mode)
    return (out if cut.ndim == 4 else out[0]).to(images.dtype)
