"""VGG: stacks of 3x3 convolutions (Simonyan and Zisserman, https://arxiv.org/abs/1409.1556)."""

from torchkeras._symbolic import KerasTensor
from torchkeras.applications._application import Architecture, Features, Options, predictions
from torchkeras.applications._weights import classic_pair
from torchkeras.layers import Conv2D, Dense, Flatten, MaxPooling2D

_FILTERS = (64, 128, 256, 512, 512)


def vgg(name: str, convolutions: tuple[int, ...], hashes: tuple[str, str]) -> Architecture:
    """VGG with so many `convolutions` in each of its five blocks."""
    return Architecture(_features(convolutions), 224, classic_pair(name, hashes), top=_top)


def _features(convolutions: tuple[int, ...]) -> Features:
    def features(x: KerasTensor) -> KerasTensor:
        for block, (count, filters) in enumerate(zip(convolutions, _FILTERS, strict=True), 1):
            for index in range(1, count + 1):
                x = Conv2D(filters, 3, padding="same", activation="relu", name=f"block{block}_conv{index}")(x)
            x = MaxPooling2D(2, strides=2, name=f"block{block}_pool")(x)
        return x

    return features


def _top(x: KerasTensor, options: Options) -> KerasTensor:
    x = Flatten(name="flatten")(x)
    x = Dense(4096, activation="relu", name="fc1")(x)
    x = Dense(4096, activation="relu", name="fc2")(x)
    return predictions(x, options)
