"""Residual networks (He et al., https://arxiv.org/abs/1512.03385 and, for the second kind, 1603.05027)."""

from torchkeras._symbolic import KerasTensor
from torchkeras.applications._application import NAMED_POOLS, Architecture, Features, channel_axis
from torchkeras.applications._weights import classic_pair
from torchkeras.layers import Activation, Add, BatchNormalization, Conv2D, MaxPooling2D, ZeroPadding2D

_FILTERS = (64, 128, 256, 512)


def resnet(name: str, blocks: tuple[int, ...], hashes: tuple[str, str]) -> Architecture:
    """ResNet with so many `blocks` in each of its four stages."""

    def features(x: KerasTensor) -> KerasTensor:
        x = _pool(_relu(_norm(_stem(x), "conv1"), "conv1"))
        for stage, (count, filters) in enumerate(zip(blocks, _FILTERS, strict=True), 2):
            for block in range(1, count + 1):
                stride = 2 if block == 1 and stage > 2 else 1
                x = _block(x, filters, stride, block == 1, f"conv{stage}_block{block}")
        return x

    return _architecture(name, features, hashes)


def resnet_v2(name: str, blocks: tuple[int, ...], hashes: tuple[str, str]) -> Architecture:
    """ResNet of the second kind: normalization and activation go before the convolutions."""

    def features(x: KerasTensor) -> KerasTensor:
        x = _pool(_stem(x))
        for stage, (count, filters) in enumerate(zip(blocks, _FILTERS, strict=True), 2):
            for block in range(1, count + 1):
                stride = 2 if block == count and stage < 5 else 1
                x = _block_v2(x, filters, stride, block == 1, f"conv{stage}_block{block}")
        return _relu(_norm(x, "post"), "post")

    return _architecture(name, features, hashes)


def _architecture(name: str, features: Features, hashes: tuple[str, str]) -> Architecture:
    return Architecture(features, 224, classic_pair(name, hashes, "resnet"), pool_names=NAMED_POOLS)


def _stem(x: KerasTensor) -> KerasTensor:
    x = ZeroPadding2D(3, name="conv1_pad")(x)
    return Conv2D(64, 7, strides=2, name="conv1_conv")(x)


def _pool(x: KerasTensor) -> KerasTensor:
    x = ZeroPadding2D(1, name="pool1_pad")(x)
    return MaxPooling2D(3, strides=2, name="pool1_pool")(x)


def _block(x: KerasTensor, filters: int, stride: int, projects: bool, name: str) -> KerasTensor:
    """1x1, 3x3, 1x1, and around them the identity or a projection: ``(b, h, w, c) -> (b, h/s, w/s, 4 filters)``."""
    shortcut = x
    if projects:
        shortcut = _norm(Conv2D(4 * filters, 1, strides=stride, name=f"{name}_0_conv")(x), f"{name}_0")
    x = Conv2D(filters, 1, strides=stride, name=f"{name}_1_conv")(x)
    x = _relu(_norm(x, f"{name}_1"), f"{name}_1")
    x = Conv2D(filters, 3, padding="same", name=f"{name}_2_conv")(x)
    x = _relu(_norm(x, f"{name}_2"), f"{name}_2")
    x = _norm(Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x), f"{name}_3")
    x = Add(name=f"{name}_add")([shortcut, x])
    return Activation("relu", name=f"{name}_out")(x)


def _block_v2(x: KerasTensor, filters: int, stride: int, projects: bool, name: str) -> KerasTensor:
    """The same shapes; the identity is thinned out by pooling, and the projection sees activated values."""
    active = _relu(_norm(x, f"{name}_preact"), f"{name}_preact")
    if projects:
        shortcut = Conv2D(4 * filters, 1, strides=stride, name=f"{name}_0_conv")(active)
    else:
        shortcut = MaxPooling2D(1, strides=stride)(x) if stride > 1 else x
    x = Conv2D(filters, 1, use_bias=False, name=f"{name}_1_conv")(active)
    x = _relu(_norm(x, f"{name}_1"), f"{name}_1")
    x = ZeroPadding2D(1, name=f"{name}_2_pad")(x)
    x = Conv2D(filters, 3, strides=stride, use_bias=False, name=f"{name}_2_conv")(x)
    x = _relu(_norm(x, f"{name}_2"), f"{name}_2")
    x = Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x)
    return Add(name=f"{name}_out")([shortcut, x])


def _norm(x: KerasTensor, name: str) -> KerasTensor:
    return BatchNormalization(axis=channel_axis(), epsilon=1.001e-5, name=f"{name}_bn")(x)


def _relu(x: KerasTensor, name: str) -> KerasTensor:
    return Activation("relu", name=f"{name}_relu")(x)
