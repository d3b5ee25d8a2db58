"""Follow a training in TensorBoard, and read its log back with TensorBoard's own reader.

    python -m torchkeras examples/tensorboard_log.py [directory]

A plain Keras script. Look at the log afterwards with `tensorboard --logdir directory`.
Data: scikit-image's `lfw_subset`, 200 photographs of 25x25 pixels, half of them faces.
"""

import sys
import tempfile
from pathlib import Path

import keras
import numpy as np
from keras import layers
from skimage.data import lfw_subset
from tensorboard.backend.event_processing.event_accumulator import TENSORS, EventAccumulator
from tensorboard.util.tensor_util import make_ndarray

EPOCHS = 6


def photographs() -> tuple[np.ndarray, np.ndarray]:
    """Photographs (200, 25, 25, 1) and labels (200, 1), one for a face, shuffled."""
    order = np.random.default_rng(1).permutation(200)
    return lfw_subset().astype("float32")[order, ..., None], (order < 100).astype("float32")[:, None]


def face_finder() -> keras.Model:
    """``(b, 25, 25, 1) -> (b, 1)``."""
    return keras.Sequential(
        [
            keras.Input((25, 25, 1)),
            layers.Conv2D(8, 5, strides=2, activation="relu", name="edges"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid", name="face"),
        ]
    )


def read(directory: Path) -> dict[str, list[float]]:
    """The scalars of a log by tag, as TensorBoard reads them."""
    log = EventAccumulator(str(directory), size_guidance={TENSORS: 0})
    log.Reload()
    found = {tag: [event.value for event in log.Scalars(tag)] for tag in log.Tags()["scalars"]}
    for tag in log.Tags()["tensors"]:
        values = [make_ndarray(event.tensor_proto) for event in log.Tensors(tag)]
        if all(value.ndim == 0 and value.dtype.kind == "f" for value in values):
            found[tag] = [float(value) for value in values]
    return found


def main(directory: Path) -> int:
    keras.utils.set_random_seed(1)
    x, y = photographs()
    model = face_finder()
    model.compile(keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
    board = keras.callbacks.TensorBoard(log_dir=str(directory), histogram_freq=2, write_graph=True)
    fitted = model.fit(
        x[:160], y[:160], epochs=EPOCHS, validation_data=(x[160:], y[160:]), callbacks=[board], verbose=2
    )

    logged = {part: read(directory / part) for part in ("train", "validation")}
    for part, scalars in logged.items():
        for tag in ("epoch_loss", "epoch_accuracy"):
            print(f"{part:>10} {tag:<15}", *(f"{value:.3f}" for value in scalars[tag]))
    same = all(
        np.allclose(logged[part][f"epoch_{name}"], fitted.history[prefix + name], rtol=1e-5)
        for part, prefix in (("train", ""), ("validation", "val_"))
        for name in ("loss", "accuracy")
    )
    print("The log holds what `fit` returned:", same)
    return 0 if same and fitted.history["accuracy"][-1] > 0.8 else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main(Path(sys.argv[1])))
    with tempfile.TemporaryDirectory() as temporary:
        sys.exit(main(Path(temporary)))
