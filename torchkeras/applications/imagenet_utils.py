"""What goes into a model trained on ImageNet, and what its output means."""

import functools
import json
from typing import Any

import numpy as np
import torch

from torchkeras import _settings, config, ops
from torchkeras._errors import brief
from torchkeras._symbolic import is_keras_tensor
from torchkeras.applications._weights import FOLDER
from torchkeras.datasets._fetch import Source

__all__ = ["decode_predictions", "preprocess_input"]

_MODES = ("caffe", "tf", "torch")
# Mean and standard deviation of ImageNet's channels: blue, green, red of 0..255; and red, green, blue of 0..1.
_CAFFE_MEAN = (103.939, 116.779, 123.68)
_TORCH_MEAN, _TORCH_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

_CLASSES = Source(
    "https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json",
    "imagenet_class_index.json",
    "c2c37ea517e94d9795004a39431a14cb",
    FOLDER,
)


def preprocess_input(x: Any, data_format: str | None = None, mode: str = "caffe") -> Any:
    """Images with values of 0 to 255, as the weights of a model expect them.

    A float array is written over, as in Keras; pass a copy to keep it. Tensors are not.

    Args:
        x: an array, tensor or symbolic tensor ``(b, h, w, 3)`` or ``(h, w, 3)``.
        data_format: ``"channels_last"`` or ``"channels_first"``; that of the configuration by default.
        mode: ``"caffe"``: RGB becomes BGR, less ImageNet's means. ``"tf"``: scaled to -1..1. ``"torch"``: scaled to
            0..1, then normalized with ImageNet's means and standard deviations.

    Raises:
        ValueError: an unknown mode or data format.
    """
    if mode not in _MODES:
        raise ValueError(f"preprocess_input: expected the mode to be one of {_MODES}, got mode={mode!r}.")
    data_format = data_format or config.image_data_format()
    if data_format not in ("channels_first", "channels_last"):
        raise ValueError(
            f"preprocess_input: expected data_format 'channels_first' or 'channels_last', got {data_format!r}."
        )
    x = _as_floats(x)
    axis = -1 if data_format == "channels_last" else -3
    if mode == "tf":
        return _tf(x)
    return _caffe(x, axis) if mode == "caffe" else _torch(x, axis)


def _as_floats(x: Any) -> Any:
    if is_keras_tensor(x):
        return x if "float" in x.dtype else ops.cast(x, config.floatx())
    if isinstance(x, torch.Tensor):
        return x if x.is_floating_point() else ops.cast(x, config.floatx())
    x = np.asarray(x)
    return x if np.issubdtype(x.dtype, np.floating) else x.astype(config.floatx())


def _tf(x: Any) -> Any:
    if isinstance(x, np.ndarray):
        x /= 127.5
        x -= 1.0
        return x
    return x / 127.5 - 1.0


def _caffe(x: Any, axis: int) -> Any:
    if isinstance(x, np.ndarray):
        x = np.flip(x, axis)  # a view
        x -= _along(_CAFFE_MEAN, axis, x)
        return x
    # Keras' graph: the channels one by one, then the negative mean added.
    place = (..., *(slice(None),) * (-1 - axis))
    x = ops.stack([x[(place[0], channel, *place[1:])] for channel in (2, 1, 0)], axis=axis)
    return x + _along([-mean for mean in _CAFFE_MEAN], axis, x)


def _torch(x: Any, axis: int) -> Any:
    if isinstance(x, np.ndarray):
        x /= 255.0
        x -= _along(_TORCH_MEAN, axis, x)
        x /= _along(_TORCH_STD, axis, x)
        return x
    x = x / 255.0 + _along([-mean for mean in _TORCH_MEAN], axis, x)
    return x / _along(_TORCH_STD, axis, x, leading=False)


def _along(values: Any, axis: int, like: Any, leading: bool = True) -> Any:
    """Three numbers along the channels of `like`: an array for an array, else a tensor of that dtype."""
    dtype = like.dtype if isinstance(like, np.ndarray) else "float32"
    array = np.asarray(values, dtype).reshape((3,) + (1,) * (-1 - axis))
    if isinstance(like, np.ndarray):
        return array
    if leading:
        array = array.reshape((1,) * (len(like.shape) - array.ndim) + array.shape)
    return ops.convert_to_tensor(array, dtype=like.dtype)


def decode_predictions(preds: Any, top: int = 5) -> list[list[tuple[str, str, Any]]]:
    """The likeliest classes of each image: ``(WordNet id, name, score)``, the best first.

    Args:
        preds: scores ``(b, 1000)`` of ImageNet's classes.
        top: how many classes to give.

    Raises:
        ValueError: another shape.
        OSError: the names of the classes are not in the cache and could not be downloaded.
    """
    scores = ops.convert_to_numpy(preds)
    if scores.ndim != 2 or scores.shape[1] != 1000:
        raise ValueError(
            f"decode_predictions: expected scores of ImageNet's 1000 classes, of shape (samples, 1000), "
            f"got {brief(scores)}."
        )
    classes = _class_index()
    best = np.argsort(scores, axis=1)[:, ::-1][:, :top]
    return [[(*classes[str(i)], row[i]) for i in places] for row, places in zip(scores, best, strict=True)]


@functools.cache
def _class_index() -> dict[str, tuple[str, str]]:
    """``{"0": ("n01440764", "tench"), ...}``."""
    try:
        file = _CLASSES.fetch()
    except OSError as error:
        raise OSError(
            f"decode_predictions: the names of ImageNet's classes could not be downloaded ({error}). Get "
            f"{_CLASSES.url} elsewhere and put it at {_settings.keras_home() / FOLDER / _CLASSES.name}."
        ) from error
    classes = json.loads(file.read_text(encoding="utf-8"))
    return {index: (wnid, name) for index, (wnid, name) in classes.items()}


# The modes as the functions that the models' namespaces offer.


def caffe_input(x: Any, data_format: str | None = None) -> Any:
    """Images of 0 to 255 as the model's weights expect them: BGR, less ImageNet's means; see `imagenet_utils`."""
    return preprocess_input(x, data_format, "caffe")


def tf_input(x: Any, data_format: str | None = None) -> Any:
    """Images of 0 to 255 as the model's weights expect them: scaled to -1..1; see `imagenet_utils`."""
    return preprocess_input(x, data_format, "tf")


def torch_input(x: Any, data_format: str | None = None) -> Any:
    """Images of 0 to 255 as the model's weights expect them: 0..1, normalized; see `imagenet_utils`."""
    return preprocess_input(x, data_format, "torch")


def unchanged_input(x: Any, data_format: str | None = None) -> Any:
    """`x` itself: the model has its own preprocessing inside."""
    return x
