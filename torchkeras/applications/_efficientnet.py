"""EfficientNet (Tan and Le, https://arxiv.org/abs/1905.11946) and EfficientNetV2 (2104.00298)."""

import math
from typing import Any, NamedTuple

from torchkeras._symbolic import KerasTensor
from torchkeras.applications._application import channel_axis
from torchkeras.applications._mobile import divisible, padding_before_stride
from torchkeras.initializers import VarianceScaling
from torchkeras.layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    DepthwiseConv2D,
    Dropout,
    GlobalAveragePooling2D,
    Multiply,
    Reshape,
    ZeroPadding2D,
)

DROP_RATE = 0.2  # of the last block's branch; earlier ones are dropped less often


class Stage(NamedTuple):
    """So many blocks of one kind: kernel size, repeats, filters, expansion, excitation, the first one's stride."""

    kernel: int
    repeats: int
    filters_in: int
    filters_out: int
    expansion: int
    squeeze: float
    stride: int
    fused: bool = False


class Block(NamedTuple):
    """One block, with the numbers of its variant."""

    name: str
    kernel: int
    stride: int
    filters_in: int
    filters_out: int
    expansion: int
    squeeze: float
    drop_rate: float
    fused: bool


def initializer() -> VarianceScaling:
    """Of the convolutions' kernels."""
    return VarianceScaling(2.0, "fan_out", "truncated_normal")


def classifier_initializer() -> VarianceScaling:
    """Of the last layer's kernel."""
    return VarianceScaling(1.0 / 3.0, "fan_out", "uniform")


def planned(
    stages: list[Stage], width: float, depth: float, rounded: Any = divisible, total: int | None = None
) -> list[Block]:
    """Every block of the network, its filters scaled by `width` and the counts by `depth`.

    `total`: of how many blocks the rates of dropping grow towards the last one; of all by default.
    """
    counts = [math.ceil(depth * stage.repeats) for stage in stages]
    total = total or sum(counts)
    blocks: list[Block] = []
    for index, (stage, count) in enumerate(zip(stages, counts, strict=True), 1):
        before, after = rounded(stage.filters_in * width), rounded(stage.filters_out * width)
        for repeat in range(count):
            first = repeat == 0
            blocks.append(
                Block(
                    f"block{index}{chr(97 + repeat)}_",
                    stage.kernel,
                    stage.stride if first else 1,
                    before if first else after,
                    after,
                    stage.expansion,
                    stage.squeeze,
                    DROP_RATE * len(blocks) / total,
                    stage.fused,
                )
            )
    return blocks


def conv(x: KerasTensor, filters: int, size: int, name: str, **arguments: Any) -> KerasTensor:
    """A convolution without bias, padded unless said otherwise."""
    arguments = {"padding": "same", "use_bias": False, **arguments}
    return Conv2D(filters, size, kernel_initializer=initializer(), name=name, **arguments)(x)


def norm(x: KerasTensor, name: str, momentum: float) -> KerasTensor:
    """Batch normalization over the channels."""
    return BatchNormalization(axis=channel_axis(), momentum=momentum, name=name)(x)


def norm_silu(x: KerasTensor, norm_name: str, name: str, momentum: float) -> KerasTensor:
    """Batch normalization, then the activation of the whole family."""
    return Activation("silu", name=name)(norm(x, norm_name, momentum))


def bottleneck(x: KerasTensor, block: Block, momentum: float = 0.99, depthwise: str = "dwconv") -> KerasTensor:
    """Widen, convolve depthwise, excite, narrow; around it the identity where the shape stays."""
    inputs, name, width = x, block.name, block.filters_in * block.expansion
    if block.expansion != 1:
        x = conv(x, width, 1, f"{name}expand_conv")
        x = norm_silu(x, f"{name}expand_bn", f"{name}expand_activation", momentum)
    x = _depthwise(x, block, f"{name}{depthwise}", pads=depthwise == "dwconv")
    x = norm_silu(x, f"{name}bn", f"{name}activation", momentum)
    x = excited(x, width, block)
    x = norm(conv(x, block.filters_out, 1, f"{name}project_conv"), f"{name}project_bn", momentum)
    return residual(inputs, x, block)


def fused_bottleneck(x: KerasTensor, block: Block, momentum: float) -> KerasTensor:
    """Widening and depthwise convolution in one full convolution."""
    inputs, name, width = x, block.name, block.filters_in * block.expansion
    if block.expansion != 1:
        x = conv(x, width, block.kernel, f"{name}expand_conv", strides=block.stride)
        x = norm_silu(x, f"{name}expand_bn", f"{name}expand_activation", momentum)
    x = excited(x, width, block)
    size, stride = (1, 1) if block.expansion != 1 else (block.kernel, block.stride)
    x = conv(x, block.filters_out, size, f"{name}project_conv", strides=stride)
    x = norm(x, f"{name}project_bn", momentum)
    if block.expansion == 1:
        x = Activation("silu", name=f"{name}project_activation")(x)
    return residual(inputs, x, block)


def _depthwise(x: KerasTensor, block: Block, name: str, pads: bool) -> KerasTensor:
    padding = "same"
    if pads and block.stride > 1:
        x, padding = ZeroPadding2D(padding_before_stride(x, block.kernel), name=f"{name}_pad")(x), "valid"
    return DepthwiseConv2D(
        block.kernel,
        strides=block.stride,
        padding=padding,
        use_bias=False,
        depthwise_initializer=initializer(),
        name=name,
    )(x)


def excited(x: KerasTensor, width: int, block: Block) -> KerasTensor:
    """Each channel times a number between 0 and 1 that the means of all channels tell."""
    if not 0 < block.squeeze <= 1:
        return x
    name = f"{block.name}se_"
    gate = GlobalAveragePooling2D(name=f"{name}squeeze")(x)
    gate = Reshape((1, 1, width) if channel_axis() == 3 else (width, 1, 1), name=f"{name}reshape")(gate)
    squeezed = max(1, int(block.filters_in * block.squeeze))
    gate = conv(gate, squeezed, 1, f"{name}reduce", activation="silu", use_bias=True)
    gate = conv(gate, width, 1, f"{name}expand", activation="sigmoid", use_bias=True)
    return Multiply(name=f"{name}excite")([x, gate])


def residual(inputs: KerasTensor, x: KerasTensor, block: Block) -> KerasTensor:
    """`x` plus the block's inputs where the shape stayed; in training whole samples of `x` are dropped."""
    if block.stride != 1 or block.filters_in != block.filters_out:
        return x
    if block.drop_rate > 0:
        x = Dropout(block.drop_rate, noise_shape=(None, 1, 1, 1), name=f"{block.name}drop")(x)
    return Add(name=f"{block.name}add")([x, inputs])
