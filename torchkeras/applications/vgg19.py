"""``keras.applications.vgg19``."""

from typing import Any

from torchkeras.applications._application import Options, build
from torchkeras.applications._vgg import vgg
from torchkeras.applications.imagenet_utils import caffe_input as preprocess_input
from torchkeras.applications.imagenet_utils import decode_predictions
from torchkeras.models import Model

__all__ = ["VGG19", "decode_predictions", "preprocess_input"]

_VGG19 = vgg("vgg19", (2, 2, 4, 4, 4), ("cbe5617147190e668d6c5d5026f83318", "253f8cb515780f3b799900260a226db6"))


def VGG19(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "vgg19",
) -> Model:
    """VGG with 16 convolutions and three dense layers, for images of 224x224."""
    return build(
        _VGG19, Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    )
