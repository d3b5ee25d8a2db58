"""``keras.models``: models, and making, copying and storing them."""

from torchkeras import _registry
from torchkeras.models._cloning import clone_model
from torchkeras.models._functional import Functional
from torchkeras.models._model import Model, model_from_json
from torchkeras.models._sequential import Sequential
from torchkeras.saving import load_model, save_model

__all__ = ["Model", "Sequential", "clone_model", "load_model", "model_from_json", "save_model"]

_registry.catalogue("models", Model, Sequential)
_registry.catalogue("", Model, Sequential)
_registry.PATHS[Model], _registry.PATHS[Sequential] = ("keras", "Model"), ("keras", "Sequential")
_registry.BUILT_IN["keras.src.models.functional", "Functional"] = Functional
_registry.PATHS[Functional] = ("keras.src.models.functional", "Functional")
