"""The models: each once in torch, as people write it, and once in Keras' words."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn


class Row(NamedTuple):
    """One model with data of its kind.

    `images`: the data are (batch, height, width, channels) for Keras and channels-first for torch.
    """

    name: str
    torch_model: Callable[[], nn.Module]
    keras_model: Callable[[Any], Any]
    data: Callable[[int], tuple[np.ndarray, np.ndarray]]
    batch: int
    steps: int
    binary: bool = False
    images: bool = False


def _classes(shape: tuple[int, ...], classes: int) -> Callable[[int], tuple[np.ndarray, np.ndarray]]:
    def make(rows: int) -> tuple[np.ndarray, np.ndarray]:
        generator = np.random.default_rng(0)
        return generator.random((rows, *shape), dtype="float32"), generator.integers(0, classes, rows)

    return make


def _binary(shape: tuple[int, ...]) -> Callable[[int], tuple[np.ndarray, np.ndarray]]:
    def make(rows: int) -> tuple[np.ndarray, np.ndarray]:
        generator = np.random.default_rng(0)
        return generator.random((rows, *shape), dtype="float32"), generator.integers(0, 2, (rows, 1)).astype("float32")

    return make


# tiny and mlp


def _torch_dense(*sizes: int, sigmoid: bool = False) -> nn.Module:
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers[:-1], *([nn.Sigmoid()] if sigmoid else []))


def _keras_dense(keras: Any, *sizes: int, last: str) -> Any:
    L = keras.layers
    hidden = [L.Dense(size, activation="relu") for size in sizes[1:-1]]
    return keras.Sequential([L.Input((sizes[0],)), *hidden, L.Dense(sizes[-1], activation=last)])


# HappyModel


class _TorchHappy(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.ZeroPad2d(3), nn.Conv2d(3, 32, 7), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()
        )
        self.head = nn.Linear(32 * 32 * 32, 1)

    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.head(self.body(x)))


def _keras_happy(keras: Any) -> Any:
    L = keras.layers
    inputs = L.Input((64, 64, 3))
    x = L.Conv2D(32, 7)(L.ZeroPadding2D(3)(inputs))
    x = L.Activation("relu")(L.BatchNormalization()(x))
    x = L.Flatten()(L.MaxPooling2D()(x))
    return keras.Model(inputs, L.Dense(1, activation="sigmoid")(x))


# MNIST net


def _torch_mnist() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(0.5), nn.Linear(1600, 10),
    )  # fmt: skip


def _keras_mnist(keras: Any) -> Any:
    L = keras.layers
    return keras.Sequential(
        [
            L.Input((28, 28, 1)),
            L.Conv2D(32, 3, activation="relu"), L.MaxPooling2D(), L.Conv2D(64, 3, activation="relu"), L.MaxPooling2D(),
            L.Flatten(), L.Dropout(0.5), L.Dense(10, activation="softmax"),
        ]
    )  # fmt: skip


# LSTM


class _TorchLSTM(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(32, 128, batch_first=True)
        self.head = nn.Linear(128, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.lstm(x)[0][:, -1])


def _keras_lstm(keras: Any) -> Any:
    L = keras.layers
    return keras.Sequential([L.Input((80, 32)), L.LSTM(128), L.Dense(10, activation="softmax")])


# attention


class _TorchAttention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(64, 2, batch_first=True)
        self.norm1, self.norm2 = nn.LayerNorm(64), nn.LayerNorm(64)
        self.feed = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 64))
        self.head = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm1(x + self.attention(x, x, x, need_weights=False)[0])
        x = self.norm2(x + self.feed(x))
        return self.head(x.mean(1))


def _keras_attention(keras: Any) -> Any:
    L = keras.layers
    inputs = L.Input((64, 64))
    x = L.LayerNormalization(epsilon=1e-5)(L.Add()([inputs, L.MultiHeadAttention(2, 32)(inputs, inputs)]))
    y = L.Dense(64)(L.Dense(128, activation="relu")(x))
    x = L.LayerNormalization(epsilon=1e-5)(L.Add()([x, y]))
    return keras.Model(inputs, L.Dense(10, activation="softmax")(L.GlobalAveragePooling1D()(x)))


# small ResNet


class _TorchBlock(nn.Module):
    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU(),
            nn.Conv2d(after, after, 3, 1, 1, bias=False), nn.BatchNorm2d(after),
        )  # fmt: skip
        self.short = nn.Identity() if stride == 1 and before == after else nn.Conv2d(before, after, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.body(x) + self.short(x))


def _torch_resnet() -> nn.Module:
    blocks = [_TorchBlock(16, 16, 1), _TorchBlock(16, 32, 2), _TorchBlock(32, 64, 2)]
    return nn.Sequential(nn.Conv2d(3, 16, 3, 1, 1), *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def _keras_resnet(keras: Any) -> Any:
    L = keras.layers

    def block(x: Any, before: int, after: int, stride: int) -> Any:
        y = L.Conv2D(after, 3, stride, padding="same", use_bias=False)(x)
        y = L.ReLU()(L.BatchNormalization()(y))
        y = L.BatchNormalization()(L.Conv2D(after, 3, padding="same", use_bias=False)(y))
        short = x if stride == 1 and before == after else L.Conv2D(after, 1, stride)(x)
        return L.ReLU()(L.Add()([y, short]))

    inputs = L.Input((32, 32, 3))
    x = L.Conv2D(16, 3, padding="same")(inputs)
    for before, after, stride in ((16, 16, 1), (16, 32, 2), (32, 64, 2)):
        x = block(x, before, after, stride)
    return keras.Model(inputs, L.Dense(10, activation="softmax")(L.GlobalAveragePooling2D()(x)))


ROWS = [
    Row(
        "tiny",
        lambda: _torch_dense(8, 12, 8, 1, sigmoid=True),
        lambda keras: _keras_dense(keras, 8, 12, 8, 1, last="sigmoid"),
        _binary((8,)),
        batch=10,
        steps=300,
        binary=True,
    ),
    Row(
        "mlp",
        lambda: _torch_dense(784, 512, 512, 10),
        lambda keras: _keras_dense(keras, 784, 512, 512, 10, last="softmax"),
        _classes((784,), 10),
        batch=128,
        steps=40,
    ),
    Row("happy", _TorchHappy, _keras_happy, _binary((64, 64, 3)), batch=32, steps=6, binary=True, images=True),
    Row("mnist", _torch_mnist, _keras_mnist, _classes((28, 28, 1), 10), batch=128, steps=6, images=True),
    Row("lstm", _TorchLSTM, _keras_lstm, _classes((80, 32), 10), batch=32, steps=20),
    Row("attention", _TorchAttention, _keras_attention, _classes((64, 64), 10), batch=32, steps=20),
    Row("resnet", _torch_resnet, _keras_resnet, _classes((32, 32, 3), 10), batch=64, steps=6, images=True),
]


def resnet50(keras: Any) -> Any:
    """ResNet50's graph, for the time it takes to build."""
    L = keras.layers
    inputs = L.Input((224, 224, 3))
    x = L.ReLU()(L.BatchNormalization()(L.Conv2D(64, 7, 2, padding="same")(inputs)))
    x = L.MaxPooling2D(3, 2, padding="same")(x)
    for stage, (filters, blocks) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3))):
        for index in range(blocks):
            stride = 2 if stage and not index else 1
            short = x if index else L.BatchNormalization()(L.Conv2D(4 * filters, 1, stride)(x))
            y = L.ReLU()(L.BatchNormalization()(L.Conv2D(filters, 1, stride)(x)))
            y = L.ReLU()(L.BatchNormalization()(L.Conv2D(filters, 3, padding="same")(y)))
            y = L.BatchNormalization()(L.Conv2D(4 * filters, 1)(y))
            x = L.ReLU()(L.Add()([short, y]))
    return keras.Model(inputs, L.Dense(1000, activation="softmax")(L.GlobalAveragePooling2D()(x)))
