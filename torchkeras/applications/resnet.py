"""``keras.applications.resnet``."""

from typing import Any

from torchkeras.applications._application import Options, build
from torchkeras.applications._resnet import resnet
from torchkeras.applications.imagenet_utils import caffe_input as preprocess_input
from torchkeras.applications.imagenet_utils import decode_predictions
from torchkeras.models import Model

__all__ = ["ResNet50", "ResNet101", "ResNet152", "decode_predictions", "preprocess_input"]

_ResNet50 = resnet("resnet50", (3, 4, 6, 3), ("2cb95161c43110f7111970584f804107", "4d473c1dd8becc155b73f8504c6f6626"))
_ResNet101 = resnet(
    "resnet101", (3, 4, 23, 3), ("f1aeb4b969a6efcfb50fad2f0c20cfc5", "88cf7a10940856eca736dc7b7e228a21")
)
_ResNet152 = resnet(
    "resnet152", (3, 8, 36, 3), ("100835be76be38e30d865e96f2aaae62", "ee4c566cf9a93f14d82f913c2dc6dd0c")
)


def ResNet50(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "resnet50",
) -> Model:
    """ResNet of 50 layers, for images of 224x224."""
    return build(
        _ResNet50,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )


def ResNet101(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "resnet101",
) -> Model:
    """ResNet of 101 layers, for images of 224x224."""
    return build(
        _ResNet101,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )


def ResNet152(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "resnet152",
) -> Model:
    """ResNet of 152 layers, for images of 224x224."""
    return build(
        _ResNet152,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )
