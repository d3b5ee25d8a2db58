"""``keras.experimental``: what Keras 2 had on trial."""

from torchkeras._eras._marks import refused
from torchkeras._eras.layers import SequenceFeatures
from torchkeras._eras.premade import LinearModel, WideDeepModel
from torchkeras.optimizers.schedules import CosineDecay, CosineDecayRestarts

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "LinearModel",
    "SequenceFeatures",
    "SidecarEvaluator",
    "WideDeepModel",
    "export_saved_model",
    "load_from_saved_model",
    "terminate_keras_multiprocessing_pools",
]

SidecarEvaluator = refused(
    "keras.experimental.SidecarEvaluator",
    "it reads TensorFlow's checkpoints; evaluate in a callback's `on_epoch_end`, or load saved files in a loop",
)
_SAVED_MODEL = "a SavedModel is TensorFlow's; use `model.save('model.keras')` and `load_model`"
export_saved_model = refused("keras.experimental.export_saved_model", _SAVED_MODEL)
load_from_saved_model = refused("keras.experimental.load_from_saved_model", _SAVED_MODEL)


def terminate_keras_multiprocessing_pools(grace_period: float = 0.1, use_sigkill: bool = False) -> None:
    """Nothing: workers end with the loop that began them."""
