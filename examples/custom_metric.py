"""Faces among many other pictures: a metric of one's own for classes of unequal size, and class weights to go with it.

    python -m torchkeras examples/custom_metric.py

A plain Keras script. Where nine of ten pictures show no face, a model that never says "face" has an accuracy of 90 %.
The balanced accuracy, the mean over both classes, tells it apart from one that looks.
Data: scikit-image's `lfw_subset`, 100 photographs with and 100 without a face; here 11 faces, and others for the test.
"""

import sys

import keras
import numpy as np
from keras import layers, ops
from skimage.data import lfw_subset


class BalancedAccuracy(keras.metrics.Metric):
    """The accuracy of each class, averaged over the classes: ``(b,), (b, 1) -> number``."""

    def __init__(self, threshold: float = 0.5, name: str = "balanced_accuracy", **kwargs) -> None:
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.right = self.add_weight(shape=(2,), initializer="zeros", name="right")
        self.seen = self.add_weight(shape=(2,), initializer="zeros", name="seen")

    def update_state(self, y_true, y_pred, sample_weight=None):
        label = ops.reshape(ops.cast(y_true, "int32"), (-1,))
        said = ops.cast(ops.reshape(y_pred, (-1,)) > self.threshold, "int32")
        one_hot = ops.one_hot(label, 2)  # (b, 2)
        self.right.assign_add(ops.sum(one_hot * ops.cast(label == said, "float32")[:, None], axis=0))
        self.seen.assign_add(ops.sum(one_hot, axis=0))

    def result(self):
        return ops.mean(self.right / ops.maximum(self.seen, 1.0))

    def get_config(self) -> dict:
        return {**super().get_config(), "threshold": self.threshold}


def photographs() -> tuple[np.ndarray, ...]:
    """(99, 25, 25, 1) with 11 faces to learn from, and 40 with 20 faces for the test, each with labels."""
    pictures = lfw_subset().astype("float32")[..., None]
    faces, others = pictures[:100], pictures[100:]
    known = np.concatenate([faces[:11], others[:80], others[:8, :, ::-1]])
    unknown = np.concatenate([faces[-20:], others[-20:]])
    return known, np.r_[np.ones(11), np.zeros(88)], unknown, np.r_[np.ones(20), np.zeros(20)]


def main() -> int:
    keras.utils.set_random_seed(4)
    x, y, x_test, y_test = photographs()
    model = keras.Sequential(
        [
            keras.Input((25, 25, 1)),
            layers.Conv2D(12, 5, strides=2, activation="relu"),
            layers.Conv2D(24, 3, strides=2, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy", BalancedAccuracy()])
    best = keras.callbacks.EarlyStopping("balanced_accuracy", mode="max", patience=20, restore_best_weights=True)
    model.fit(x, y, epochs=60, batch_size=16, class_weight={0: 1.0, 1: 8.0}, callbacks=[best], verbose=0)

    scores = model.evaluate(x_test, y_test, batch_size=7, verbose=0, return_dict=True)
    said = model.predict(x_test, verbose=0)[:, 0] > 0.5
    by_hand = np.mean([np.mean(said[y_test == label] == label) for label in (0, 1)])
    print("On new photographs:", ", ".join(f"{name} {value:.3f}" for name, value in scores.items()))
    print(f"Balanced accuracy by hand: {by_hand:.3f}")
    again = BalancedAccuracy.from_config(model.metrics[-1].metrics[-1].get_config())
    print("Its config makes another one:", again.name, again.threshold)
    right = abs(scores["balanced_accuracy"] - by_hand) < 1e-6
    return 0 if right and by_hand > 0.8 else 1


if __name__ == "__main__":
    sys.exit(main())
