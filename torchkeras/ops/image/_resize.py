"""Other sizes: resize, crop, pad."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras._errors import nearest
from torchkeras._shapes import normalize_tuple
from torchkeras.ops._op import floats, op, publish, tensor
from torchkeras.ops.image._layout import as_batch, back_to, in_float

# Keras' names -> torch's; Lanczos' kernels are ours
_MODES = {"nearest": "nearest-exact", "bilinear": "bilinear", "bicubic": "bicubic"}
_KERNELS: dict[str, Callable[[Tensor], Tensor]] = {
    "linear": lambda x: torch.clamp(1 - x, min=0),
    "cubic": lambda x: _keys(x),
    "lanczos3": lambda x: torch.where(x < 3, torch.sinc(x) * torch.sinc(x / 3), 0),
    "lanczos5": lambda x: torch.where(x < 5, torch.sinc(x) * torch.sinc(x / 5), 0),
    "gaussian": lambda x: torch.where(x < 1.5, torch.exp(-2 * x * x), 0),
    "mitchellcubic": lambda x: _mitchell(x),
}
_KERNELS |= {"bilinear": _KERNELS["linear"], "trilinear": _KERNELS["linear"]}
_KERNELS |= {"bicubic": _KERNELS["cubic"], "tricubic": _KERNELS["cubic"]}


def _keys(x: Tensor) -> Tensor:
    """Keys' cubic kernel with a = -0.5 (Keys, 1981)."""
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return torch.where(x < 1, near, torch.where(x < 2, far, 0))


def _mitchell(x: Tensor) -> Tensor:
    """Mitchell and Netravali's cubic kernel with b = c = 1/3 (1988)."""
    near = (21 * x - 36) * x * x + 16
    far = ((-7 * x + 36) * x - 60) * x + 32
    return torch.where(x < 1, near, torch.where(x < 2, far, 0)) / 18


# Own


@op
def resize(
    images: Any,
    size: Any,
    interpolation: str = "bilinear",
    antialias: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: str = "constant",
    fill_value: float = 0.0,
    data_format: str | None = None,
) -> Tensor:
    """Images of another size: ``(b, h, w, c) -> (b, *size, c)``.

    Args:
        images: one image or a batch.
        size: height and width of the result, in pixels.
        interpolation: ``"nearest"``, ``"bilinear"``, ``"bicubic"``, ``"lanczos3"`` or ``"lanczos5"``.
        antialias: whether making smaller takes the mean over all pixels that fall together.
        crop_to_aspect_ratio: cut the longer sides off first, so that nothing is distorted.
        pad_to_aspect_ratio: add borders first, so that nothing is distorted.
        fill_mode: what borders hold: ``"constant"``.
        fill_value: the number of these borders.
        data_format: ``"channels_last"`` or ``"channels_first"``.
    """
    _check_resize(interpolation, crop_to_aspect_ratio, pad_to_aspect_ratio, fill_mode)
    if not isinstance(size, int) and any(length < 1 for length in size):
        raise ValueError(f"resize: `size` must have positive height and width, got {tuple(size)}.")
    height, width = normalize_tuple(size, 2, "size")
    x, undo = as_batch(images, data_format, "resize")
    dtype = x.dtype
    if crop_to_aspect_ratio:
        x = _cropped(x, height, width)
    elif pad_to_aspect_ratio:
        x = _bordered(x, height, width, fill_value)
    if interpolation in _MODES:
        smooth = interpolation != "nearest"
        aligned = {"align_corners": False, "antialias": antialias} if smooth else {}
        found = F.interpolate(in_float(x), (height, width), mode=_MODES[interpolation], **aligned)
    else:
        scales = torch.tensor([height / x.shape[2], width / x.shape[3]], dtype=torch.float32, device=x.device)
        shape = (*x.shape[:2], height, width)
        found = _scaled(in_float(x), shape, scales, torch.zeros_like(scales), (2, 3), interpolation, antialias)
    return undo(back_to(found, dtype))


def _check_resize(interpolation: str, crop: bool, pad: bool, fill_mode: str) -> None:
    known = [*_MODES, "lanczos3", "lanczos5"]
    if interpolation not in known:
        hint = nearest(str(interpolation), known)
        raise ValueError(
            f"resize: `interpolation` must be one of {', '.join(map(repr, known))}, got {interpolation!r}.{hint}"
        )
    if crop and pad:
        raise ValueError("resize: only one of `crop_to_aspect_ratio` and `pad_to_aspect_ratio` can be True.")
    if fill_mode != "constant":
        raise ValueError(f"resize: `fill_mode` must be 'constant', got {fill_mode!r}.")


def _cropped(x: Tensor, height: int, width: int) -> Tensor:
    """The largest middle part of that aspect ratio."""
    old_height, old_width = x.shape[2:]
    new_height = min(old_height, int(old_width * height / width)) or 1
    new_width = min(old_width, int(old_height * width / height)) or 1
    top, left = (old_height - new_height) // 2, (old_width - new_width) // 2
    return x[:, :, top : top + new_height, left : left + new_width]


