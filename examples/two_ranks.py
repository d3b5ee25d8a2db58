"""One script, one process or two: under `torchrun` each takes half of every batch, and the result is the same.

    torchrun --nproc-per-node 2 -m torchkeras examples/two_ranks.py

A plain Keras script that knows nothing of processes; `python -m torchkeras examples/two_ranks.py` runs it in one.
Both print the same loss, but for the last digits.
Data: scikit-image's `lfw_subset`, 200 photographs of 25x25 pixels, half of them faces.
"""

import sys

import keras
import numpy as np
from keras import layers
from skimage.data import lfw_subset


def photographs() -> tuple[np.ndarray, np.ndarray]:
    """Photographs (200, 25, 25, 1) and labels (200, 1), one for a face, shuffled."""
    order = np.random.default_rng(1).permutation(200)
    return lfw_subset().astype("float32")[order, ..., None], (order < 100).astype("float32")[:, None]


def main() -> int:
    keras.utils.set_random_seed(1)
    x, y = photographs()
    model = keras.Sequential(
        [
            keras.Input((25, 25, 1)),
            layers.Conv2D(8, 5, strides=2, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
    # 160 photographs in batches of 24: the last batch of an epoch has 16 rows for all ranks together
    model.fit(x[:160], y[:160], epochs=5, batch_size=24, validation_data=(x[160:], y[160:]), verbose=2)
    loss, accuracy = model.evaluate(x[160:], y[160:], verbose=0)
    rows = len(model.predict(x[160:], verbose=0))
    print(f"{rows} new photographs: loss {loss:.4f}, accuracy {accuracy:.4f}")
    return 0 if accuracy > 0.85 and rows == 40 else 1


if __name__ == "__main__":
    sys.exit(main())
