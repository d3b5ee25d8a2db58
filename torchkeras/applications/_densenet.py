"""DenseNet: each layer sees the outputs of all before it (Huang et al., https://arxiv.org/abs/1608.06993)."""

from torchkeras._symbolic import KerasTensor
from torchkeras.applications._application import NAMED_POOLS, Architecture, channel_axis
from torchkeras.applications._weights import classic_pair
from torchkeras.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv2D,
    MaxPooling2D,
    ZeroPadding2D,
)

_GROWTH = 32


def densenet(name: str, blocks: tuple[int, ...], hashes: tuple[str, str]) -> Architecture:
    """DenseNet with so many layers in each of its four `blocks`."""

    def features(x: KerasTensor) -> KerasTensor:
        x = _stem(x)
        for stage, count in enumerate(blocks, 2):
            for layer in range(1, count + 1):
                x = _dense_layer(x, f"conv{stage}_block{layer}")
            if stage < len(blocks) + 1:
                x = _transition(x, f"pool{stage}")
        return _norm_relu(x, "bn", "relu")

    return Architecture(features, 224, classic_pair(name, hashes, "densenet"), pool_names=NAMED_POOLS)


def _stem(x: KerasTensor) -> KerasTensor:
    x = Conv2D(64, 7, strides=2, use_bias=False, name="conv1_conv")(ZeroPadding2D(3)(x))
    x = _norm_relu(x, "conv1_bn", "conv1_relu")
    return MaxPooling2D(3, strides=2, name="pool1")(ZeroPadding2D(1)(x))


def _dense_layer(x: KerasTensor, name: str) -> KerasTensor:
    """``(b, h, w, c) -> (b, h, w, c + 32)``."""
    new = _norm_relu(x, f"{name}_0_bn", f"{name}_0_relu")
    new = Conv2D(4 * _GROWTH, 1, use_bias=False, name=f"{name}_1_conv")(new)
    new = _norm_relu(new, f"{name}_1_bn", f"{name}_1_relu")
    new = Conv2D(_GROWTH, 3, padding="same", use_bias=False, name=f"{name}_2_conv")(new)
    return Concatenate(axis=channel_axis(), name=f"{name}_concat")([x, new])


def _transition(x: KerasTensor, name: str) -> KerasTensor:
    """``(b, h, w, c) -> (b, h/2, w/2, c/2)``."""
    x = _norm_relu(x, f"{name}_bn", f"{name}_relu")
    x = Conv2D(x.shape[channel_axis()] // 2, 1, use_bias=False, name=f"{name}_conv")(x)
    return AveragePooling2D(2, strides=2, name=f"{name}_pool")(x)


def _norm_relu(x: KerasTensor, norm: str, relu: str) -> KerasTensor:
    x = BatchNormalization(axis=channel_axis(), epsilon=1.001e-5, name=norm)(x)
    return Activation("relu", name=relu)(x)
