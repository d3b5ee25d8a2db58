"""What ``keras.models`` and ``keras.engine`` had until Keras 2."""

from typing import Any

from torchkeras import layers, models
from torchkeras._eras._marks import refused
from torchkeras._serialization import deserialize_keras_object
from torchkeras._symbolic import KerasTensor, Node
from torchkeras.models._functional import Functional
from torchkeras.saving._legacy_config import modern_config

__all__ = [
    "Container",
    "Functional",
    "Graph",
    "Input",
    "InputLayer",
    "KerasTensor",
    "Layer",
    "Network",
    "Node",
    "SharpnessAwareMinimization",
    "model_from_config",
    "model_from_yaml",
]

Input, InputLayer, Layer = layers.Input, layers.InputLayer, layers.Layer
# a graph of layers without `compile` and `fit`; a model has both, and does what they did
Container = Network = models.Model

Graph = refused(
    "keras.models.Graph",
    "it is of Keras before 1.0; write `Model(inputs, outputs)` on symbolic tensors from `Input(shape)`",
)
SharpnessAwareMinimization = refused(
    "keras.models.experimental.SharpnessAwareMinimization",
    "override `train_step`: take the gradient, climb by it, take it again there, step back and apply it",
)


def model_from_config(config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
    """The model that a config ``{"class_name", "config"}`` of any Keras describes, with new weights."""
    if isinstance(config, list):
        raise TypeError(
            "`model_from_config` expects a dictionary, not a list. Maybe you meant `Sequential.from_config(config)`?"
        )
    modern = config if config.get("module") else modern_config(config)
    return deserialize_keras_object(modern, custom_objects=custom_objects)


def model_from_yaml(yaml_string: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Refused: reading YAML could run any code, so Keras took it out in 2021.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError(YAML.format(name="model_from_yaml", today="model_from_json(text)"))


YAML = "`{name}` is not served: YAML can hold code that runs when it is read (CVE-2021-37678). Use `{today}`."
