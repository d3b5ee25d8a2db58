"""EfficientNetV2: the networks B0 to B3, S, M and L."""

from typing import NamedTuple

from torchkeras._symbolic import KerasTensor
from torchkeras.applications._application import NAMED_POOLS, Architecture, Options, build, channel_axis, predictions
from torchkeras.applications._efficientnet import (
    Stage,
    bottleneck,
    classifier_initializer,
    conv,
    fused_bottleneck,
    norm_silu,
    planned,
)
from torchkeras.applications._mobile import nearest_multiple
from torchkeras.applications._weights import pair
from torchkeras.initializers import Constant
from torchkeras.layers import Dropout, GlobalAveragePooling2D, Normalization, Rescaling
from torchkeras.models import Model

_MOMENTUM = 0.9
_BASE = [
    Stage(3, 1, 32, 16, 1, 0.0, 1, fused=True),
    Stage(3, 2, 16, 32, 4, 0.0, 2, fused=True),
    Stage(3, 2, 32, 48, 4, 0.0, 2, fused=True),
    Stage(3, 3, 48, 96, 4, 0.25, 2),
    Stage(3, 5, 96, 112, 6, 0.25, 1),
    Stage(3, 8, 112, 192, 6, 0.25, 2),
]
_S = [
    Stage(3, 2, 24, 24, 1, 0.0, 1, fused=True),
    Stage(3, 4, 24, 48, 4, 0.0, 2, fused=True),
    Stage(3, 4, 48, 64, 4, 0.0, 2, fused=True),
    Stage(3, 6, 64, 128, 4, 0.25, 2),
    Stage(3, 9, 128, 160, 6, 0.25, 1),
    Stage(3, 15, 160, 256, 6, 0.25, 2),
]
_M = [
    Stage(3, 3, 24, 24, 1, 0.0, 1, fused=True),
    Stage(3, 5, 24, 48, 4, 0.0, 2, fused=True),
    Stage(3, 5, 48, 80, 4, 0.0, 2, fused=True),
    Stage(3, 7, 80, 160, 4, 0.25, 2),
    Stage(3, 14, 160, 176, 6, 0.25, 1),
    Stage(3, 18, 176, 304, 6, 0.25, 2),
    Stage(3, 5, 304, 512, 6, 0.25, 1),
]
_L = [
    Stage(3, 4, 32, 32, 1, 0.0, 1, fused=True),
    Stage(3, 7, 32, 64, 4, 0.0, 2, fused=True),
    Stage(3, 7, 64, 96, 4, 0.0, 2, fused=True),
    Stage(3, 10, 96, 192, 4, 0.25, 2),
    Stage(3, 19, 192, 224, 6, 0.25, 1),
    Stage(3, 25, 224, 384, 6, 0.25, 2),
    Stage(3, 7, 384, 640, 6, 0.25, 1),
]


class Variant(NamedTuple):
    """Stages, multipliers of width and depth, the size of the images, the files' hashes."""

    stages: list[Stage]
    width: float
    depth: float
    size: int
    hashes: tuple[str, str]


VARIANTS = {
    "b0": Variant(_BASE, 1.0, 1.0, 224, ("21ecbf6da12460d5c40bb2f29ceb2188", "893217f2bb855e2983157299931e43ff")),
    "b1": Variant(_BASE, 1.0, 1.1, 240, ("069f0534ff22adf035c89e2d9547a9dc", "0e80663031ca32d657f9caa404b6ec37")),
    "b2": Variant(_BASE, 1.1, 1.2, 260, ("424e49f28180edbde1e94797771950a7", "1dfe2e7a5d45b6632553a8961ea609eb")),
    "b3": Variant(_BASE, 1.2, 1.4, 300, ("1f1fc43bd98a6e4fd8fdfd551e02c7a0", "f6abf7b5849ac99a89b50dd3fd532856")),
    "s": Variant(_S, 1.0, 1.0, 384, ("e1d88a8495beba45748fedd0cecbe016", "af0682fb74e8c54910f2d4393339c070")),
    "m": Variant(_M, 1.0, 1.0, 480, ("a3bf6aa3276309f4fc6a34aa114c95cd", "1b8dc055df72dde80d614482840fe342")),
    "l": Variant(_L, 1.0, 1.0, 480, ("27e6d408b53c7ebc868fefa357689935", "b0b66b5c863aef5b46e8608fe1711615")),
}


def efficientnet_v2(name: str, include_preprocessing: bool, options: Options) -> Model:
    """EfficientNetV2 ``"b0"`` to ``"b3"``, ``"s"``, ``"m"`` or ``"l"``."""
    variant = VARIANTS[name]
    unscaled = sum(stage.repeats for stage in variant.stages)
    blocks = planned(variant.stages, variant.width, variant.depth, nearest_multiple, unscaled)

    def features(x: KerasTensor) -> KerasTensor:
        if include_preprocessing:
            x = _preprocessed(x, normalizes=name.startswith("b"))
        x = conv(x, blocks[0].filters_in, 3, "stem_conv", strides=2)
        x = norm_silu(x, "stem_bn", "stem_activation", _MOMENTUM)
        for block in blocks:
            x = fused_bottleneck(x, block, _MOMENTUM) if block.fused else bottleneck(x, block, _MOMENTUM, "dwconv2")
        x = conv(x, nearest_multiple(1280 * variant.width), 1, "top_conv")
        return norm_silu(x, "top_bn", "top_activation", _MOMENTUM)

    files = pair(f"efficientnetv2-{name}", variant.hashes, "efficientnet_v2")
    return build(Architecture(features, variant.size, files, top=_top, pool_names=NAMED_POOLS), options)


def _preprocessed(x: KerasTensor, normalizes: bool) -> KerasTensor:
    """Pixels of 0 to 255: normalized with ImageNet's statistics, or scaled to -1..1."""
    if not normalizes or x.shape[channel_axis(-1)] != 3:
        return Rescaling(1.0 / 128.0, offset=-1)(x)
    x = Rescaling(1.0 / 255)(x)
    mean, std = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    return Normalization(mean=mean, variance=[one**2 for one in std], axis=channel_axis())(x)


def _top(x: KerasTensor, options: Options) -> KerasTensor:
    x = Dropout(0.2, name="top_dropout")(GlobalAveragePooling2D(name="avg_pool")(x))
    return predictions(x, options, kernel_initializer=classifier_initializer(), bias_initializer=Constant(0.0))
