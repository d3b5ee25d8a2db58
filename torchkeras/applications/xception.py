"""``keras.applications.xception``."""

from typing import Any

from torchkeras.applications._application import Options, build
from torchkeras.applications._xception import xception
from torchkeras.applications.imagenet_utils import decode_predictions
from torchkeras.applications.imagenet_utils import tf_input as preprocess_input
from torchkeras.models import Model

__all__ = ["Xception", "decode_predictions", "preprocess_input"]

_Xception = xception(("0a58e3b7378bc2990ea3b43d5981f1f6", "b0042744bf5b25fce3cb969f33bebb97"))


def Xception(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "xception",
) -> Model:
    """Xception, for images of 299x299."""
    return build(
        _Xception,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )
