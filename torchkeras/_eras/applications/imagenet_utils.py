"""What ``keras.applications.imagenet_utils`` had in Keras 2, and models written after Keras' own took from there."""

from typing import Any

from torchkeras import config
from torchkeras.applications._application import Architecture, Options, Shape, image_shape

__all__ = ["_obtain_input_shape", "obtain_input_shape"]


def obtain_input_shape(
    input_shape: Any,
    default_size: int,
    min_size: int,
    data_format: str | None = None,
    require_flatten: bool = True,
    weights: Any = None,
    include_top: bool | None = None,
) -> Shape:
    """The shape of a model's images.

    Args:
        input_shape: what the user wants; None for anything.
        default_size: height and width of the images the model was made for.
        min_size: the smallest height and width it takes.
        data_format: that of the configuration.
        require_flatten: whether the model has a classifier, and so needs a size.
        weights: ``"imagenet"`` wants three channels, and with a classifier the default size.
        include_top: the name of `require_flatten` in Keras 2.0.

    Raises:
        ValueError: a shape that does not fit; another `data_format`.
    """
    if data_format not in (None, config.image_data_format()):
        raise ValueError(
            f"obtain_input_shape: expected the data_format of the configuration, {config.image_data_format()!r}, got "
            f"{data_format!r}. Call `set_image_data_format` first."
        )
    top = require_flatten if include_top is None else include_top
    options = Options(top, weights, None, input_shape, None, 1000, "softmax", "obtain_input_shape")
    return image_shape(Architecture(lambda x: x, default_size, smallest=min_size), options)


_obtain_input_shape = obtain_input_shape
