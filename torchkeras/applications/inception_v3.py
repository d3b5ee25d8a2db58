"""``keras.applications.inception_v3``."""

from typing import Any

from torchkeras.applications._application import Options, build
from torchkeras.applications._inception import inception_v3
from torchkeras.applications.imagenet_utils import decode_predictions
from torchkeras.applications.imagenet_utils import tf_input as preprocess_input
from torchkeras.models import Model

__all__ = ["InceptionV3", "decode_predictions", "preprocess_input"]

_InceptionV3 = inception_v3(("9a0d58056eeedaa3f26cb7ebd46da564", "bcbd6486424b2319ff4ef7d526e38f63"))


def InceptionV3(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "inception_v3",
) -> Model:
    """Inception v3, for images of 299x299."""
    return build(
        _InceptionV3,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )
