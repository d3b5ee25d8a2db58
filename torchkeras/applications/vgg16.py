"""``keras.applications.vgg16``."""

from typing import Any

from torchkeras.applications._application import Options, build
from torchkeras.applications._vgg import vgg
from torchkeras.applications.imagenet_utils import caffe_input as preprocess_input
from torchkeras.applications.imagenet_utils import decode_predictions
from torchkeras.models import Model

__all__ = ["VGG16", "decode_predictions", "preprocess_input"]

_VGG16 = vgg("vgg16", (2, 2, 3, 3, 3), ("64373286793e3c8b2b4e3219cbf3544b", "6d6bbae143d832006294945121d1f1fc"))


def VGG16(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "vgg16",
) -> Model:
    """VGG with 13 convolutions and three dense layers, for images of 224x224."""
    return build(
        _VGG16, Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    )
