"""Images in files' bytes as tensors. Pillow loads on first use."""

import io

import numpy as np
import torch
from torch import Tensor

from torchkeras.utils._image import _pillow

_MODES = {1: "L", 3: "RGB", 4: "RGBA"}


def decode(data: bytes, channels: int = 0) -> Tensor:
    """An encoded image, the first one of an animation: ``-> (h, w, channels)``, uint8.

    Args:
        data: the content of a file in a format that Pillow reads.
        channels: 1, 3 or 4; 0 for as many as the image has.

    Raises:
        ValueError: these bytes are no image; another number of channels.
    """
    if channels not in (0, *_MODES):
        raise ValueError(f"`channels`: expected 0, 1, 3 or 4, got {channels}.")
    image = _open(data)
    mode = _MODES[channels] if channels else _own_mode(image)
    array = np.array(image.convert(mode) if image.mode != mode else image, dtype=np.uint8)
    return torch.from_numpy(array if array.ndim == 3 else array[..., None])


def decode_frames(data: bytes) -> Tensor:
    """All images of an animation: ``-> (frames, h, w, 3)``, uint8."""
    from PIL import ImageSequence

    frames = [np.array(frame.convert("RGB")) for frame in ImageSequence.Iterator(_open(data))]
    return torch.from_numpy(np.stack(frames))


def is_gif(data: bytes) -> bool:
    """Whether these bytes begin as a GIF does."""
    return data[:3] == b"GIF"


def _open(data: bytes):  # type: ignore[no-untyped-def]  # an image of Pillow
    pillow = _pillow()
    try:
        image = pillow.open(io.BytesIO(data))
        image.load()
    except pillow.UnidentifiedImageError:
        raise ValueError(f"Expected an image (JPEG, PNG, GIF, BMP, ...), got bytes that begin {data[:12]!r}.") from None
    return image


def _own_mode(image: object) -> str:
    mode = getattr(image, "mode", "RGB")
    if mode == "P":
        return "RGBA" if "transparency" in getattr(image, "info", {}) else "RGB"
    return {"1": "L", "I": "L", "I;16": "L", "F": "L", "CMYK": "RGB", "YCbCr": "RGB", "PA": "RGBA"}.get(mode, mode)
