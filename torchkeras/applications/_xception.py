"""Xception: depthwise separable convolutions throughout (Chollet, https://arxiv.org/abs/1610.02357)."""

from torchkeras._symbolic import KerasTensor
from torchkeras.applications._application import Architecture, channel_axis
from torchkeras.applications._weights import classic_pair
from torchkeras.layers import Activation, Add, BatchNormalization, Conv2D, MaxPooling2D, SeparableConv2D


def xception(hashes: tuple[str, str]) -> Architecture:
    """Xception."""
    return Architecture(_features, 299, classic_pair("xception", hashes), smallest=71)


def _features(x: KerasTensor) -> KerasTensor:
    x = _conv(x, 32, 2, "block1_conv1")
    x = _conv(x, 64, 1, "block1_conv2")
    x = _reduction(x, (128, 128), "block2", first_active=False)
    x = _reduction(x, (256, 256), "block3")
    x = _reduction(x, (728, 728), "block4")
    for block in range(5, 13):
        x = Add()([_active_separables(x, (728, 728, 728), f"block{block}"), x])
    x = _reduction(x, (728, 1024), "block13")
    for index, filters in enumerate((1536, 2048), 1):
        name = f"block14_sepconv{index}"
        x = _relu(_separable(x, filters, name), name)
    return x


def _reduction(x: KerasTensor, filters: tuple[int, ...], block: str, first_active: bool = True) -> KerasTensor:
    """Separable convolutions and a maximum, plus a projection: ``(b, h, w, c) -> (b, h/2, w/2, filters)``."""
    shortcut = Conv2D(filters[-1], 1, strides=2, padding="same", use_bias=False)(x)
    shortcut = BatchNormalization(axis=channel_axis(-1))(shortcut)
    x = _active_separables(x, filters, block, first_active)
    x = MaxPooling2D(3, strides=2, padding="same", name=f"{block}_pool")(x)
    return Add()([x, shortcut])


def _active_separables(x: KerasTensor, filters: tuple[int, ...], block: str, first_active: bool = True) -> KerasTensor:
    """Activation and separable convolution by turns; the activation is left out where `x` has had one."""
    for index, count in enumerate(filters, 1):
        name = f"{block}_sepconv{index}"
        if index > 1 or first_active:
            x = _relu(x, name)
        x = _separable(x, count, name)
    return x


def _conv(x: KerasTensor, filters: int, stride: int, name: str) -> KerasTensor:
    x = Conv2D(filters, 3, strides=stride, use_bias=False, name=name)(x)
    return _relu(BatchNormalization(axis=channel_axis(-1), name=f"{name}_bn")(x), name)


def _separable(x: KerasTensor, filters: int, name: str) -> KerasTensor:
    x = SeparableConv2D(filters, 3, padding="same", use_bias=False, name=name)(x)
    return BatchNormalization(axis=channel_axis(-1), name=f"{name}_bn")(x)


def _relu(x: KerasTensor, name: str) -> KerasTensor:
    return Activation("relu", name=f"{name}_act")(x)
