"""Weights: random, of a file, or ImageNet's from Keras' cache, ``~/.keras/models``, under Keras' file names."""

import os
from typing import Any

from torchkeras import _settings
from torchkeras._errors import brief, nearest
from torchkeras.datasets._fetch import Source
from torchkeras.models import Model

IMAGENET = "imagenet"
FOLDER = "models"
_STORE = "https://storage.googleapis.com/tensorflow/keras-applications"


def pair(stem: str, hashes: tuple[str | None, str | None], url: str, no_top: str = "_notop") -> tuple[Source, Source]:
    """The two published files of a model: with the classifier, and without it.

    Args:
        stem: their name without ending.
        hashes: of both; None where none is published.
        url: the folder of the store they lie in.
        no_top: what the second one's name ends with.
    """
    base = url if "://" in url else f"{_STORE}/{url}"
    names = (f"{stem}.h5", f"{stem}{no_top}.h5")
    with_top, without = (Source(f"{base}/{name}", name, h, FOLDER) for name, h in zip(names, hashes, strict=True))
    return with_top, without


def classic_pair(name: str, hashes: tuple[str | None, str | None], url: str | None = None) -> tuple[Source, Source]:
    """Like :func:`pair`, for the models whose files still carry the old words for channels-last kernels."""
    return pair(f"{name}_weights_tf_dim_ordering_tf_kernels", hashes, url or name)


def check_weights(weights: Any, name: str | None) -> None:
    """Raise a ValueError unless `weights` is None, ``"imagenet"`` or an existing file."""
    if weights is None or weights == IMAGENET:
        return
    if isinstance(weights, (str, os.PathLike)) and os.path.exists(weights):
        return
    hint = nearest(weights, [IMAGENET]) if isinstance(weights, str) else ""
    raise ValueError(
        f"{name}: expected weights=None (random), weights='imagenet' or the path of a weights file, "
        f"got weights={brief(weights)}, which is no file.{hint}"
    )


def load(model: Model, weights: Any, source: Source | None) -> None:
    """Give `model` the weights that were asked for, those of `source` for ``"imagenet"``.

    Raises:
        OSError: they are not in the cache and could not be downloaded.
    """
    if weights is None:
        return
    model.load_weights(_imagenet_file(model, source) if weights == IMAGENET else weights)


def _imagenet_file(model: Model, source: Source | None) -> str:
    if source is None:
        raise ValueError(f"{model.name}: no ImageNet weights are published for it. Pass weights=None or a file.")
    try:
        return str(source.fetch())
    except OSError as error:
        place = _settings.keras_home() / FOLDER / source.name
        raise OSError(
            f"{model.name}: the ImageNet weights could not be downloaded ({error}). Get {source.url} elsewhere and put "
            f"it at {place}, or pass weights=None or the path of a weights file."
        ) from error
