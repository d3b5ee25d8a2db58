"""``keras.applications.mobilenet``."""

from typing import Any

from torchkeras.applications._application import Options
from torchkeras.applications._mobilenet import mobilenet
from torchkeras.applications.imagenet_utils import decode_predictions
from torchkeras.applications.imagenet_utils import tf_input as preprocess_input
from torchkeras.models import Model

__all__ = ["MobileNet", "decode_predictions", "preprocess_input"]


def MobileNet(
    input_shape: Any = None,
    alpha: float = 1.0,
    depth_multiplier: int = 1,
    dropout: float = 0.001,
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = None,
) -> Model:
    """MobileNet, for images of 224x224 and smaller.

    Args:
        alpha: what the number of filters of each layer is multiplied by.
        depth_multiplier: filters of the depthwise convolutions for each channel.
        dropout: rate of the dropout before the classifier.
    """
    return mobilenet(
        alpha,
        depth_multiplier,
        dropout,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )
