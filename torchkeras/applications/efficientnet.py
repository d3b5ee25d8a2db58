"""``keras.applications.efficientnet``."""

from typing import Any

from torchkeras.applications._application import Options
from torchkeras.applications._efficientnet_v1 import efficientnet
from torchkeras.applications.imagenet_utils import decode_predictions
from torchkeras.applications.imagenet_utils import unchanged_input as preprocess_input
from torchkeras.models import Model

__all__ = [
    "EfficientNetB0",
    "EfficientNetB1",
    "EfficientNetB2",
    "EfficientNetB3",
    "EfficientNetB4",
    "EfficientNetB5",
    "EfficientNetB6",
    "EfficientNetB7",
    "decode_predictions",
    "preprocess_input",
]


def EfficientNetB0(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "efficientnetb0",
) -> Model:
    """EfficientNet B0, for images of 224x224 with values of 0 to 255."""
    return efficientnet(
        "b0", Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    )


def EfficientNetB1(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "efficientnetb1",
) -> Model:
    """EfficientNet B1, for images of 240x240 with values of 0 to 255."""
    return efficientnet(
        "b1", Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    )


def EfficientNetB2(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "efficientnetb2",
) -> Model:
    """EfficientNet B2, for images of 260x260 with values of 0 to 255."""
    return efficientnet(
        "b2", Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    )


def EfficientNetB3(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "efficientnetb3",
) -> Model:
    """EfficientNet B3, for images of 300x300 with values of 0 to 255."""
    return efficientnet(
        "b3", Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    )


def EfficientNetB4(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "efficientnetb4",
) -> Model:
    """EfficientNet B4, for images of 380x380 with values of 0 to 255."""
    return efficientnet(
        "b4", Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    )


def EfficientNetB5(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "efficientnetb5",
) -> Model:
    """EfficientNet B5, for images of 456x456 with values of 0 to 255."""
    return efficientnet(
        "b5", Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    )


def EfficientNetB6(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "efficientnetb6",
) -> Model:
    """EfficientNet B6, for images of 528x528 with values of 0 to 255."""
    return efficientnet(
        "b6", Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    )


def EfficientNetB7(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "efficientnetb7",
) -> Model:
    """EfficientNet B7, for images of 600x600 with values of 0 to 255."""
    return efficientnet(
        "b7", Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    )
