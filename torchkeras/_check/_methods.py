"""Methods and attributes that only old Keras had: whose they are, and what one writes today."""

from torchkeras import models
from torchkeras._check._names import ANEW, MISSING, Verdict
from torchkeras.layers import Layer
from torchkeras.optimizers import Optimizer

GONE: dict[str, tuple[type, str]] = {
    "fit_generator": (models.Model, "fit"),
    "evaluate_generator": (models.Model, "evaluate"),
    "predict_generator": (models.Model, "predict"),
    "predict_classes": (models.Sequential, "predict(x).argmax(-1)"),
    "predict_proba": (models.Sequential, "predict"),
    "to_yaml": (models.Model, "to_json"),
    "get_output_at": (Layer, "output"),
    "get_input_at": (Layer, "input"),
    "get_output_shape_at": (Layer, "output.shape"),
    "get_input_shape_at": (Layer, "input.shape"),
    "uses_learning_phase": (Layer, ""),
    "reset_states": (Layer, "reset_state"),
    "get_updates": (Optimizer, "apply"),
}


def verdict(name: str) -> Verdict | None:
    """What becomes of a method of something unknown; None for one that old Keras alone did not have."""
    if name not in GONE:
        return None
    owner, today = GONE[name]
    if not hasattr(owner, name):
        return Verdict(MISSING, f"today `{today}`" if today else "it is gone")
    return Verdict(ANEW, f"today `{today}`")
