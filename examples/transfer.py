"""What one task taught serves another: features of three textures tell photographs apart after a few examples.

    python -m torchkeras examples/transfer.py

A plain Keras script. A network learns to tell brick, grass and gravel apart; its layers are frozen, and a new last
layer on top of them learns four other pictures from sixteen small pieces each.
Data: pictures of scikit-image.
"""

import sys

import keras
import numpy as np
from keras import layers
from skimage import data
from skimage.color import rgb2gray

SIZE = 32
TEXTURES = ("brick", "grass", "gravel")
OTHERS = ("coins", "hubble_deep_field", "immunohistochemistry", "chelsea")


def picture(name: str) -> np.ndarray:
    """A picture in grey, (h, w), in [0, 1]."""
    found = getattr(data, name)()
    return (rgb2gray(found) if found.ndim == 3 else found / 255).astype("float32")


def pieces(names: tuple[str, ...], each: int, draw: np.random.Generator, half: int) -> tuple[np.ndarray, np.ndarray]:
    """Pieces (b, SIZE, SIZE, 1) from the left (0) or the right (1) half of each picture, and the pictures' numbers."""
    found = []
    for name in names:
        whole = picture(name)
        width = whole.shape[1] // 2
        part = whole[:, half * width : (half + 1) * width]
        tops = draw.integers(0, part.shape[0] - SIZE, each)
        lefts = draw.integers(0, part.shape[1] - SIZE, each)
        found += [part[top : top + SIZE, left : left + SIZE, None] for top, left in zip(tops, lefts)]
    return np.stack(found), np.repeat(np.arange(len(names)), each)


def network(features: keras.Model, classes: int) -> keras.Model:
    """Features and a last layer on top: ``(b, SIZE, SIZE, 1) -> (b, classes)``."""
    return keras.Sequential([keras.Input((SIZE, SIZE, 1)), features, layers.Dense(classes, activation="softmax")])


def extractor() -> keras.Model:
    """``(b, SIZE, SIZE, 1) -> (b, 32)``."""
    piece = keras.Input((SIZE, SIZE, 1))
    x = piece
    for filters in (16, 32, 32):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization(momentum=0.9)(x)
        x = layers.ReLU()(x)
        x = layers.MaxPooling2D(2)(x)
    return keras.Model(piece, layers.GlobalAveragePooling2D()(x), name="features")


def train(model: keras.Model, x: np.ndarray, y: np.ndarray, rate: float, epochs: int) -> None:
    model.compile(keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=epochs, batch_size=32, verbose=0)


def main() -> int:
    keras.utils.set_random_seed(5)
    draw = np.random.default_rng(5)
    features = extractor()
    first = network(features, len(TEXTURES))
    train(first, *pieces(TEXTURES, 150, draw, 0), rate=0.005, epochs=6)
    _, textures = first.evaluate(*pieces(TEXTURES, 60, draw, 1), verbose=0)
    print(f"Textures told apart: {textures:.0%} of pieces from the other half of the pictures")

    few, test = pieces(OTHERS, 16, draw, 0), pieces(OTHERS, 50, draw, 1)
    features.trainable = False
    before = [weight.copy() for weight in features.get_weights()]
    second = network(features, len(OTHERS))
    train(second, *few, rate=0.05, epochs=60)
    print(f"Trainable weights of the second model: {len(second.trainable_weights)} of {len(second.weights)}")
    _, transferred = second.evaluate(*test, verbose=0)
    kept = all(np.array_equal(one, other) for one, other in zip(before, features.get_weights()))
    print(f"Other pictures from sixteen pieces each: {transferred:.0%}; the frozen layers, moving statistics too, "
          f"{'are as they were' if kept else 'HAVE CHANGED'}")  # fmt: skip
    return 0 if textures > 0.85 and transferred > 0.6 and kept else 1


if __name__ == "__main__":
    sys.exit(main())
