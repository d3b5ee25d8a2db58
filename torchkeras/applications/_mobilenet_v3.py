"""MobileNetV3 (Howard et al., https://arxiv.org/abs/1905.02244)."""

from typing import Any, NamedTuple

from torchkeras._symbolic import KerasTensor
from torchkeras.applications._application import Architecture, Options, build, channel_axis
from torchkeras.applications._mobile import check_multiplier, divisible, padding_before_stride, trained_size
from torchkeras.applications._weights import pair
from torchkeras.layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Multiply,
    ReLU,
    Rescaling,
    ZeroPadding2D,
)
from torchkeras.models import Model


class Block(NamedTuple):
    """An inverted bottleneck: how it widens, its filters, kernel size and stride; excitation and hard swish or not."""

    expansion: float
    filters: int
    kernel: int
    stride: int
    excites: bool
    swish: bool


_SMALL = [
    Block(1, 16, 3, 2, True, False),
    Block(72 / 16, 24, 3, 2, False, False),
    Block(88 / 24, 24, 3, 1, False, False),
]
_SMALL += [Block(4, 40, 5, 2, True, True), *[Block(6, 40, 5, 1, True, True)] * 2, *[Block(3, 48, 5, 1, True, True)] * 2]
_SMALL += [Block(6, 96, 5, 2, True, True), *[Block(6, 96, 5, 1, True, True)] * 2]
_LARGE = [Block(1, 16, 3, 1, False, False), Block(4, 24, 3, 2, False, False), Block(3, 24, 3, 1, False, False)]
_LARGE += [Block(3, 40, 5, 2, True, False), *[Block(3, 40, 5, 1, True, False)] * 2]
_LARGE += [Block(6, 80, 3, 2, False, True), Block(2.5, 80, 3, 1, False, True), *[Block(2.3, 80, 3, 1, False, True)] * 2]
_LARGE += [*[Block(6, 112, 3, 1, True, True)] * 2]
_LARGE += [Block(6, 160, 5, 2, True, True), *[Block(6, 160, 5, 1, True, True)] * 2]


class Variant(NamedTuple):
    """What tells the two networks apart; the hashes are of the files by `alpha` and `minimalistic`."""

    blocks: list[Block]
    last: int
    hashes: dict[tuple[float, bool], tuple[str, str]]


VARIANTS = {
    "small": Variant(
        _SMALL,
        1024,
        {
            (0.75, False): ("cb65d4e5be93758266aa0a7f2c6708b7", "ebdb5cc8e0b497cd13a7c275d475c819"),
            (1.0, False): ("8768d4c2e7dee89b9d02b2d03d65d862", "d3e8ec802a04aa4fc771ee12a9a9b836"),
            (1.0, True): ("99cd97fb2fcdad2bf028eb838de69e37", "cde8136e733e811080d9fcd8a252f7e4"),
        },
    ),
    "large": Variant(
        _LARGE,
        1280,
        {
            (0.75, False): ("765b44a33ad4005b3ac83185abf1d0eb", "40af19a13ebea4e2ee0c676887f69a2e"),
            (1.0, False): ("59e551e166be033d707958cf9e29a6a7", "07fb09a5933dd0c8eaafa16978110389"),
            (1.0, True): ("675e7b876c45c57e9e63e6d90a36599c", "ec5221f64a2f6d1ef965a614bdae7973"),
        },
    ),
}


def mobilenet_v3(
    variant: str, alpha: float, minimalistic: bool, dropout: float, include_preprocessing: bool, options: Options
) -> Model:
    """The network `variant`; `alpha` scales its width, and without excitation and hard swish it is `minimalistic`."""
    blocks, last, hashes = VARIANTS[variant]
    check_multiplier(options, "alpha", alpha, [known for known, simple in hashes if simple == minimalistic])
    trained_size(options, (224,))

    def features(x: KerasTensor) -> KerasTensor:
        if include_preprocessing:
            x = Rescaling(1 / 127.5, offset=-1.0)(x)
        x = Conv2D(16, 3, strides=2, padding="same", use_bias=False, name="conv")(x)
        x = _activation(_norm(x, "conv_bn"), not minimalistic)
        for index, block in enumerate(blocks):
            if minimalistic:
                block = block._replace(kernel=3, excites=False, swish=False)
            x = _bottleneck(x, block, divisible(block.filters * alpha), index)
        channels = divisible(x.shape[channel_axis()] * 6)
        x = Conv2D(channels, 1, padding="same", use_bias=False, name="conv_1")(x)
        return _activation(_norm(x, "conv_1_bn"), not minimalistic)

    def top(x: KerasTensor, options: Options) -> KerasTensor:
        width = divisible(last * alpha) if alpha > 1.0 else last
        return _convolutional_top(x, width, not minimalistic, dropout, options)

    kind = f"{variant}_minimalistic" if minimalistic else variant
    files = _files(f"weights_mobilenet_v3_{kind}_224_{alpha}_float", hashes.get((alpha, minimalistic), (None, None)))
    architecture = Architecture(features, 224, files, top=top, pool_names=("avg_pool", "max_pool"), any_size=True)
    return build(architecture, options)


def _files(stem: str, hashes: Any) -> Any:
    return pair(stem, hashes, "mobilenet_v3", "_no_top_v2")


def _bottleneck(x: KerasTensor, block: Block, filters: int, index: int) -> KerasTensor:
    """Widen, convolve depthwise, excite, narrow; around it the identity where the shape stays."""
    name = f"expanded_conv_{index}" if index else "expanded_conv"
    inputs, channels = x, x.shape[channel_axis()]
    width = divisible(channels * block.expansion)
    if index:
        x = Conv2D(width, 1, padding="same", use_bias=False, name=f"{name}_expand")(x)
        x = _activation(_norm(x, f"{name}_expand_bn"), block.swish)
    padding = "same"
    if block.stride > 1:
        pad = ZeroPadding2D(padding_before_stride(x, block.kernel), name=f"{name}_depthwise_pad")
        x, padding = pad(x), "valid"
    depthwise = DepthwiseConv2D(
        block.kernel, strides=block.stride, padding=padding, use_bias=False, name=f"{name}_depthwise"
    )
    x = _activation(_norm(depthwise(x), f"{name}_depthwise_bn"), block.swish)
    if block.excites:
        x = _excited(x, width, f"{name}_squeeze_excite")
    x = Conv2D(filters, 1, padding="same", use_bias=False, name=f"{name}_project")(x)
    x = _norm(x, f"{name}_project_bn")
    return Add(name=f"{name}_add")([inputs, x]) if block.stride == 1 and channels == filters else x


def _excited(x: KerasTensor, channels: int, name: str) -> KerasTensor:
    """Each channel times a number between 0 and 1 that the means of all channels tell."""
    gate = GlobalAveragePooling2D(keepdims=True, name=f"{name}_avg_pool")(x)
    gate = Conv2D(divisible(channels * 0.25), 1, padding="same", name=f"{name}_conv")(gate)
    gate = ReLU(name=f"{name}_relu")(gate)
    gate = Conv2D(channels, 1, padding="same", name=f"{name}_conv_1")(gate)
    gate = ReLU(6.0)(gate + 3.0) * (1.0 / 6.0)
    return Multiply(name=f"{name}_mul")([x, gate])


def _convolutional_top(x: KerasTensor, width: int, swish: bool, dropout: float, options: Options) -> KerasTensor:
    x = GlobalAveragePooling2D(keepdims=True)(x)  # (b, 1, 1, c)
    x = _activation(Conv2D(width, 1, padding="same", name="conv_2")(x), swish)
    if dropout > 0:
        x = Dropout(dropout)(x)
    x = Conv2D(options.classes, 1, padding="same", name="logits")(x)
    return Activation(options.classifier_activation, name="predictions")(Flatten()(x))


def _norm(x: KerasTensor, name: str) -> KerasTensor:
    return BatchNormalization(axis=channel_axis(-1), momentum=0.999, name=name)(x)


def _activation(x: KerasTensor, swish: bool) -> KerasTensor:
    return (Activation("hard_silu") if swish else ReLU())(x)


def MobileNetV3Small(
    input_shape: Any = None,
    alpha: float = 1.0,
    minimalistic: bool = False,
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    classes: int = 1000,
    pooling: str | None = None,
    dropout_rate: float = 0.2,
    classifier_activation: Any = "softmax",
    include_preprocessing: bool = True,
    name: str | None = "MobileNetV3Small",
) -> Model:
    """MobileNetV3 Small, for images of 224x224.

    Args:
        alpha: what the number of filters of each layer is multiplied by.
        minimalistic: without excitation, hard swish and 5x5 kernels, for hardware that lacks them.
        dropout_rate: of the dropout before the classifier.
        include_preprocessing: whether the model takes values of 0 to 255 and scales them itself.
    """
    options = Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return mobilenet_v3("small", alpha, minimalistic, dropout_rate, include_preprocessing, options)


def MobileNetV3Large(
    input_shape: Any = None,
    alpha: float = 1.0,
    minimalistic: bool = False,
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    classes: int = 1000,
    pooling: str | None = None,
    dropout_rate: float = 0.2,
    classifier_activation: Any = "softmax",
    include_preprocessing: bool = True,
    name: str | None = "MobileNetV3Large",
) -> Model:
    """MobileNetV3 Large, for images of 224x224.

    Args:
        alpha: what the number of filters of each layer is multiplied by.
        minimalistic: without excitation, hard swish and 5x5 kernels, for hardware that lacks them.
        dropout_rate: of the dropout before the classifier.
        include_preprocessing: whether the model takes values of 0 to 255 and scales them itself.
    """
    options = Options(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return mobilenet_v3("large", alpha, minimalistic, dropout_rate, include_preprocessing, options)
