"""Is there a face in the photograph? A small convolutional network, trained on 200 real photographs.

    python -m torchkeras examples/happy_model.py [epochs]

This is a plain Keras script; nothing in it knows of torchkeras. It trains, goes on training, evaluates, predicts,
rebuilds the model from its config, and leaves model.png (the layers) and history.png (the training) in the working
directory.
Data: scikit-image's `lfw_subset`, 200 photographs of 25x25 pixels, half of them faces.
"""

import sys

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from skimage.data import lfw_subset
from skimage.transform import resize


def photographs(seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Photographs (200, 64, 64, 3) in [0, 1] and labels (200, 1), one for a face, shuffled."""
    gray = np.stack([resize(photo, (64, 64)) for photo in lfw_subset()]).astype("float32")
    labels = (np.arange(len(gray)) < 100).astype("float32")[:, None]
    order = np.random.default_rng(seed).permutation(len(gray))
    return np.repeat(gray[order, ..., None], 3, axis=-1), labels[order]


def happy_model(input_shape: tuple[int, ...]) -> keras.Model:
    """Pad, convolve, normalise, pool, decide: ``(b, h, w, c) -> (b, 1)``."""
    photo = keras.Input(input_shape, name="photo")
    x = layers.ZeroPadding2D((3, 3))(photo)
    x = layers.Conv2D(32, (7, 7), name="conv0")(x)
    x = layers.BatchNormalization(name="bn0")(x)
    x = layers.Activation("relu")(x)
    x = layers.MaxPooling2D((2, 2), name="max_pool")(x)
    x = layers.Flatten()(x)
    face = layers.Dense(1, activation="sigmoid", name="fc")(x)
    return keras.Model(photo, face, name="HappyModel")


def draw_history(parts: list, path: str) -> None:
    """Loss and accuracy over the epochs of all `parts` of the training, side by side."""
    figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for axis, key in zip(axes, ("loss", "accuracy")):
        for name, style in ((key, "-"), (f"val_{key}", "--")):
            values = [value for part in parts for value in part.history[name]]
            axis.plot(range(1, len(values) + 1), values, style, label=name)
        axis.axvline(len(parts[0].epoch) + 0.5, color="0.8", zorder=0)
        axis.set(title=key, xlabel="epoch", yscale="log" if key == "loss" else "linear")
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.legend()
    figure.savefig(path, dpi=120)


def main(epochs: int) -> None:
    """The walk: train, go on, evaluate, predict, look, rebuild, draw."""
    keras.utils.set_random_seed(2)
    x, y = photographs()
    x_train, y_train, x_test, y_test = x[:160], y[:160], x[160:], y[160:]

    model = happy_model(x_train.shape[1:])
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    test = (x_test, y_test)
    print("Training")
    first = model.fit(x_train, y_train, epochs=epochs // 2, batch_size=16, validation_data=test)
    print("Going on, where it stopped")
    again = model.fit(x_train, y_train, epochs=epochs - epochs // 2, batch_size=16, validation_data=test, verbose=2)

    loss, accuracy = model.evaluate(x_test, y_test)
    print(f"Test loss {loss:.4f}, test accuracy {accuracy:.4f}")
    probabilities = model.predict(x_test)
    for probability, label in zip(probabilities[:5, 0], y_test[:5, 0]):
        print(f"  {probability:6.1%} a face; it is {'one' if label else 'none'}")

    model.summary()

    clone = keras.Model.from_config(model.get_config())
    clone.set_weights(model.get_weights())
    print("Rebuilt from its config, the model predicts the same:", np.allclose(clone.predict(x_test), probabilities))

    keras.utils.plot_model(model, "model.png", show_shapes=True, show_layer_names=True)
    draw_history([first, again], "history.png")
    print("Drawn: model.png, history.png")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
