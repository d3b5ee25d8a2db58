"""``keras.estimator``: the bridge to TensorFlow's estimators."""

from torchkeras._eras._marks import refused

__all__ = ["model_to_estimator"]

model_to_estimator = refused(
    "keras.estimator.model_to_estimator",
    "estimators are TensorFlow's; train the model with `fit`, which takes a `DataLoader` or a `tf.data.Dataset`",
)
