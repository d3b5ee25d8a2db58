"""``keras.applications.resnet_v2``."""

from typing import Any

from torchkeras.applications._application import Options, build
from torchkeras.applications._resnet import resnet_v2
from torchkeras.applications.imagenet_utils import decode_predictions
from torchkeras.applications.imagenet_utils import tf_input as preprocess_input
from torchkeras.models import Model

__all__ = ["ResNet50V2", "ResNet101V2", "ResNet152V2", "decode_predictions", "preprocess_input"]

_ResNet50V2 = resnet_v2(
    "resnet50v2", (3, 4, 6, 3), ("3ef43a0b657b3be2300d5770ece849e0", "fac2f116257151a9d068a22e544a4917")
)
_ResNet101V2 = resnet_v2(
    "resnet101v2", (3, 4, 23, 3), ("6343647c601c52e1368623803854d971", "c0ed64b8031c3730f411d2eb4eea35b5")
)
_ResNet152V2 = resnet_v2(
    "resnet152v2", (3, 8, 36, 3), ("a49b44d1979771252814e80f8ec446f9", "ed17cf2e0169df9d443503ef94b23b33")
)


def ResNet50V2(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "resnet50v2",
) -> Model:
    """ResNet of 50 layers, activation before convolution, for images of 224x224."""
    return build(
        _ResNet50V2,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )


def ResNet101V2(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "resnet101v2",
) -> Model:
    """ResNet of 101 layers, activation before convolution, for images of 224x224."""
    return build(
        _ResNet101V2,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )


def ResNet152V2(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "resnet152v2",
) -> Model:
    """ResNet of 152 layers, activation before convolution, for images of 224x224."""
    return build(
        _ResNet152V2,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )
