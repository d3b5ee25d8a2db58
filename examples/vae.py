"""Photographs from eight numbers each: a variational autoencoder, whose layers add their part to the loss.

    python -m torchkeras examples/vae.py

A plain Keras script. The sampling layer calls `add_loss` with the divergence of its distribution from the normal one;
`fit` adds it to the reconstruction error.
Data: scikit-image's `lfw_subset`, 100 photographs of faces of 25x25 pixels; with their mirror images.
"""

import sys

import keras
import numpy as np
from keras import layers, ops
from skimage.data import lfw_subset

CODES = 8
PIXELS = 25 * 25


def faces() -> tuple[np.ndarray, np.ndarray]:
    """Faces to learn from, (160, 625), and others, (20, 625), in [0, 1]."""
    photographs = lfw_subset()[:100].astype("float32")
    known, others = photographs[:80], photographs[80:]
    return np.concatenate([known, known[:, :, ::-1]]).reshape(160, PIXELS), others.reshape(20, PIXELS)


class Sampling(layers.Layer):
    """Codes drawn from normal distributions: ``(b, c), (b, c) -> (b, c)``; their divergence is added to the loss."""

    def __init__(self, weight: float, **kwargs) -> None:
        super().__init__(**kwargs)
        self.weight = weight
        self.seeds = keras.random.SeedGenerator(7)
        self.divergence = keras.metrics.Mean(name="divergence")

    def call(self, inputs, training=None):
        mean, log_variance = inputs
        divergence = -0.5 * ops.sum(1 + log_variance - ops.square(mean) - ops.exp(log_variance), axis=-1)
        self.add_loss(self.weight * ops.mean(divergence))
        self.divergence.update_state(divergence)
        if not training:
            return mean
        return mean + ops.exp(0.5 * log_variance) * keras.random.normal(ops.shape(mean), seed=self.seeds)


def autoencoder() -> keras.Model:
    """A photograph to codes and back: ``(b, PIXELS) -> (b, PIXELS)``."""
    photograph = keras.Input((PIXELS,))
    hidden = layers.Dense(96, activation="relu")(photograph)
    codes = Sampling(0.0005, name="codes")([layers.Dense(CODES)(hidden), layers.Dense(CODES)(hidden)])
    hidden = layers.Dense(96, activation="relu")(codes)
    return keras.Model(photograph, layers.Dense(PIXELS, activation="sigmoid")(hidden), name="vae")


def main() -> int:
    keras.utils.set_random_seed(1)
    known, others = faces()
    model = autoencoder()
    model.compile(keras.optimizers.Adam(0.002), loss="mse")
    history = model.fit(known, known, epochs=80, batch_size=20, validation_data=(others, others), verbose=0).history
    print("loss", *(f"{loss:.4f}" for loss in history["loss"][::20]), f"{history['loss'][-1]:.4f}")
    print(f"divergence of the codes {history['divergence'][-1]:.1f}")

    error = float(np.square(model.predict(others, verbose=0) - others).mean())
    average = float(np.square(known.mean(0) - others).mean())
    print(f"Squared error of unknown faces from {CODES} numbers: {error:.4f}; of the average face: {average:.4f}")
    return 0 if error < 0.6 * average and history["divergence"][-1] > 1 else 1


if __name__ == "__main__":
    sys.exit(main())
