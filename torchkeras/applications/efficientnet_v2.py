"""``keras.applications.efficientnet_v2``."""

from typing import Any

from torchkeras.applications._application import Options
from torchkeras.applications._efficientnet_v2 import efficientnet_v2
from torchkeras.applications.imagenet_utils import decode_predictions
from torchkeras.applications.imagenet_utils import unchanged_input as preprocess_input
from torchkeras.models import Model

__all__ = [
    "EfficientNetV2B0",
    "EfficientNetV2B1",
    "EfficientNetV2B2",
    "EfficientNetV2B3",
    "EfficientNetV2S",
    "EfficientNetV2M",
    "EfficientNetV2L",
    "decode_predictions",
    "preprocess_input",
]


def EfficientNetV2B0(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    include_preprocessing: bool = True,
    name: str | None = "efficientnetv2-b0",
) -> Model:
    """EfficientNetV2 B0, for images of 224x224.

    Args:
        include_preprocessing: whether the model takes values of 0 to 255 and scales them itself.
    """
    return efficientnet_v2(
        "b0",
        include_preprocessing,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )


def EfficientNetV2B1(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    include_preprocessing: bool = True,
    name: str | None = "efficientnetv2-b1",
) -> Model:
    """EfficientNetV2 B1, for images of 240x240.

    Args:
        include_preprocessing: whether the model takes values of 0 to 255 and scales them itself.
    """
    return efficientnet_v2(
        "b1",
        include_preprocessing,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )


def EfficientNetV2B2(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    include_preprocessing: bool = True,
    name: str | None = "efficientnetv2-b2",
) -> Model:
    """EfficientNetV2 B2, for images of 260x260.

    Args:
        include_preprocessing: whether the model takes values of 0 to 255 and scales them itself.
    """
    return efficientnet_v2(
        "b2",
        include_preprocessing,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )


def EfficientNetV2B3(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    include_preprocessing: bool = True,
    name: str | None = "efficientnetv2-b3",
) -> Model:
    """EfficientNetV2 B3, for images of 300x300.

    Args:
        include_preprocessing: whether the model takes values of 0 to 255 and scales them itself.
    """
    return efficientnet_v2(
        "b3",
        include_preprocessing,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )


def EfficientNetV2S(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    include_preprocessing: bool = True,
    name: str | None = "efficientnetv2-s",
) -> Model:
    """EfficientNetV2 S, for images of 384x384.

    Args:
        include_preprocessing: whether the model takes values of 0 to 255 and scales them itself.
    """
    return efficientnet_v2(
        "s",
        include_preprocessing,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )


def EfficientNetV2M(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    include_preprocessing: bool = True,
    name: str | None = "efficientnetv2-m",
) -> Model:
    """EfficientNetV2 M, for images of 480x480.

    Args:
        include_preprocessing: whether the model takes values of 0 to 255 and scales them itself.
    """
    return efficientnet_v2(
        "m",
        include_preprocessing,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )


def EfficientNetV2L(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    include_preprocessing: bool = True,
    name: str | None = "efficientnetv2-l",
) -> Model:
    """EfficientNetV2 L, for images of 480x480.

    Args:
        include_preprocessing: whether the model takes values of 0 to 255 and scales them itself.
    """
    return efficientnet_v2(
        "l",
        include_preprocessing,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )
