"""MobileNet (Howard et al., https://arxiv.org/abs/1704.04861) and MobileNetV2 (Sandler et al., 1801.04381)."""

from torchkeras._symbolic import KerasTensor
from torchkeras.applications._application import (
    Architecture,
    Options,
    build,
    channel_axis,
    classifier,
)
from torchkeras.applications._mobile import check_multiplier, divisible, named, padding_before_stride, trained_size
from torchkeras.applications._weights import pair
from torchkeras.layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    DepthwiseConv2D,
    Dropout,
    GlobalAveragePooling2D,
    ReLU,
    Reshape,
    ZeroPadding2D,
)
from torchkeras.models import Model

# MobileNet: the filters and the stride of each block.
_SEPARABLES = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)]
_SEPARABLES += [(512, 1)] * 5 + [(1024, 2), (1024, 1)]
# MobileNetV2: the expansion, the filters and the stride of each block.
_BOTTLENECKS = [(1, 16, 1), (6, 24, 2), (6, 24, 1), (6, 32, 2), (6, 32, 1), (6, 32, 1), (6, 64, 2)]
_BOTTLENECKS += [(6, 64, 1)] * 3 + [(6, 96, 1)] * 3 + [(6, 160, 2)] + [(6, 160, 1)] * 2 + [(6, 320, 1)]


def mobilenet(alpha: float, depth_multiplier: int, dropout: float, options: Options) -> Model:
    """MobileNet; `alpha` scales its width."""
    check_multiplier(options, "alpha", alpha, (0.25, 0.5, 0.75, 1.0))
    check_multiplier(options, "depth_multiplier", depth_multiplier, (1,))
    size = trained_size(options, (128, 160, 192, 224))

    def features(x: KerasTensor) -> KerasTensor:
        x = Conv2D(int(32 * alpha), 3, strides=2, padding="same", use_bias=False, name="conv1")(x)
        x = _relu(_norm(x, "conv1_bn"), "conv1_relu")
        for index, (filters, stride) in enumerate(_SEPARABLES, 1):
            x = _separable(x, int(filters * alpha), depth_multiplier, stride, index)
        return x

    def top(x: KerasTensor, options: Options) -> KerasTensor:
        return _convolutional_top(x, dropout, options)

    text = {0.25: "2_5", 0.5: "5_0", 0.75: "7_5"}.get(alpha, "1_0")
    files = pair(f"mobilenet_{text}_{size}_tf", (None, None), "mobilenet", "_no_top")
    return build(Architecture(features, size, files, top=top), named(options, "mobilenet", alpha, size))


def mobilenet_v2(alpha: float, options: Options) -> Model:
    """MobileNetV2; `alpha` scales its width."""
    check_multiplier(options, "alpha", alpha, (0.35, 0.5, 0.75, 1.0, 1.3, 1.4))
    size = trained_size(options, (96, 128, 160, 192, 224))

    def features(x: KerasTensor) -> KerasTensor:
        x = Conv2D(divisible(32 * alpha), 3, strides=2, padding="same", use_bias=False, name="Conv1")(x)
        x = _relu(_norm(x, "bn_Conv1", 0.999), "Conv1_relu")
        for index, (expansion, filters, stride) in enumerate(_BOTTLENECKS):
            x = _bottleneck(x, expansion, divisible(int(filters * alpha)), stride, index)
        x = Conv2D(divisible(1280 * max(alpha, 1.0)), 1, use_bias=False, name="Conv_1")(x)
        return _relu(_norm(x, "Conv_1_bn", 0.999), "out_relu")

    stem = f"mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{alpha}_{size}"
    files = pair(stem, (None, None), "mobilenet_v2", "_no_top")
    architecture = Architecture(features, size, files, top=lambda x, options: classifier(x, options, pool_name=None))
    return build(architecture, named(options, "mobilenetv2", alpha, size))


def _separable(x: KerasTensor, filters: int, depth_multiplier: int, stride: int, index: int) -> KerasTensor:
    """A depthwise 3x3 and a pointwise convolution: ``(b, h, w, c) -> (b, h/s, w/s, filters)``."""
    padding = "same"
    if stride > 1:
        x, padding = ZeroPadding2D(((0, 1), (0, 1)), name=f"conv_pad_{index}")(x), "valid"
    name = f"conv_dw_{index}"
    x = DepthwiseConv2D(
        3, strides=stride, padding=padding, depth_multiplier=depth_multiplier, use_bias=False, name=name
    )(x)
    x = _relu(_norm(x, f"{name}_bn"), f"{name}_relu")
    name = f"conv_pw_{index}"
    x = Conv2D(filters, 1, padding="same", use_bias=False, name=name)(x)
    return _relu(_norm(x, f"{name}_bn"), f"{name}_relu")


def _convolutional_top(x: KerasTensor, dropout: float, options: Options) -> KerasTensor:
    x = GlobalAveragePooling2D(keepdims=True)(x)  # (b, 1, 1, c)
    x = Dropout(dropout, name="dropout")(x)
    x = Conv2D(options.classes, 1, padding="same", name="conv_preds")(x)
    x = Reshape((options.classes,), name="reshape_2")(x)
    return Activation(options.classifier_activation, name="predictions")(x)


def _bottleneck(x: KerasTensor, expansion: int, filters: int, stride: int, index: int) -> KerasTensor:
    """Widen, convolve depthwise, narrow; around it the identity where the shape stays."""
    name = f"block_{index}" if index else "expanded_conv"
    inputs, channels = x, x.shape[channel_axis()]
    if index:
        x = Conv2D(expansion * channels, 1, padding="same", use_bias=False, name=f"{name}_expand")(x)
        x = _relu(_norm(x, f"{name}_expand_BN", 0.999), f"{name}_expand_relu")
    padding = "same"
    if stride > 1:
        x, padding = ZeroPadding2D(padding_before_stride(x, 3), name=f"{name}_pad")(x), "valid"
    x = DepthwiseConv2D(3, strides=stride, padding=padding, use_bias=False, name=f"{name}_depthwise")(x)
    x = _relu(_norm(x, f"{name}_depthwise_BN", 0.999), f"{name}_depthwise_relu")
    x = Conv2D(filters, 1, padding="same", use_bias=False, name=f"{name}_project")(x)
    x = _norm(x, f"{name}_project_BN", 0.999)
    return Add(name=f"{name}_add")([inputs, x]) if stride == 1 and channels == filters else x


def _norm(x: KerasTensor, name: str, momentum: float = 0.99) -> KerasTensor:
    return BatchNormalization(axis=channel_axis(-1), momentum=momentum, name=name)(x)


def _relu(x: KerasTensor, name: str) -> KerasTensor:
    return ReLU(6.0, name=name)(x)
