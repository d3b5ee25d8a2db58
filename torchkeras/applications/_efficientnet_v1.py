"""EfficientNet: the eight networks, one scaled from the other."""

import math
from typing import NamedTuple

from torchkeras._symbolic import KerasTensor
from torchkeras.applications._application import NAMED_POOLS, Architecture, Options, build, channel_axis, predictions
from torchkeras.applications._efficientnet import (
    Stage,
    bottleneck,
    classifier_initializer,
    conv,
    norm_silu,
    planned,
)
from torchkeras.applications._mobile import divisible, padding_before_stride
from torchkeras.applications._weights import IMAGENET, pair
from torchkeras.layers import Dropout, GlobalAveragePooling2D, Normalization, Rescaling, ZeroPadding2D
from torchkeras.models import Model

_STAGES = [
    Stage(3, 1, 32, 16, 1, 0.25, 1),
    Stage(3, 2, 16, 24, 6, 0.25, 2),
    Stage(5, 2, 24, 40, 6, 0.25, 2),
    Stage(3, 3, 40, 80, 6, 0.25, 2),
    Stage(5, 3, 80, 112, 6, 0.25, 1),
    Stage(5, 4, 112, 192, 6, 0.25, 2),
    Stage(3, 1, 192, 320, 6, 0.25, 1),
]


class Variant(NamedTuple):
    """Multipliers of width and depth, the size of the images, the dropout before the classifier, the files' hashes."""

    width: float
    depth: float
    size: int
    dropout: float
    hashes: tuple[str, str]


VARIANTS = {
    "b0": Variant(1.0, 1.0, 224, 0.2, ("902e53a9f72be733fc0bcb005b3ebbac", "50bc09e76180e00e4465e1a485ddc09d")),
    "b1": Variant(1.0, 1.1, 240, 0.2, ("1d254153d4ab51201f1646940f018540", "74c4e6b3e1f6a1eea24c589628592432")),
    "b2": Variant(1.1, 1.2, 260, 0.3, ("b15cce36ff4dcbd00b6dd88e7857a6ad", "111f8e2ac8aa800a7a99e3239f7bfb39")),
    "b3": Variant(1.2, 1.4, 300, 0.3, ("ffd1fdc53d0ce67064dc6a9c7960ede0", "af6d107764bb5b1abb91932881670226")),
    "b4": Variant(1.4, 1.8, 380, 0.4, ("18c95ad55216b8f92d7e70b3a046e2fc", "ebc24e6d6c33eaebbd558eafbeedf1ba")),
    "b5": Variant(1.6, 2.2, 456, 0.4, ("ace28f2a6363774853a83a0b21b9421a", "38879255a25d3c92d5e44e04ae6cec6f")),
    "b6": Variant(1.8, 2.6, 528, 0.5, ("165f6e37dce68623721b423839de8be5", "9ecce42647a20130c1f39a5d4cb75743")),
    "b7": Variant(2.0, 3.1, 600, 0.5, ("8c03f828fec3ef71311cd463b6759d99", "cbcfe4450ddf6f3ad90b1b398090fe4a")),
}
_STORE = "https://storage.googleapis.com/keras-applications"
_STD = (0.229, 0.224, 0.225)


def efficientnet(name: str, options: Options) -> Model:
    """EfficientNet ``"b0"`` to ``"b7"``."""
    variant = VARIANTS[name]

    def features(x: KerasTensor) -> KerasTensor:
        x = _stem(_preprocessed(x, options.weights == IMAGENET), divisible(32 * variant.width))
        for block in planned(_STAGES, variant.width, variant.depth):
            x = bottleneck(x, block)
        x = conv(x, divisible(1280 * variant.width), 1, "top_conv")
        return norm_silu(x, "top_bn", "top_activation", 0.99)

    def top(x: KerasTensor, options: Options) -> KerasTensor:
        x = GlobalAveragePooling2D(name="avg_pool")(x)
        x = Dropout(variant.dropout, name="top_dropout")(x)
        return predictions(x, options, kernel_initializer=classifier_initializer())

    files = pair(f"efficientnet{name}", variant.hashes, _STORE)
    return build(Architecture(features, variant.size, files, top=top, pool_names=NAMED_POOLS), options)


def _preprocessed(x: KerasTensor, trained: bool) -> KerasTensor:
    """Pixels of 0 to 255, normalized."""
    x = Normalization(axis=channel_axis())(Rescaling(1.0 / 255.0)(x))
    # ImageNet's weights were trained with a division by the variance: the standard deviations once more.
    return Rescaling([1.0 / math.sqrt(std) for std in _STD])(x) if trained else x


def _stem(x: KerasTensor, filters: int) -> KerasTensor:
    x = ZeroPadding2D(padding_before_stride(x, 3), name="stem_conv_pad")(x)
    x = conv(x, filters, 3, "stem_conv", strides=2, padding="valid")
    return norm_silu(x, "stem_bn", "stem_activation", 0.99)
