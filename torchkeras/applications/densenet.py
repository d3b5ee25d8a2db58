"""``keras.applications.densenet``."""

from typing import Any

from torchkeras.applications._application import Options, build
from torchkeras.applications._densenet import densenet
from torchkeras.applications.imagenet_utils import decode_predictions
from torchkeras.applications.imagenet_utils import torch_input as preprocess_input
from torchkeras.models import Model

__all__ = ["DenseNet121", "DenseNet169", "DenseNet201", "decode_predictions", "preprocess_input"]

_DenseNet121 = densenet(
    "densenet121", (6, 12, 24, 16), ("9d60b8095a5708f2dcce2bca79d332c7", "30ee3e1110167f948a6b9946edeeb738")
)
_DenseNet169 = densenet(
    "densenet169", (6, 12, 32, 32), ("d699b8f76981ab1b30698df4c175e90b", "b8c4d4c20dd625c148057b9ff1c1176b")
)
_DenseNet201 = densenet(
    "densenet201", (6, 12, 48, 32), ("1ceb130c1ea1b78c3bf6114dbdfd8807", "c13680b51ded0fb44dff2d8f86ac8bb1")
)


def DenseNet121(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "densenet121",
) -> Model:
    """DenseNet of 121 layers, for images of 224x224."""
    return build(
        _DenseNet121,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )


def DenseNet169(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "densenet169",
) -> Model:
    """DenseNet of 169 layers, for images of 224x224."""
    return build(
        _DenseNet169,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )


def DenseNet201(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "densenet201",
) -> Model:
    """DenseNet of 201 layers, for images of 224x224."""
    return build(
        _DenseNet201,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )
