"""``keras.premade``: models that Keras 2 had ready-made."""

from torchkeras._eras._marks import refused

__all__ = ["LinearModel", "WideDeepModel"]

LinearModel = refused("keras.premade.LinearModel", "use a `Sequential` of one `Dense(units)`, which is the same")
WideDeepModel = refused(
    "keras.premade.WideDeepModel",
    "use a functional model that adds the outputs of both parts; for an optimizer each, override `train_step`",
)
