"""``keras.applications.mobilenet_v2``."""

from typing import Any

from torchkeras.applications._application import Options
from torchkeras.applications._mobilenet import mobilenet_v2
from torchkeras.applications.imagenet_utils import decode_predictions
from torchkeras.applications.imagenet_utils import tf_input as preprocess_input
from torchkeras.models import Model

__all__ = ["MobileNetV2", "decode_predictions", "preprocess_input"]


def MobileNetV2(
    input_shape: Any = None,
    alpha: float = 1.0,
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = None,
) -> Model:
    """MobileNetV2, for images of 224x224 and smaller.

    Args:
        alpha: what the number of filters of each layer is multiplied by.
    """
    return mobilenet_v2(
        alpha, Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    )
