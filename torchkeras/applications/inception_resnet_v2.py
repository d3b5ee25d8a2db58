"""``keras.applications.inception_resnet_v2``."""

from typing import Any

from torchkeras.applications._application import Options, build
from torchkeras.applications._inception import inception_resnet_v2
from torchkeras.applications.imagenet_utils import decode_predictions
from torchkeras.applications.imagenet_utils import tf_input as preprocess_input
from torchkeras.models import Model

__all__ = ["InceptionResNetV2", "decode_predictions", "preprocess_input"]

_InceptionResNetV2 = inception_resnet_v2(("e693bd0210a403b3192acc6073ad2e96", "d19885ff4a710c122648d3b5c3b684e4"))


def InceptionResNetV2(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "inception_resnet_v2",
) -> Model:
    """Inception-ResNet v2, for images of 299x299."""
    return build(
        _InceptionResNetV2,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )
