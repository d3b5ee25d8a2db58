"""Faces out of noise: two networks with an optimizer each, one painting, one telling paintings from photographs.

    python -m torchkeras examples/gan.py

A plain Keras script, as Keras' guide "Customizing what happens in fit() with PyTorch" writes a GAN: `compile` takes two
optimizers, `train_step` trains both networks.
Data: scikit-image's `lfw_subset`, of which the first 100 photographs are faces; with their mirror images.
"""

import sys

import keras
import numpy as np
import torch
from keras import layers
from skimage.data import lfw_subset

NOISE = 16


def faces() -> np.ndarray:
    """Photographs of faces and their mirror images, (200, 24, 24, 1), in [-1, 1]."""
    photographs = lfw_subset()[:100, :24, :24, None].astype("float32") * 2 - 1
    return np.concatenate([photographs, photographs[:, :, ::-1]])


def generator() -> keras.Model:
    """Noise to pictures: ``(b, NOISE) -> (b, 24, 24, 1)``."""
    return keras.Sequential(
        [
            keras.Input((NOISE,)),
            layers.Dense(6 * 6 * 24),
            layers.LeakyReLU(0.2),
            layers.Reshape((6, 6, 24)),
            layers.Conv2DTranspose(24, 4, strides=2, padding="same"),
            layers.LeakyReLU(0.2),
            layers.Conv2DTranspose(12, 4, strides=2, padding="same"),
            layers.LeakyReLU(0.2),
            layers.Conv2D(1, 5, padding="same", activation="tanh"),
        ],
        name="generator",
    )


def discriminator() -> keras.Model:
    """Pictures to a score, larger for paintings: ``(b, 24, 24, 1) -> (b, 1)``."""
    return keras.Sequential(
        [
            keras.Input((24, 24, 1)),
            layers.Conv2D(16, 5, strides=2, padding="same"),
            layers.LeakyReLU(0.2),
            layers.Conv2D(32, 5, strides=2, padding="same"),
            layers.LeakyReLU(0.2),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(1),
        ],
        name="discriminator",
    )


class GAN(keras.Model):
    """Two players, each with an optimizer of its own."""

    def __init__(self, discriminator: keras.Model, generator: keras.Model) -> None:
        super().__init__()
        self.discriminator, self.generator = discriminator, generator
        self.d_loss = keras.metrics.Mean(name="d_loss")
        self.g_loss = keras.metrics.Mean(name="g_loss")
        self.built = True

    @property
    def metrics(self) -> list:
        return [self.d_loss, self.g_loss]

    def compile(self, d_optimizer, g_optimizer, loss_fn) -> None:
        super().compile()
        self.d_optimizer, self.g_optimizer, self.loss_fn = d_optimizer, g_optimizer, loss_fn

    def minimize(self, loss, player: keras.Model, optimizer) -> None:
        """One step of one player."""
        self.zero_grad()
        loss.backward()
        weights = player.trainable_weights
        with torch.no_grad():
            optimizer.apply([weight.value.grad for weight in weights], weights)

    def train_step(self, photographs):
        count = photographs.shape[0]
        painted, real = torch.ones((count, 1)), torch.zeros((count, 1))
        paintings = self.generator(keras.random.normal((count, NOISE)))
        scores = self.discriminator(torch.cat([paintings.detach(), photographs]))
        d_loss = self.loss_fn(torch.cat([painted * 0.9, real]), scores)
        self.minimize(d_loss, self.discriminator, self.d_optimizer)

        paintings = self.generator(keras.random.normal((count, NOISE)))
        g_loss = self.loss_fn(real, self.discriminator(paintings))
        self.minimize(g_loss, self.generator, self.g_optimizer)

        self.d_loss.update_state(d_loss.detach())
        self.g_loss.update_state(g_loss.detach())
        return {metric.name: metric.result() for metric in self.metrics}


def likeness(photographs: np.ndarray, paintings: np.ndarray) -> float:
    """How much the average painting looks like the average face: the correlation of their pixels."""
    return float(np.corrcoef(photographs.mean(0).ravel(), paintings.mean(0).ravel())[0, 1])


def main() -> int:
    keras.utils.set_random_seed(3)
    photographs = faces()
    gan = GAN(discriminator(), generator())
    gan.compile(
        d_optimizer=keras.optimizers.Adam(4e-4, beta_1=0.5),
        g_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5),
        loss_fn=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    noise = np.random.default_rng(0).normal(size=(100, NOISE)).astype("float32")
    before = likeness(photographs, gan.generator.predict(noise, verbose=0))
    gan.fit(photographs, epochs=25, batch_size=20, verbose=2)
    paintings = gan.generator.predict(noise, verbose=0)
    after, spread = likeness(photographs, paintings), paintings.std(0).mean() / photographs.std(0).mean()
    print(f"Likeness of the average painting and the average face: {before:.2f} before, {after:.2f} after")
    print(f"The paintings differ from each other {spread:.2f} times as much as the photographs do")
    return 0 if after > 0.5 and spread > 0.1 else 1


if __name__ == "__main__":
    sys.exit(main())
