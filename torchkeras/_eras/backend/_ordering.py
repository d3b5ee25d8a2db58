"""Keras 1's words for the place of the channels, and the name of the library below."""

from typing import Any

from torchkeras import config
from torchkeras._eras.backend._spellings import ORDERINGS
from torchkeras._errors import deprecated, unknown

_BACKEND = "tensorflow"  # what scripts compare it with: channels last, kernels in TensorFlow's layout


def image_dim_ordering() -> str:
    """``"tf"`` for channels last, ``"th"`` for channels first: today ``image_data_format``."""
    deprecated("`K.image_dim_ordering()` is now `image_data_format()`.")
    return next(old for old, new in ORDERINGS.items() if new == config.image_data_format())


def set_image_dim_ordering(dim_ordering: Any) -> None:
    """Put the channels last (``"tf"``) or first (``"th"``): today ``set_image_data_format``."""
    if dim_ordering not in ORDERINGS:
        raise unknown("dim_ordering", dim_ordering, ORDERINGS)
    today = ORDERINGS[dim_ordering]
    deprecated(f"`K.set_image_dim_ordering({dim_ordering!r})` is now `set_image_data_format({today!r})`.")
    config.set_image_data_format(today)


__all__ = ["_BACKEND", "image_dim_ordering", "set_image_dim_ordering"]