def _bordered(x: Tensor, height: int, width: int, value: float) -> Tensor:
    """The smallest image of that aspect ratio around `x`."""
    old_height, old_width = x.shape[2:]
    more_height = max(old_height, int(old_width * height / width)) - old_height
    more_width = max(old_width, int(old_height * width / height)) - old_width
    top, left = more_height // 2, more_width // 2
    return F.pad(x, (left, left, top, top), value=value)  # the same on both sides, as Keras has it


@op
def crop_images(
    images: Any,
    top_cropping: int | None = None,
    left_cropping: int | None = None,
    bottom_cropping: int | None = None,
    right_cropping: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Tensor:
    """Images with the borders cut off: of top, bottom, target height give two; of left, right, target width too."""
    x, undo = as_batch(images, data_format, "crop_images")
    height, width = x.shape[2:]
    top, bottom = _ends(
        "top_cropping", top_cropping, "bottom_cropping", bottom_cropping, "target_height", target_height, height
    )
    left, right = _ends(
        "left_cropping", left_cropping, "right_cropping", right_cropping, "target_width", target_width, width
    )
    return undo(x[:, :, top : height - bottom, left : width - right])


@op
def pad_images(
    images: Any,
    top_padding: int | None = None,
    left_padding: int | None = None,
    bottom_padding: int | None = None,
    right_padding: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Tensor:
    """Images with borders of 0: of top, bottom and target height give two, and of left, right and target width."""
    x, undo = as_batch(images, data_format, "pad_images")
    height, width = x.shape[2:]
    names = ("top_padding", top_padding, "bottom_padding", bottom_padding, "target_height", target_height)
    top, bottom = _ends(*names, height, sign=-1)
    names = ("left_padding", left_padding, "right_padding", right_padding, "target_width", target_width)
    left, right = _ends(*names, width, sign=-1)
    return undo(F.pad(x, (left, right, top, bottom)))


def _ends(
    start_name: str,
    start: int | None,
    end_name: str,
    end: int | None,
    target_name: str,
    target: int | None,
    size: int,
    sign: int = 1,
) -> tuple[int, int]:
    """The two ends, out of two of: both of them, the size in the end."""
    if [start, end, target].count(None) != 1:
        raise ValueError(
            f"Must specify exactly two of {start_name}, {end_name}, {target_name}. Got: {start_name}={start}, "
            f"{end_name}={end}, {target_name}={target}"
        )
    total = None if target is None else sign * (size - target)
    for name, given in ((start_name, start), (end_name, end), (target_name, target)):
        if given is not None and given < 0:
            raise ValueError(f"{name} must be >= 0. Got: {given}")
    first = start if start is not None else total - end  # type: ignore[operator]
    second = end if end is not None else total - first  # type: ignore[operator]
    if first < 0 or second < 0 or (sign > 0 and first + second >= size):
        raise ValueError(f"A border would be negative, or nothing be left: {first} and {second} pixels of {size}.")
    return first, second


@op
def scale_and_translate(
    images: Any,
    output_shape: Any,
    scale: Any,
    translation: Any,
    spatial_dims: Any,
    method: str,
    antialias: bool = True,
) -> Tensor:
    """Images scaled and moved: pixel ``x`` of the input goes to ``(x + 0.5) * scale + translation - 0.5``.

    Args:
        images: a tensor.
        output_shape: the shape of the result.
        scale: the factor for each of `spatial_dims`.
        translation: the distance, in pixels of the result.
        spatial_dims: the axes that are scaled.
        method: ``"linear"``, ``"cubic"``, ``"lanczos3"`` or ``"lanczos5"``.
        antialias: whether making smaller takes the mean over all pixels that fall together.
    """
    if method not in _KERNELS:
        hint = nearest(str(method), _KERNELS)
        raise ValueError(f"scale_and_translate: `method` must be one of {list(_KERNELS)}, got {method!r}.{hint}")
    x = floats(images)
    scale, translation = (tensor(item).to(x) for item in (scale, translation))
    return _scaled(x, tuple(output_shape), scale, translation, tuple(spatial_dims), method, antialias)


def _scaled(
    x: Tensor, shape: Any, scale: Tensor, translation: Tensor, dims: tuple[int, ...], method: str, antialias: bool
) -> Tensor:
    """One axis after the other, each by a matrix."""
    for index, dim in enumerate(dims):
        weights = _weights(x.shape[dim], shape[dim], scale[index], translation[index], method, antialias)
        x = torch.movedim(torch.tensordot(x, weights.to(x), dims=([dim], [0])), -1, dim)
    return x


def _weights(size: int, wanted: int, scale: Tensor, translation: Tensor, method: str, antialias: bool) -> Tensor:
    """How much of each pixel goes into each: ``(size, wanted)``, columns of sum 1."""
    inverse = 1 / scale
    places = (torch.arange(wanted, device=scale.device) + 0.5 - translation) * inverse - 0.5
    width = torch.clamp(inverse, min=1) if antialias else torch.ones_like(inverse)
    distance = torch.abs(places - torch.arange(size, device=scale.device)[:, None]) / width
    weights = _KERNELS[method](distance)
    total = torch.sum(weights, 0)
    known = torch.abs(total) > 1000 * torch.finfo(torch.float32).eps
    weights = torch.where(known, weights / torch.where(known, total, 1), 0)
    return torch.where((places >= -0.5) & (places <= size - 0.5), weights, 0)


publish(globals())
