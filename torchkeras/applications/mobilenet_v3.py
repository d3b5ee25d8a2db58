"""``keras.applications.mobilenet_v3``."""

from torchkeras.applications.imagenet_utils import decode_predictions
from torchkeras.applications.imagenet_utils import unchanged_input as preprocess_input

__all__ = ["decode_predictions", "preprocess_input"]
