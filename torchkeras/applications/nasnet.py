"""``keras.applications.nasnet``."""

from typing import Any

from torchkeras.applications._application import Options, build
from torchkeras.applications._nasnet import Variant, nasnet
from torchkeras.applications._weights import FOLDER
from torchkeras.applications.imagenet_utils import decode_predictions
from torchkeras.applications.imagenet_utils import tf_input as preprocess_input
from torchkeras.datasets._fetch import Source
from torchkeras.models import Model

__all__ = ["NASNetMobile", "NASNetLarge", "decode_predictions", "preprocess_input"]


def _files(kind: str, hashes: tuple[str, str]) -> tuple[Source, Source]:
    """The store and the cache name these differently."""
    url = f"https://storage.googleapis.com/tensorflow/keras-applications/nasnet/NASNet-{kind}"
    with_top = Source(f"{url}.h5", f"nasnet_{kind}.h5", hashes[0], FOLDER)
    return with_top, Source(f"{url}-no-top.h5", f"nasnet_{kind}_no_top.h5", hashes[1], FOLDER)


_NASNetMobile = nasnet(
    Variant(4, 44, 32, skips=False),
    224,
    _files("mobile", ("020fb642bf7360b370c678b08e0adf61", "1ed92395b5b598bdda52abe5c0dbfd63")),
)
_NASNetLarge = nasnet(
    Variant(6, 168, 96, skips=True),
    331,
    _files("large", ("11577c9a518f0070763c2b964a382f17", "d81d89dc07e6e56530c4e77faddd61b5")),
)


def NASNetMobile(
    input_shape: Any = None,
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "nasnet_mobile",
) -> Model:
    """NASNet with 5.3 million weights, for images of 224x224."""
    return build(
        _NASNetMobile,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )


def NASNetLarge(
    input_shape: Any = None,
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "nasnet_large",
) -> Model:
    """NASNet with 88.9 million weights, for images of 331x331."""
    return build(
        _NASNetLarge,
        Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
    )
