"""Inception v3 (Szegedy et al., https://arxiv.org/abs/1512.00567) and Inception-ResNet v2 (1602.07261)."""

from collections.abc import Sequence
from typing import Any

from torchkeras._symbolic import KerasTensor
from torchkeras.applications._application import Architecture, channel_axis
from torchkeras.applications._weights import classic_pair
from torchkeras.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv2D,
    MaxPooling2D,
)
from torchkeras.layers._scaling import CustomScaleLayer

Size = int | tuple[int, int]
Branch = Sequence[tuple[int, Size]]  # filters and kernel size of each convolution


def inception_v3(hashes: tuple[str, str]) -> Architecture:
    """Inception v3."""
    return Architecture(_v3, 299, classic_pair("inception_v3", hashes), smallest=75)


def inception_resnet_v2(hashes: tuple[str, str]) -> Architecture:
    """Inception-ResNet v2."""
    return Architecture(_resnet_v2, 299, classic_pair("inception_resnet_v2", hashes), smallest=75)


# What the two share.


def _conv(x: KerasTensor, filters: int, size: Size, name: str | None = None, **arguments: Any) -> KerasTensor:
    """Convolution, normalization, activation; padded unless said otherwise."""
    arguments = {"padding": "same", "use_bias": False, **arguments}
    x = Conv2D(filters, size, name=name, **arguments)(x)
    x = BatchNormalization(axis=channel_axis(), scale=False, name=name and f"{name}_bn")(x)
    return Activation("relu", name=name and f"{name}_ac")(x)


def _chain(x: KerasTensor, branch: Branch, reduces: bool = False) -> KerasTensor:
    """One convolution after the other; the last one halves the image where the branch `reduces` it."""
    for index, (filters, size) in enumerate(branch, 1):
        if reduces and index == len(branch):
            x = _conv(x, filters, size, strides=2, padding="valid")
        else:
            x = _conv(x, filters, size)
    return x


def _concatenated(tensors: list[KerasTensor], name: str | None) -> KerasTensor:
    return Concatenate(axis=channel_axis(), name=name)(tensors)


def _stem(x: KerasTensor) -> KerasTensor:
    x = _conv(x, 32, 3, strides=2, padding="valid")
    x = _conv(x, 32, 3, padding="valid")
    x = MaxPooling2D(3, strides=2)(_conv(x, 64, 3))
    x = _conv(x, 80, 1, padding="valid")
    x = _conv(x, 192, 3, padding="valid")
    return MaxPooling2D(3, strides=2)(x)


def _mixed(x: KerasTensor, branches: list[Branch], pool_filters: int, name: str) -> KerasTensor:
    """`branches` and an average pool beside each other; the image keeps its size."""
    return _concatenated([*(_chain(x, branch) for branch in branches), _pooled(x, pool_filters)], name)


def _pooled(x: KerasTensor, filters: int) -> KerasTensor:
    return _conv(AveragePooling2D(3, strides=1, padding="same")(x), filters, 1)


def _reduction(x: KerasTensor, branches: list[Branch], name: str) -> KerasTensor:
    """`branches` and a maximum beside each other, all of which halve the image."""
    found = [_chain(x, branch, reduces=True) for branch in branches]
    return _concatenated([*found, MaxPooling2D(3, strides=2)(x)], name)


# Inception v3.


def _v3(x: KerasTensor) -> KerasTensor:
    x = _stem(x)
    for index, pool_filters in enumerate((32, 64, 64)):
        x = _mixed(x, [[(64, 1)], [(48, 1), (64, 5)], [(64, 1), (96, 3), (96, 3)]], pool_filters, f"mixed{index}")
    x = _reduction(x, [[(384, 3)], [(64, 1), (96, 3), (96, 3)]], "mixed3")
    for index, inner in enumerate((128, 160, 160, 192), 4):
        x = _factorized(x, inner, f"mixed{index}")
    x = _reduction(x, [[(192, 1), (320, 3)], [(192, 1), (192, (1, 7)), (192, (7, 1)), (192, 3)]], "mixed8")
    return _expanded(_expanded(x, 0), 1)


def _factorized(x: KerasTensor, inner: int, name: str) -> KerasTensor:
    """7x7 convolutions as 1x7 and 7x1."""
    single: Branch = [(inner, 1), (inner, (1, 7)), (192, (7, 1))]
    double: Branch = [(inner, 1), (inner, (7, 1)), (inner, (1, 7)), (inner, (7, 1)), (192, (1, 7))]
    return _mixed(x, [[(192, 1)], single, double], 192, name)


def _expanded(x: KerasTensor, index: int) -> KerasTensor:
    """3x3 convolutions as 1x3 beside 3x1: the filter bank gets wider."""
    plain = _conv(x, 320, 1)
    single = _both_ways(_conv(x, 384, 1), f"mixed9_{index}")
    double = _both_ways(_chain(x, [(448, 1), (384, 3)]), None)
    return _concatenated([plain, single, double, _pooled(x, 192)], f"mixed{9 + index}")


def _both_ways(x: KerasTensor, name: str | None) -> KerasTensor:
    return _concatenated([_conv(x, 384, (1, 3)), _conv(x, 384, (3, 1))], name)


# Inception-ResNet v2: a kind of block, its branches, how often it comes, how much of it is added.

_BLOCKS: dict[str, tuple[list[Branch], int, float]] = {
    "block35": ([[(32, 1)], [(32, 1), (32, 3)], [(32, 1), (48, 3), (64, 3)]], 10, 0.17),
    "block17": ([[(192, 1)], [(128, 1), (160, (1, 7)), (192, (7, 1))]], 20, 0.1),
    "block8": ([[(192, 1)], [(192, 1), (224, (1, 3)), (256, (3, 1))]], 9, 0.2),
}


def _resnet_v2(x: KerasTensor) -> KerasTensor:
    x = _stem(x)
    x = _mixed(x, [[(96, 1)], [(48, 1), (64, 5)], [(64, 1), (96, 3), (96, 3)]], 64, "mixed_5b")
    x = _residuals(x, "block35")
    x = _reduction(x, [[(384, 3)], [(256, 1), (256, 3), (384, 3)]], "mixed_6a")
    x = _residuals(x, "block17")
    x = _reduction(x, [[(256, 1), (384, 3)], [(256, 1), (288, 3)], [(256, 1), (288, 3), (320, 3)]], "mixed_7a")
    x = _residuals(x, "block8")
    x = _residual(x, _BLOCKS["block8"][0], 1.0, "block8_10")
    return _conv(x, 1536, 1, name="conv_7b")


def _residuals(x: KerasTensor, kind: str) -> KerasTensor:
    branches, count, scale = _BLOCKS[kind]
    for index in range(1, count + 1):
        x = _residual(x, branches, scale, f"{kind}_{index}")
        x = Activation("relu", name=f"{kind}_{index}_ac")(x)
    return x


def _residual(x: KerasTensor, branches: list[Branch], scale: float, name: str) -> KerasTensor:
    """`x` plus `scale` times what the branches find in it."""
    found = _concatenated([_chain(x, branch) for branch in branches], f"{name}_mixed")
    found = Conv2D(x.shape[channel_axis()], 1, padding="same", name=f"{name}_conv")(found)
    return CustomScaleLayer(scale)([x, found])
