"""``keras.applications.convnext``."""

from typing import Any

from torchkeras.applications._application import Options
from torchkeras.applications._convnext import convnext
from torchkeras.applications.imagenet_utils import decode_predictions
from torchkeras.applications.imagenet_utils import unchanged_input as preprocess_input
from torchkeras.models import Model

__all__ = [
    "ConvNeXtTiny",
    "ConvNeXtSmall",
    "ConvNeXtBase",
    "ConvNeXtLarge",
    "ConvNeXtXLarge",
    "decode_predictions",
    "preprocess_input",
]


def ConvNeXtTiny(
    include_top: bool = True,
    include_preprocessing: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "convnext_tiny",
) -> Model:
    """ConvNeXt Tiny, for images of 224x224.

    Args:
        include_preprocessing: whether the model takes values of 0 to 255 and scales them itself.
    """
    return convnext(
        "tiny",
        include_preprocessing,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )


def ConvNeXtSmall(
    include_top: bool = True,
    include_preprocessing: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "convnext_small",
) -> Model:
    """ConvNeXt Small, for images of 224x224.

    Args:
        include_preprocessing: whether the model takes values of 0 to 255 and scales them itself.
    """
    return convnext(
        "small",
        include_preprocessing,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )


def ConvNeXtBase(
    include_top: bool = True,
    include_preprocessing: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "convnext_base",
) -> Model:
    """ConvNeXt Base, for images of 224x224.

    Args:
        include_preprocessing: whether the model takes values of 0 to 255 and scales them itself.
    """
    return convnext(
        "base",
        include_preprocessing,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )


def ConvNeXtLarge(
    include_top: bool = True,
    include_preprocessing: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "convnext_large",
) -> Model:
    """ConvNeXt Large, for images of 224x224.

    Args:
        include_preprocessing: whether the model takes values of 0 to 255 and scales them itself.
    """
    return convnext(
        "large",
        include_preprocessing,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )


def ConvNeXtXLarge(
    include_top: bool = True,
    include_preprocessing: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "convnext_xlarge",
) -> Model:
    """ConvNeXt XLarge, for images of 224x224.

    Args:
        include_preprocessing: whether the model takes values of 0 to 255 and scales them itself.
    """
    return convnext(
        "xlarge",
        include_preprocessing,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )
